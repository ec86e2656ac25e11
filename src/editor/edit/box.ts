import * as vscode from 'vscode';
import type { EditOffer } from '../../protocol/edit';
import { choicesFor, type Choice } from './choices';

interface Item extends vscode.QuickPickItem {
  readonly choice?: Choice;
}

/**
 * Asks for an instruction: free text, with what can be asked for as completions. `offers` may come late: the box is open meanwhile. Undefined where the
 * user thought better of it.
 */
export async function askInstruction(
  title: string,
  history: readonly string[],
  offers: Promise<readonly EditOffer[]>,
): Promise<string | undefined> {
  const box = vscode.window.createQuickPick<Item>();
  box.title = title;
  box.placeholder = vscode.l10n.t('What shall change? Nothing: improve');
  box.matchOnDescription = true;
  box.busy = true;
  let known: readonly EditOffer[] = [];
  let open = true;
  const show = (): void => {
    box.items = itemsOf(choicesFor(box.value, history, known));
  };
  show();
  void offers.then(
    (found) => {
      known = found;
      if (!open) return;
      box.busy = false;
      const active = box.activeItems[0]?.choice?.instruction;
      show();
      const again = box.items.find((item) => item.choice?.instruction === active);
      if (again) box.activeItems = [again];
    },
    () => {
      if (open) box.busy = false; // what went wrong is told where the edit itself is asked for
    },
  );
  try {
    return await new Promise<string | undefined>((resolve) => {
      box.onDidChangeValue(() => {
        show();
        box.activeItems = box.items.slice(0, 1); // what is typed, not what happens to match it
      });
      box.onDidAccept(() => {
        const choice = box.activeItems[0]?.choice;
        // Enter may come before the list has followed what was typed.
        const free = choice === undefined || choice.group === 'typed' || choice.group === 'improve';
        resolve(free ? box.value.trim() : choice.instruction);
      });
      box.onDidHide(() => {
        resolve(undefined);
      });
      box.show();
    });
  } finally {
    open = false;
    box.dispose();
  }
}

function itemsOf(choices: readonly Choice[]): Item[] {
  const titles: Readonly<Record<Choice['group'], string>> = {
    typed: '',
    improve: '',
    here: vscode.l10n.t('finds something to do here'),
    history: vscode.l10n.t('asked before'),
    elsewhere: vscode.l10n.t('other known edits'),
  };
  return choices.flatMap((choice, i): Item[] => {
    const begins = choice.group !== choices[i - 1]?.group && titles[choice.group] !== '';
    const separator = { label: titles[choice.group], kind: vscode.QuickPickItemKind.Separator };
    return [...(begins ? [separator] : []), itemOf(choice)];
  });
}

function itemOf(choice: Choice): Item {
  const { group, instruction, places } = choice;
  switch (group) {
    case 'improve':
      return {
        choice,
        label: vscode.l10n.t('$(sparkle) Improve'),
        description: vscode.l10n.t('known edits that make code simpler'),
        alwaysShow: true,
      };
    case 'typed':
      return { choice, label: `$(edit) ${instruction}`, alwaysShow: true };
    case 'here':
      return {
        choice,
        label: `$(check) ${instruction}`,
        description: places === 1 ? vscode.l10n.t('1 place') : vscode.l10n.t('{0} places', places ?? 0),
      };
    case 'history':
      return { choice, label: `$(history) ${instruction}` };
    case 'elsewhere':
      return { choice, label: instruction };
  }
}
