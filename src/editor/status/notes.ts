import * as vscode from 'vscode';

/** Short facts that features add to the status bar, for example that completions are snoozed; each under a key of its own. */
export class StatusNotes implements vscode.Disposable {
  private readonly notes = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;

  get all(): readonly string[] {
    return [...this.notes.values()];
  }

  /** Sets or (undefined) takes away a note. It is shown after the model's name, so it should be two or three words. */
  set(key: string, note: string | undefined): void {
    if (this.notes.get(key) === note) return;
    if (note === undefined) this.notes.delete(key);
    else this.notes.set(key, note);
    this.changed.fire();
  }

  dispose(): void {
    this.changed.dispose();
  }
}
