import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** The page of the denoising view: everything that stays; its script fills in the runs. */
export function denoisingPage(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'denoising-view.js')).toString();
  const style = webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'media', 'denoising.css')).toString();
  const { t } = vscode.l10n;
  const button = (id: string, glyph: string, label: string, key: string): string =>
    `<button type="button" id="${id}" aria-label="${label}" aria-keyshortcuts="${key}" title="${label} (${key})"><span aria-hidden="true">${glyph}</span></button>`;
  const shape = (name: string, sample: string, label: string): string =>
    `<li><span class="cell ${name}" aria-hidden="true">${sample}</span> ${label}</li>`;
  return `<!DOCTYPE html>
<html lang="${escaped(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource};">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escaped(style)}">
<title>${escaped(t('Denoising'))}</title>
</head>
<body>
<main>
<div id="bar">
<label for="runs">${escaped(t('Run'))}</label> <select id="runs"></select>
<label class="check"><input type="checkbox" id="follow" checked> ${escaped(t('Show new runs as they come'))}</label>
</div>
<p id="facts"></p>
<pre id="canvas" role="list" tabindex="0" aria-label="${escaped(t('Canvas'))}"></pre>
<div id="controls" role="toolbar" aria-label="${escaped(t('Replay'))}">
${button('first', '|◀', escaped(t('First step')), 'Home')}
${button('previous', '‹', escaped(t('Previous step')), 'ArrowLeft')}
<button type="button" id="play" aria-keyshortcuts="Space"></button>
${button('next', '›', escaped(t('Next step')), 'ArrowRight')}
${button('last', '▶|', escaped(t('Last step')), 'End')}
<input type="range" id="scrubber" min="0" max="0" value="0" step="1" aria-label="${escaped(t('Step'))}">
<span id="position" aria-hidden="true"></span>
</div>
<p id="summary" role="status" aria-live="polite"></p>
<section id="legend" aria-label="${escaped(t('Signs'))}">
<h2>${escaped(t('Signs'))}</h2>
<ul>
${shape('sure', 'abc', escaped(t('90% sure or more')))}
${shape('likely', 'abc', escaped(t('60% or more')))}
${shape('unsure', 'abc', escaped(t('30% or more')))}
${shape('doubtful', 'abc', escaped(t('less')))}
${shape('unmasked sure', 'abc', escaped(t('written in this step')))}
${shape('masked', '░░', escaped(t('masked')))}
${shape('remasked', '↺░', escaped(t('masked again in this step')))}
</ul>
</section>
</main>
<section id="empty" hidden>
<h2>${escaped(t('Nothing was denoised yet'))}</h2>
<p>${escaped(t('While this view is open, it keeps the last completions, edits and infills of fixes in memory. Type in a file, or ask for a completion.'))}</p>
<button type="button" id="complete">${escaped(t('Complete at the Cursor'))}</button>
</section>
<script nonce="${nonce}" src="${escaped(script)}"></script>
</body>
</html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
