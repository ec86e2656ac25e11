/** Follows what the user types in a document and keeps it together as one change, for as long as it goes on at one place. Pure. */

/** As VS Code tells of it: `length` characters from `offset` on were replaced by `text`. */
export interface TextChange {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** `oldText` stood where `newText` stands now, from `start` on. */
export interface OpenChange {
  readonly start: number;
  readonly oldText: string;
  readonly newText: string;
}

/** Longer changes, and those that cross lines, are no pattern that is followed; what is typed within a pasted block is a change of its own. */
const longestChange = 400;

export function isSmall({ oldText, newText }: OpenChange): boolean {
  return Math.max(oldText.length, newText.length) <= longestChange && !/[\r\n]/.test(oldText + newText);
}

export class EditTracker {
  /** The text before the open change. */
  private base: string;
  private open: OpenChange | undefined;

  constructor(text: string) {
    this.base = text;
  }

  /** What is being changed; undefined before anything was, and where it was taken back. */
  get change(): OpenChange | undefined {
    return this.open && this.open.oldText !== this.open.newText ? this.open : undefined;
  }

  get text(): string {
    if (this.open === undefined) return this.base;
    const { start, oldText, newText } = this.open;
    return this.base.slice(0, start) + newText + this.base.slice(start + oldText.length);
  }

  /** Characters of the text. */
  get length(): number {
    return this.base.length + (this.open ? this.open.newText.length - this.open.oldText.length : 0);
  }

  /** True where a change goes on at the place of the open one. */
  continues({ offset, length }: TextChange): boolean {
    if (this.open === undefined || !isSmall(this.open)) return false;
    const { start, newText } = this.open;
    return offset <= start + newText.length && offset + length >= start;
  }

  /** Takes a change in. One at another place ends the open one. */
  apply(change: TextChange): void {
    if (this.open !== undefined && !this.continues(change)) this.end();
    const { offset, length, text } = change;
    let { start, oldText, newText } = this.open ?? { start: offset, oldText: '', newText: '' };
    if (offset < start) {
      const before = this.base.slice(offset, start);
      [start, oldText, newText] = [offset, before + oldText, before + newText];
    }
    const beyond = offset + length - (start + newText.length);
    if (beyond > 0) {
      const end = start + oldText.length;
      const after = this.base.slice(end, end + beyond);
      [oldText, newText] = [oldText + after, newText + after];
    }
    const at = offset - start;
    this.open = { start, oldText, newText: newText.slice(0, at) + text + newText.slice(at + length) };
  }

  /** What was changed until now is the text from which the next change is told. */
  end(): void {
    this.base = this.text;
    this.open = undefined;
  }
}
