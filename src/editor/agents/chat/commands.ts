/** Commands behind the buttons of an answer; not for the palette. */
export const chatCommands = { preview: 'unmask.chat.previewChange', apply: 'unmask.chat.applyChange' } as const;
