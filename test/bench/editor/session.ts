/** What a probe of the editor has at hand: the page that shows it, and a hand in its extension host. */
import type { Page } from 'playwright-core';
import type { HostMethods } from './methods';

export interface Session {
  readonly page: Page;
  readonly quick: boolean;
  /** Runs something in the extension host. Rejects with its error. */
  readonly call: <M extends keyof HostMethods>(
    method: M,
    ...args: Parameters<HostMethods[M]>
  ) => Promise<Awaited<ReturnType<HostMethods[M]>>>;
  readonly progress: (line: string) => void;
}

/** Measures something; its keys are those of `unmask bench editor`. */
export type Probe = (session: Session) => Promise<Record<string, string | number | boolean | null>>;
