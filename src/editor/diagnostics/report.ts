/** The report of `Unmask: Collect Diagnostics` as Markdown. Pure: what goes in is gathered elsewhere. */
import type { Health, InitializeResult } from '../../protocol/messages';
import { nameRedactor, pathRedactor, withoutCode, type Places } from './redact';

export interface Choices {
  /** Paths and values of settings as they are. */
  readonly paths: boolean;
  /** The last lines of the log. */
  readonly log: boolean;
  /** The text of the active editor. */
  readonly code: boolean;
}

export interface ChangedSetting {
  readonly name: string;
  readonly value: unknown;
  /** Free text (a path, a command) may say anything about the user; other kinds of values can't. */
  readonly free: boolean;
  readonly where: string;
}

export interface Facts {
  /** What is what, for example `VS Code`, and its version. */
  readonly versions: readonly (readonly [what: string, version: string])[];
  readonly system: readonly (readonly [what: string, value: string])[];
  readonly engine: {
    readonly state: string;
    readonly problem: string | undefined;
    readonly info: InitializeResult | undefined;
    readonly health: Health | undefined;
  };
  readonly settings: readonly ChangedSetting[];
  /** One line each, oldest first. */
  readonly log: readonly string[];
  /** The active editor's text, if there is one. */
  readonly code: string | undefined;
  /** Texts whose lines must not appear: every document that is open. */
  readonly sources: readonly string[];
}

/** Words of the report that are not names. */
export interface ReportWords {
  readonly title: string;
  readonly sent: string;
  readonly versions: string;
  readonly system: string;
  readonly engine: string;
  readonly settings: string;
  readonly noSettings: string;
  readonly set: string;
  readonly log: string;
  readonly leftOut: string;
  readonly code: string;
}

/** The report. Without `choices.paths` no absolute path is in it, and without `choices.code` no line of the `sources`. */
export function report(facts: Facts, choices: Choices, places: Places, words: ReportWords): string {
  const withoutPaths = pathRedactor(places);
  const withoutNames = nameRedactor(places);
  const clean = (text: string): string => (choices.paths ? text : withoutNames(withoutPaths(text)));
  const parts = [
    `# ${words.title}`,
    words.sent,
    section(words.versions, facts.versions.map(([what, version]) => `- ${what}: ${clean(version)}`)),
    section(words.system, facts.system.map(([what, value]) => `- ${what}: ${clean(value)}`)),
    section(words.engine, engineLines(facts.engine).map((line) => `- ${clean(line)}`)),
    section(words.settings, settingLines(facts.settings, choices, words)),
  ]; // prettier-ignore
  if (choices.log) {
    const safe = choices.code ? facts.log : withoutCode(facts.log, facts.sources, words.leftOut);
    parts.push(section(words.log, fenced(safe.map((line) => clean(line)), 'text'))); // prettier-ignore
  }
  if (choices.code && facts.code !== undefined) parts.push(section(words.code, fenced(facts.code.split(/\r?\n/), '')));
  return `${parts.join('\n\n')}\n`;
}

function section(heading: string, lines: readonly string[]): string {
  return `## ${heading}\n\n${lines.join('\n')}`;
}

function engineLines({ state, problem, info, health }: Facts['engine']): string[] {
  const lines = [`state: ${state}`];
  if (problem !== undefined) lines.push(`problem: ${problem}`);
  if (info) {
    const { model, device, version, protocol, readyMs } = info;
    lines.push(`version: ${version}, protocol ${protocol}`);
    lines.push(model ? `model: ${model.id}, ${model.parameters} parameters, ${model.capabilities.join(', ')}` : 'model: none');
    lines.push(`device: ${device.inUse} (asked: ${device.asked}), ${device.description}`);
    if (device.reason !== undefined) lines.push(`device, why: ${device.reason}`);
    lines.push(`ready after: ${(readyMs / 1000).toFixed(1)} s`);
  }
  if (health) {
    lines.push(`now: ${health.state}, ${health.queued} queued, ${Math.round(health.rssMb)} MB`);
    lines.push(`up for: ${Math.round(health.uptimeSeconds)} s`);
  }
  return lines;
}

function settingLines(settings: readonly ChangedSetting[], { paths }: Choices, words: ReportWords): string[] {
  if (settings.length === 0) return [words.noSettings];
  return settings.map(({ name, value, free, where }) => {
    const shown = free && !paths ? words.set : `\`${JSON.stringify(value)}\``;
    return `- \`${name}\`: ${shown} (${where})`;
  });
}

function fenced(lines: readonly string[], language: string): string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`{3,}/g)].map((match) => match[0].length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence];
}
