/** The denoising view's script: shows one frame of one run, and moves between them. */
import './no-eval';
import { toView, viewState, type ToHost, type ViewWords } from '../messages';
import { move, moveOfKey, type Move, type Playback } from '../playback';
import { frameAt, lastFrame, textOf, type Frame } from '../replay';
import type { DenoisingRun } from '../run';
import { canvasNodes } from './cells';
import { format } from './format';
import { calm, page } from './page';

interface Host {
  postMessage(message: ToHost): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): Host;

/** Time between two frames of a replay, and how many runs are offered, as the extension keeps them. */
const frameMs = 450;
const offered = 20;

const host = acquireVsCodeApi();
const remembered = viewState.safeParse(host.getState());
let runs: readonly DenoisingRun[] = [];
let words: ViewWords | undefined;
let shown: DenoisingRun | undefined;
let playback: Playback = { frame: remembered.data?.frame ?? 0, playing: false };
let timer: number | undefined;

function dispatch(what: Move): void {
  if (!shown) return;
  playback = move(playback, what, lastFrame(shown.record));
  render();
}

/** A move by hand. Who looks at a step wants no other run in its place: new ones only join the list then. */
function moveTo(what: Move): void {
  if (what !== 'toggle') page.follow.checked = false;
  dispatch(what);
}

/** Takes up another run: from its first frame, playing, where movement is welcome; else at its end. */
function choose(run: DenoisingRun, at?: number): void {
  shown = run;
  const last = lastFrame(run.record);
  const start: Playback = at === undefined && !calm() ? { frame: 0, playing: last > 0 } : { frame: last, playing: false };
  playback = at === undefined ? start : { frame: Math.min(at, last), playing: false };
  render();
}

function take(data: unknown): void {
  const parsed = toView.safeParse(data);
  if (!parsed.success) {
    host.postMessage({ type: 'failed', message: `a message that is none: ${parsed.error.message}`.slice(0, 2_000) });
    return;
  }
  const message = parsed.data;
  if (message.type === 'runs') {
    ({ runs, words } = message);
    const known = runs.find(({ id }) => id === remembered.data?.run);
    const run = shown ?? known ?? runs.at(-1);
    if (run) choose(run, known === run ? playback.frame : undefined);
    else render();
    return;
  }
  runs = [...runs, message.run].slice(-offered);
  if (!shown || page.follow.checked) choose(message.run);
  else {
    render();
    if (words) page.summary.textContent = format(words.newRun, titleOf(message.run, words));
  }
}

function render(): void {
  clearTimeout(timer);
  page.main.hidden = shown === undefined;
  page.empty.hidden = shown !== undefined || words === undefined;
  if (!shown || !words) return;
  const last = lastFrame(shown.record);
  const frame = frameAt(shown.record, playback.frame);
  renderRuns(shown, words);
  page.facts.textContent = factsOf(shown, playback.frame, words);
  page.canvas.replaceChildren(...canvasNodes(frame, shown.record.before, shown.record.after, words));
  const position = format(words.step, playback.frame, last);
  page.scrubber.max = String(last);
  page.scrubber.value = String(playback.frame);
  page.scrubber.setAttribute('aria-valuetext', position);
  page.position.textContent = position;
  const label = playback.playing ? words.pause : words.play;
  page.play.textContent = label;
  page.play.title = label;
  // While it plays, a voice would only fall behind: it is told where the replay ends.
  if (!playback.playing) page.summary.textContent = summaryOf(frame, position, words);
  host.setState({ run: shown.id, frame: playback.frame, follow: page.follow.checked });
  if (playback.playing)
    timer = window.setTimeout(() => {
      dispatch('tick');
    }, frameMs);
}

function renderRuns(selected: DenoisingRun, use: ViewWords): void {
  const wanted = [...runs].reverse();
  const options = [...page.runs.options];
  const same = options.length === wanted.length && wanted.every((run, i) => options[i]!.value === String(run.id));
  // Rebuilding a list that is open would close it.
  if (!same) page.runs.replaceChildren(...wanted.map((run) => new Option(titleOf(run, use), String(run.id))));
  page.runs.value = String(selected.id);
}

function titleOf(run: DenoisingRun, use: ViewWords): string {
  const time = new Date(run.at).toLocaleTimeString(document.documentElement.lang);
  return `${use[run.kind]}, ${run.place}, ${time}: ${run.outcome}`;
}

function factsOf(run: DenoisingRun, frame: number, use: ViewWords): string {
  const { steps, milliseconds, samples } = run.record;
  const { tokensPerSecond, device } = steps[frame]!;
  const forwards = steps.at(-1)!.stepsSoFar;
  return [
    format(use.facts, run.model, device, forwards, milliseconds.toFixed(0)),
    tokensPerSecond === null ? use.noSpeed : format(use.speed, tokensPerSecond.toFixed(0)),
    ...(samples > 1 ? [format(use.samples, samples)] : []),
  ].join(' · ');
}

function summaryOf(frame: Frame, position: string, use: ViewWords): string {
  const begun = frame.masked < frame.cells.length || frame.remasked > 0;
  const counts = begun ? format(use.summary, frame.written, frame.masked) : format(use.start, frame.masked);
  const again = frame.remasked > 0 ? ` ${format(use.remasked, frame.remasked)}` : '';
  return `${position}: ${counts}${again} ${format(use.text, textOf(frame, ` ${use.maskedWord} `).trim())}`;
}

/** Whether a key belongs to the element that has the focus rather than to the replay. */
function ownsKey(target: EventTarget | null, key: string): boolean {
  if (target instanceof HTMLSelectElement) return true;
  if (key === ' ')
    return target instanceof HTMLButtonElement || (target instanceof HTMLInputElement && target.type === 'checkbox');
  return false;
}

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  take(event.data);
});
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || ownsKey(event.target, event.key)) return;
  const what = moveOfKey(event.key);
  if (what === undefined) return;
  event.preventDefault();
  moveTo(what);
});
for (const name of ['first', 'previous', 'next', 'last'] as const)
  page[name].addEventListener('click', () => {
    moveTo(name);
  });
page.play.addEventListener('click', () => {
  moveTo('toggle');
});
page.scrubber.addEventListener('input', () => {
  moveTo({ to: page.scrubber.valueAsNumber });
});
page.runs.addEventListener('change', () => {
  const run = runs.find(({ id }) => String(id) === page.runs.value);
  if (run) choose(run);
});
page.follow.addEventListener('change', render);
page.complete.addEventListener('click', () => {
  host.postMessage({ type: 'complete' });
});
page.follow.checked = remembered.data?.follow ?? true;
page.main.hidden = true;
host.postMessage({ type: 'ready' });
