/** The setting that a message for the user names first, in quotes as all messages of problems do; undefined where it names none. */
export function settingIn(message: string): string | undefined {
  return /"(unmask(?:\.\w+)+)"/.exec(message)?.[1];
}
