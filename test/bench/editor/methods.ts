/** What the driver can ask of the extension host. */
export interface HostMethods {
  /** Loads and activates the extension. Milliseconds, and whether an engine runs after it. */
  readonly activate: () => Promise<{ load: number; activate: number; engine: boolean }>;
  /** Puts a text into a file of the workspace, shows it with the cursor at an offset, and gives it the focus. */
  readonly place: (text: string, offset: number) => Promise<void>;
  /** Selects lines of the file that is shown, both counted from 0 and included. */
  readonly select: (from: number, to: number) => Promise<void>;
  /** Null: as if it had never been made. */
  readonly setting: (section: string, name: string, value: unknown) => Promise<void>;
  readonly command: (id: string, ...args: unknown[]) => Promise<unknown>;
  readonly hasCommand: (id: string) => Promise<boolean>;
  readonly startProfile: () => Promise<void>;
  /** The longest time without a pause in code of the extension since the start; and delays of the event loop, whoever caused them. Milliseconds. */
  readonly stopProfile: () => Promise<{ longest: number; delay99: number; delayMax: number }>;
  readonly memory: () => Promise<{ rssMb: number; heapMb: number; engineRssMb: number | null }>;
}
