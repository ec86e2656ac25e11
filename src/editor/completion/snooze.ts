import * as vscode from 'vscode';

const key = 'completion.snoozedUntil';
const minute = 60_000;
/** Timers hold no more than 2^31 milliseconds; nothing is snoozed for nearly as long. */
const longestMinutes = 7 * 24 * 60;

/** A rest from ghost text that ends by itself. A completion that is demanded comes all the same. */
export class Snooze implements vscode.Disposable {
  private timer: NodeJS.Timeout | undefined;
  private readonly item: vscode.StatusBarItem;

  constructor(private readonly memory: vscode.Memento) {
    this.item = vscode.window.createStatusBarItem('unmask.snooze', vscode.StatusBarAlignment.Right, 89);
    this.item.name = vscode.l10n.t('Unmask: Snooze');
    this.item.command = 'unmask.snoozeCompletions';
    this.show();
  }

  get active(): boolean {
    return this.until > Date.now();
  }

  /** Full minutes left, at least one while it lasts. */
  get minutesLeft(): number {
    return Math.max(0, Math.ceil((this.until - Date.now()) / minute));
  }

  /** Starts anew from now; 0 ends it. */
  async start(minutes: number): Promise<void> {
    const until = minutes > 0 ? Date.now() + Math.min(minutes, longestMinutes) * minute : undefined;
    await this.memory.update(key, until);
    this.show();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.item.dispose();
  }

  private get until(): number {
    return this.memory.get<number>(key, 0);
  }

  /** Shows what is left, and comes back when that changes. */
  private show(): void {
    clearTimeout(this.timer);
    void vscode.commands.executeCommand('setContext', 'unmask.snoozed', this.active);
    if (!this.active) {
      this.item.hide();
      return;
    }
    const left = this.minutesLeft;
    this.item.text = vscode.l10n.t('$(bell-slash) {0} min', left);
    this.item.tooltip = vscode.l10n.t('Ghost text is snoozed for {0} more minutes. Click to end or change that.', left);
    this.item.accessibilityInformation = { label: vscode.l10n.t('Unmask: ghost text is snoozed for {0} more minutes', left) };
    this.item.show();
    this.timer = setTimeout(
      () => {
        this.show();
      },
      this.until - Date.now() - (left - 1) * minute,
    );
  }
}

/** Registers the command; with a number of minutes as its argument it asks nothing. */
export function registerSnooze(snooze: Snooze): vscode.Disposable {
  return vscode.commands.registerCommand('unmask.snoozeCompletions', async (argument: unknown) => {
    const minutes = typeof argument === 'number' && argument >= 0 ? argument : await chooseMinutes(snooze);
    if (minutes === undefined) return;
    await snooze.start(minutes);
    if (minutes > 0) await vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
  });
}

async function chooseMinutes(snooze: Snooze): Promise<number | undefined> {
  const items = [
    ...(snooze.active ? [{ label: vscode.l10n.t('$(bell) End the Snooze Now'), minutes: 0 }] : []),
    ...[5, 15, 30].map((minutes) => ({ label: vscode.l10n.t('{0} minutes', minutes), minutes })),
    { label: vscode.l10n.t('1 hour'), minutes: 60 },
    { label: vscode.l10n.t('4 hours'), minutes: 240 },
  ];
  const title = snooze.active
    ? vscode.l10n.t('Ghost text is snoozed for {0} more minutes', snooze.minutesLeft)
    : vscode.l10n.t('Snooze ghost text for how long?');
  return (await vscode.window.showQuickPick(items, { title }))?.minutes;
}
