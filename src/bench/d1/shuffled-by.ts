import type { Random } from '../../training/random';
import { shuffled } from '../fix/shuffled';

/** The items in an order drawn by `random`. */
export const shuffledBy = <T>(items: readonly T[], random: Random): T[] => shuffled(items, () => random.uniform());
