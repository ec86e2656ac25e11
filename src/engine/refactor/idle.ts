/**
 * The thread that waits for the next project: to start one, to load TypeScript and to parse the language's own declarations is most of what a small request
 * takes, and who has looked at the offers soon asks for one. It waits for a while only, because it holds memory that nobody may need again.
 */
import type { Closed } from './language/questions';
import { Line } from './line';

const keptMs = 60_000;

interface Kept {
  readonly line: Line;
  /** Resolves when the thread has forgotten its last project; to false where it failed to, or holds too much still, and is better ended. */
  readonly emptied: Promise<boolean>;
  readonly timer: NodeJS.Timeout;
}

export class IdleThread {
  private kept: Kept | undefined;

  constructor(private readonly milliseconds = keptMs) {}

  /** The thread that waits, else a new one. It is the caller's alone, who ends it or gives it back. */
  async take(): Promise<Line> {
    const { kept } = this;
    if (!kept) return new Line();
    this.kept = undefined;
    clearTimeout(kept.timer);
    kept.line.hold(true);
    if ((await kept.emptied) && kept.line.sound) return kept.line;
    await kept.line.end();
    return new Line();
  }

  /** Takes back a thread whose work went well. It is ended where one waits already, and where nothing good can be expected of it. */
  async give(line: Line): Promise<void> {
    if (this.kept || !line.sound) {
      await line.end();
      return;
    }
    line.hold(false);
    const emptied = line.ask({ close: true }).then(
      (closed) => (closed as Closed).small,
      () => false,
    );
    const drop = (): void => {
      if (this.kept === kept) void this.end();
    };
    const kept: Kept = { line, emptied, timer: setTimeout(drop, this.milliseconds).unref() };
    this.kept = kept;
    void emptied.then((good) => {
      if (!good) drop();
    });
  }

  /** Ends the thread that waits, before its time. */
  async end(): Promise<void> {
    const { kept } = this;
    this.kept = undefined;
    clearTimeout(kept?.timer);
    await kept?.line.end();
  }
}
