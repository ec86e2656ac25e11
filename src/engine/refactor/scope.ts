/** Which parts of which files a refactoring is about. */
import { regionAround } from '../../edits/plan/region';
import type { Region } from '../../edits/plan/plan';
import { loadTypescript, parseSource, type SourceUnit } from '../../edits/source';
import type { RefactorScope } from '../../protocol/refactor';
import { isFrozen } from '../../workspace';
import { plainText, type PlainText } from '../edit/line-breaks';
import type { ProjectThread } from './thread';

/** A part of one file, in text whose line breaks are all `\n`. */
export interface Part {
  readonly file: string;
  readonly plain: PlainText;
  /** Parsed when it is asked for: of many parts, one after the other. */
  readonly unit: SourceUnit;
  readonly region: Region;
}

/** Files that a refactoring of a whole file's users may reach. */
const mostFiles = 200;

/** The file's selection, the file, or the file and those that use what it, or the selected name, declares; tests are never among these. */
export async function partsOf(project: ProjectThread, file: string, range: Region, scope: RefactorScope): Promise<Part[]> {
  const [own] = await partsFor(project, [file]);
  if (scope === 'file') return [own!];
  if (scope === 'selection') {
    const { plain, unit } = own!;
    const region = regionAround(unit, { start: plain.toPlain(range.start), end: plain.toPlain(range.end) });
    return [{ file, plain, unit, region }];
  }
  const users = await project.ask('users', file, range);
  const changeable = users.filter((name) => !isFrozen(relative(project, name), []));
  return partsFor(project, [file, ...changeable.slice(0, mostFiles)]);
}

async function partsFor(project: ProjectThread, files: readonly string[]): Promise<Part[]> {
  const texts = await project.textsOf(files);
  return files.map((file) => partOf(file, texts.get(file) ?? ''));
}

function partOf(file: string, original: string): Part {
  const plain = plainText(original);
  const { text } = plain;
  let unit: SourceUnit | undefined;
  return {
    file,
    plain,
    get unit() {
      return (unit ??= parseSource(loadTypescript(), file, text));
    },
    region: { start: 0, end: text.length },
  };
}

/** A file's name below the project's folder. */
export function relative({ root }: Pick<ProjectThread, 'root'>, file: string): string {
  return file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
}
