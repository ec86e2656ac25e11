import type { ViewWords } from '../messages';
import { levelOf, type Frame, type FrameCell } from '../replay';
import { format } from './format';

const maskGlyph = '░░';

/** Lines of text shown before and after a canvas. */
const contextLines = 4;

/** The elements of a canvas, one for each cell, in order; the text around it is dimmed. */
export function canvasNodes(frame: Frame, before: string, after: string, words: ViewWords): Node[] {
  const above = before.split('\n').slice(-contextLines).join('\n');
  const below = after.split('\n').slice(0, contextLines).join('\n');
  return [context(above), ...frame.cells.map((cell) => cellNode(cell, words)), context(below)];
}

function context(text: string): Node {
  const node = document.createElement('span');
  node.className = 'context';
  node.textContent = text;
  return node;
}

function cellNode(cell: FrameCell, words: ViewWords): Node {
  const node = document.createElement('span');
  node.className = ['cell', cell.state, ...(cell.text === null ? [] : [levelOf(cell.confidence)])].join(' ');
  node.setAttribute('role', 'listitem');
  const said = describe(cell, words);
  node.title = said;
  node.setAttribute('aria-label', cell.text === null ? said : `${spoken(cell.text, words)}, ${said}`);
  node.textContent = glyphs(cell);
  return node;
}

function glyphs({ text, state }: FrameCell): string {
  if (text === null) return state === 'remasked' ? '↺░' : maskGlyph;
  return text.replaceAll('\n', '↵\n');
}

function describe({ text, state, confidence, since }: FrameCell, words: ViewWords): string {
  const percent = confidence === null ? '' : String(Math.round(confidence * 100));
  if (state === 'remasked') return words.cellRemasked;
  if (text === null) return confidence === null ? words.cellMasked : format(words.cellGuessed, percent);
  if (confidence === null) return words.cellKept;
  if (state === 'unmasked' || since === undefined) return format(words.cellNew, percent);
  return format(words.cellWritten, percent, since);
}

/** Blanks alone would not be said at all. */
function spoken(text: string, words: ViewWords): string {
  if (text.trim() !== '') return text.trim();
  return text.includes('\n') ? words.lineBreak : words.space;
}
