import * as vscode from 'vscode';
import { denoisingPage } from './html';
import { toHost, type ToView } from './messages';
import type { DenoisingRecorder } from './recorder';
import { viewWordsInUse } from './words';

/** The denoising view: at most one, a tab beside the code. Recording is on while it is open. */
export class DenoisingView implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private ofPanel: vscode.Disposable | undefined;
  /** The editor that was used last: web views take the focus from it. */
  private lastEditor: vscode.TextEditor | undefined;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly recorder: DenoisingRecorder,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Opens the view, or brings it to the front. */
  show(): void {
    if (this.panel) {
      this.panel.reveal();
      return;
    }
    this.lastEditor = vscode.window.activeTextEditor;
    const panel = vscode.window.createWebviewPanel(
      'unmask.denoising',
      vscode.l10n.t('Unmask Denoising'),
      vscode.ViewColumn.Beside,
      {
        enableScripts: true,
        localResourceRoots: ['dist', 'media'].map((folder) => vscode.Uri.joinPath(this.extensionUri, folder)),
      },
    );
    this.panel = panel;
    this.recorder.wanted = true;
    const send = (message: ToView): void => {
      // A view that is hidden gets nothing, and asks for all when it is shown again.
      void panel.webview.postMessage(message);
    };
    this.ofPanel = vscode.Disposable.from(
      panel.webview.onDidReceiveMessage((message: unknown) => {
        this.receive(message, send);
      }),
      this.recorder.onDidAdd((run) => {
        if (panel.visible) send({ type: 'run', run });
      }),
      vscode.window.onDidChangeActiveTextEditor((editor) => (this.lastEditor = editor ?? this.lastEditor)),
      panel.onDidDispose(() => {
        this.closed();
      }),
    );
    panel.webview.html = denoisingPage(panel.webview, this.extensionUri);
  }

  dispose(): void {
    this.panel?.dispose();
    this.closed();
  }

  private receive(message: unknown, send: (message: ToView) => void): void {
    const parsed = toHost.safeParse(message);
    if (!parsed.success) {
      this.log.warn('The denoising view sent a message that is none.');
      return;
    }
    switch (parsed.data.type) {
      case 'ready':
        send({ type: 'runs', runs: [...this.recorder.runs], words: viewWordsInUse() });
        break;
      case 'complete':
        void this.completeAtCursor();
        break;
      case 'failed':
        this.log.error(`Denoising view: ${parsed.data.message}`);
        break;
    }
  }

  private async completeAtCursor(): Promise<void> {
    const editor = this.lastEditor;
    if (editor === undefined) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Open a JavaScript or TypeScript file and place the cursor in it.'),
      );
      return;
    }
    const { document, selection, viewColumn } = editor;
    await vscode.window.showTextDocument(document, { selection, ...(viewColumn !== undefined && { viewColumn }) });
    await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  }

  private closed(): void {
    this.recorder.wanted = false;
    this.panel = undefined;
    this.lastEditor = undefined;
    this.ofPanel?.dispose();
    this.ofPanel = undefined;
  }
}
