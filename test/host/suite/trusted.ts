import { activationTests } from './activation';
import { agentTests } from './agents';
import { completionTests } from './completion';
import { denoisingTests } from './denoising';
import { diagnosticsTests } from './diagnostics';
import { editTests } from './edit';
import { contextTests } from './context';
import { fixTests } from './fix';
import { nextEditTests } from './next-edit';
import { refactorTests } from './refactor';
import { runMocha } from './support/run';
import { walkthroughTests } from './walkthrough';

/** Called by VS Code in the extension host. */
export function run(): Promise<void> {
  return runMocha(() => {
    activationTests();
    editTests();
    fixTests();
    completionTests();
    denoisingTests();
    diagnosticsTests();
    agentTests();
    contextTests();
    walkthroughTests();
    nextEditTests();
    refactorTests();
  });
}
