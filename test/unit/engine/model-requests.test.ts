import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { EngineClient, EngineCrashed } from '../../../src/client';
import { brokenProject, type BrokenProject } from '../helpers/broken-project';
import { ensureBundles } from '../helpers/bundles';
import { processesWith, until } from '../helpers/processes';

const place = (name: string): { prefix: string; suffix: string; languageId: string; minConfidence: number } => ({
  prefix: `function ${name}(items) {\n  let sum = 0;\n  for (const item of items) {\n    `,
  suffix: '\n  }\n  return sum;\n}\n',
  languageId: 'javascript',
  minConfidence: 0,
});

function rssMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

describe('engine: requests to the embedded model', function () {
  this.timeout(120_000);
  const marker = `unmask-engine-${process.pid}-${Date.now()}`;
  let client: EngineClient;
  let project: BrokenProject;
  before(ensureBundles);
  beforeEach(() => {
    client = new EngineClient({ env: { MARKER: marker } });
    project = brokenProject();
  });
  afterEach(async () => {
    await client.dispose();
    project.dispose();
    if (process.platform === 'linux') await until('nothing of the engine is left', () => processesWith(marker).length === 0);
  });

  const idle = async (): Promise<void> => {
    const end = Date.now() + 20_000;
    while ((await client.health()).state !== 'idle') {
      assert.ok(Date.now() < end, 'the engine became idle');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it('loads it, names it, and says which device is in use and why', async () => {
    const { model, device, readyMs } = await client.start();
    assert.equal(model?.id, 'unmask-tiny');
    assert.ok(model.parameters > 5_000_000 && model.capabilities.includes('infill'));
    assert.ok(device.inUse === 'webgpu' || device.reason !== undefined, 'the processor is used for a reason');
    assert.ok(readyMs > 0);
    console.log(`      ready after ${readyMs.toFixed(0)} ms`);
  });

  it('completes, the same each time, and from its cache the second time', async () => {
    const first = await client.complete(place('total'));
    assert.ok(first.text === null ? first.silence !== undefined : first.text.trim() !== '');
    const again = await client.complete(place('total'));
    assert.equal(again.text, first.text);
    if (first.text !== null) assert.equal(again.steps, 0);
    await client.restart();
    assert.equal((await client.complete(place('total'))).text, first.text);
  });

  it('is silent below the confidence that was asked for, and says so', async () => {
    const sure = await client.complete({ ...place('total'), minConfidence: 1 });
    assert.equal(sure.text, null);
    assert.match(sure.silence!, /confidence is below 1/);
  });

  it('a cancelled completion stops the model, and others go on', async () => {
    await client.start();
    const controller = new AbortController();
    const cancelled = client.complete(place('first'), { signal: controller.signal });
    const other = client.complete(place('second'));
    setTimeout(() => {
      controller.abort(new Error('typed on'));
    }, 5);
    await assert.rejects(cancelled, /typed on/);
    assert.equal((await other).device, (await client.health()).device.inUse);
    await idle();
  });

  it('killed while it loads the model: another one is started, and answers', async () => {
    const starting = client.start();
    await until('the engine was spawned', () => client.pid !== undefined);
    const pid = client.pid!;
    // It says so little while it loads that its memory must tell: the runtime and the weights are being read.
    if (process.platform === 'linux') await until('it reads the model', () => rssMb(pid) > 90);
    assert.equal(client.state, 'starting');
    process.kill(pid, 'SIGKILL');
    assert.equal((await starting).model?.id, 'unmask-tiny');
    assert.notEqual(client.pid, pid);
  });

  it('killed while it completes: every request under way fails, and may be made again', async () => {
    await client.start();
    const asked = ['a', 'b', 'c', 'd', 'e'].map((name) => client.complete(place(name)));
    const settled = Promise.allSettled(asked);
    await asked[0];
    process.kill(client.pid!, 'SIGKILL');
    const outcomes = await settled;
    const crashed = outcomes.filter((outcome) => outcome.status === 'rejected').map((outcome) => outcome.reason as unknown);
    assert.ok(crashed.length > 0, 'some were under way');
    for (const error of crashed) assert.ok(error instanceof EngineCrashed);
    assert.ok(await client.complete(place('e')));
  });

  it('completes while a fix is going on, and the fix can be cancelled without a trace', async () => {
    const controller = new AbortController();
    let inSearch = false;
    const fixing = client.fix(
      { file: project.file, testCommand: 'sleep 60' },
      { signal: controller.signal, onProgress: () => (inSearch = true) },
    );
    await until('the fix is under way', () => inSearch, 30_000);
    assert.equal((await client.health()).state, 'busy');
    await client.complete(place('meanwhile')); // would wait a minute if it came after the fix
    controller.abort(new Error('enough'));
    await assert.rejects(fixing, /enough/);
    await idle();
    if (process.platform === 'linux') await until('its tests were ended', () => processesWith('sleep\x0060').length === 0);
    assert.equal(readFileSync(project.file, 'utf8'), project.source);
  });

  it('killed in the middle of a fix: EngineCrashed, nothing changed, nothing left, and the next fix works', async () => {
    let inSearch = false;
    const fixing = client.fix({ file: project.file, testCommand: 'sleep 61' }, { onProgress: () => (inSearch = true) });
    await until('the fix is under way', () => inSearch, 30_000);
    if (process.platform === 'linux') await until('the tests run', () => processesWith('sleep\x0061').length > 0, 30_000);
    process.kill(client.pid!, 'SIGKILL');
    await assert.rejects(fixing, EngineCrashed);
    assert.equal(readFileSync(project.file, 'utf8'), project.source);
    if (process.platform === 'linux') await until('its tests were ended', () => processesWith('sleep\x0061').length === 0);
    const again = await client.fix({ file: project.file });
    assert.equal(again.status, 'fixed');
    assert.match(again.diff, /^\+.*Math\.max\(0, place - half\)/m);
    assert.equal(readFileSync(project.file, 'utf8'), project.source, 'a fix is offered, not applied');
  });
});
