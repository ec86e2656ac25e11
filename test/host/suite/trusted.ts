import { activationTests } from './activation';
import { completionTests } from './completion';
import { contextTests } from './context';
import { fixTests } from './fix';
import { runMocha } from './support/run';

/** Called by VS Code in the extension host. */
export function run(): Promise<void> {
  return runMocha(() => {
    activationTests();
    fixTests();
    completionTests();
    contextTests();
  });
}
