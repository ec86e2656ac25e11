/** The page's elements, found once. A missing one is a bug of the page, so it throws. */

function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} "${id}".`);
  return found;
}

export const page = {
  main: document.querySelector('main')!,
  runs: element('runs', HTMLSelectElement),
  follow: element('follow', HTMLInputElement),
  facts: element('facts', HTMLParagraphElement),
  canvas: element('canvas', HTMLPreElement),
  first: element('first', HTMLButtonElement),
  previous: element('previous', HTMLButtonElement),
  play: element('play', HTMLButtonElement),
  next: element('next', HTMLButtonElement),
  last: element('last', HTMLButtonElement),
  scrubber: element('scrubber', HTMLInputElement),
  position: element('position', HTMLSpanElement),
  summary: element('summary', HTMLParagraphElement),
  empty: element('empty', HTMLElement),
  complete: element('complete', HTMLButtonElement),
};

/** Whether the user wants no movement that they did not ask for: by the system, or by VS Code's own setting. */
export function calm(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches || document.body.classList.contains('vscode-reduce-motion');
}
