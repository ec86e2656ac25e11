import type { Profiler } from 'node:inspector';

/**
 * The longest time, in milliseconds, in which every sample of a profile lay in (or below) code of the given files: an upper bound of the longest task,
 * as tasks without a pause between them count as one, and so does time in which another process had the processor.
 */
export function longestRun({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile, ours: (url: string) => boolean): number {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const known = new Map<number, boolean>();
  const isOurs = (id: number): boolean => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const parent = parents.get(id);
    const answer = ours(byId.get(id)!.callFrame.url) || (parent !== undefined && isOurs(parent));
    known.set(id, answer);
    return answer;
  };
  let [longest, run] = [0, 0];
  for (const [i, id] of samples.entries()) {
    run = isOurs(id) ? run + (timeDeltas[i] ?? 0) : 0;
    longest = Math.max(longest, run);
  }
  return longest / 1_000;
}
