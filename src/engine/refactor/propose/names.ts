/** Names for what a refactoring makes: the user's, else the model's, denoised at the declaration with all uses in sight. */
import type { CodeModel } from '../../../diffusion/code-model';
import { loadTypescript, parseSource } from '../../../edits/source';
import type { RefactorHunk } from '../change';
import type { ActionProposal } from '../language/questions';
import { identifiersIn, isName } from '../names';
import type { ProjectThread } from '../thread';

/** Names that the model is asked for at once. */
const samples = 12;
const nameTokens = 6;

/** A name that the user gave: "extract function named total", "extract a constant called limit". */
export function nameGiven(instruction: string): string | undefined {
  return /\b(?:named|called|name|as)\s*:?\s+[`"']?([A-Za-z_$][\w$]*)[`"']?[.!]?\s*$/i.exec(instruction)?.[1];
}

/** Names that the model believes in there, best first; none that the file uses already, or that only say what the service's own does. */
export async function namesByModel(
  model: CodeModel,
  project: ProjectThread,
  { hunk, made }: ActionProposal,
  signal: AbortSignal,
): Promise<string[]> {
  if (!made) return [];
  const text = (await project.textsAfter([hunk])).get(made.file) ?? '';
  const [prefix, suffix] = [text.slice(0, made.offset), text.slice(made.offset + made.name.length)];
  // The uses stand for themselves: the model shall see that the name is missing there, too, not read the service's.
  const hidden = (part: string): string => part.replaceAll(new RegExp(`\\b${made.name}\\b`, 'g'), 'f');
  const request = {
    prefix: hidden(prefix),
    suffix: hidden(suffix),
    samples,
    temperature: 0.7,
    maxTokens: nameTokens,
    maxLines: 1,
  };
  const found = await model.infill({ ...request, lengths: [1, 2, 3] }, { signal, priority: 'interactive' });
  const api = loadTypescript();
  const taken = identifiersIn(parseSource(api, made.file, text));
  const names = found.map((f) => f.text.trim()).filter((name) => /^[a-z_$][\w$]{2,}$/i.test(name) && !taken.has(name));
  return [...new Set(names)].filter((name) => isName(api, name));
}

/** The same proposal with another name for what it makes, at every place where that name is written. */
export function withName({ hunk, made }: ActionProposal, name: string): RefactorHunk {
  if (!made) return hunk;
  const old = new RegExp(`\\b${made.name.replaceAll('$', '\\$')}\\b`, 'g');
  const files = hunk.files.map(({ file, edits }) => ({
    file,
    edits: edits.map((e) => ({ ...e, text: e.text.replace(old, name) })),
  }));
  return { ...hunk, title: `${hunk.title}: ${name}`, files };
}
