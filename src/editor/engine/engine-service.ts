import * as vscode from 'vscode';
import type { EngineClient, EngineState } from '../../client';
import type { Health, InitializeResult } from '../../protocol/messages';
import { engineSettings, readEngineSettings } from './settings';

export interface EngineStatus {
  readonly state: EngineState;
  /** True while something runs that the user waits for (completions come and go too fast to be shown). */
  readonly working: boolean;
  /** What the engine said of itself when it last started. */
  readonly info: InitializeResult | undefined;
  /** Why it can't be used, for the user. */
  readonly problem: string | undefined;
}

/** Owns the one engine of this window. Nothing is loaded or started before the first request. */
export class EngineService implements vscode.Disposable {
  private client: Promise<EngineClient> | undefined;
  private current: EngineStatus = { state: 'stopped', working: false, info: undefined, problem: undefined };
  private readonly running = new Set<symbol>();
  private readonly shown = new Set<symbol>();
  private stale = false;
  private disposed = false;
  private readonly changed = new vscode.EventEmitter<EngineStatus>();
  private readonly settingsListener: vscode.Disposable;
  readonly onDidChangeStatus = this.changed.event;

  constructor(private readonly log: vscode.LogOutputChannel) {
    this.settingsListener = vscode.workspace.onDidChangeConfiguration((event) => {
      if (!engineSettings.some((name) => event.affectsConfiguration(name))) return;
      this.stale = true;
      void this.replaceIfIdle();
    });
  }

  get status(): EngineStatus {
    return this.current;
  }

  /** Runs one request on the engine, starting it if need be. Rejects with the client's typed errors. `quiet`: not shown as work. */
  async request<T>(
    work: (client: EngineClient) => Promise<T>,
    options: { readonly quiet: boolean } = { quiet: false },
  ): Promise<T> {
    const id = Symbol('request');
    this.running.add(id);
    if (!options.quiet) this.shown.add(id);
    this.update({ working: this.shown.size > 0 });
    try {
      const client = await this.ready();
      return await work(client);
    } finally {
      this.running.delete(id);
      this.shown.delete(id);
      this.update({ working: this.shown.size > 0 });
      void this.replaceIfIdle();
    }
  }

  /** The running engine's own account of itself; undefined while none runs (asking must not start one). */
  async health(): Promise<Health | undefined> {
    if (this.client === undefined || this.current.state !== 'ready') return undefined;
    return (await this.client).health().catch(() => undefined);
  }

  /** Ends the engine and starts a fresh one; requests under way fail. */
  async restart(): Promise<void> {
    await this.end();
    await this.request((client) => client.start());
  }

  dispose(): void {
    this.disposed = true;
    this.settingsListener.dispose();
    this.changed.dispose();
  }

  /** Ends the engine for good; awaited when the extension is deactivated, so that no process stays behind. */
  async end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.stale = false;
    if (client !== undefined) await (await client.catch(() => undefined))?.dispose();
    this.update({ state: 'stopped', info: undefined, problem: undefined });
  }

  private async ready(): Promise<EngineClient> {
    this.client ??= this.create();
    const client = await this.client;
    try {
      const info = await client.start();
      if (this.current.info !== info) this.update({ info, problem: undefined });
    } catch (error) {
      this.update({ problem: error instanceof Error ? error.message : String(error) });
      throw error;
    }
    return client;
  }

  /** The client comes with the first request: its modules are most of the extension's code. */
  private async create(): Promise<EngineClient> {
    const { EngineClient: Client } = await import('../../client');
    return new Client({
      ...readEngineSettings(),
      log: ({ level, message }) => {
        if (level === 'warning') this.log.warn(message);
        else this.log[level](message);
      },
      onStateChange: (state) => {
        if (state === 'disposed') return; // one that was replaced; `end` says so itself
        this.update({ state, ...(state === 'ready' ? { problem: undefined } : {}) });
      },
    });
  }

  private async replaceIfIdle(): Promise<void> {
    if (!this.stale || this.running.size > 0) return;
    this.log.info('Settings of the engine changed: the next request starts it anew.');
    await this.end();
  }

  private update(change: Partial<EngineStatus>): void {
    const next = { ...this.current, ...change };
    const same = (Object.keys(change) as (keyof EngineStatus)[]).every((key) => next[key] === this.current[key]);
    this.current = next;
    if (!same && !this.disposed) this.changed.fire(next);
  }
}
