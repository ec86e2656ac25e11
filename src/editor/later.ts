/**
 * What the extension loads with its first use, from a bundle of its own (dist/later.js), so that activation stays quick: import it only by
 * `await import('.../later')`. What holds state that features share does not belong here: it would exist twice.
 */
export { collectDiagnostics } from './diagnostics/collect';
export { DenoisingView } from './denoising/view';
export { answer } from './agents/chat/answer';
export { servedTools } from './agents/tools/all';
