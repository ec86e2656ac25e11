import assert from 'node:assert/strict';
import fc from 'fast-check';
import { errorCodes, exitCodes } from '../../../src/protocol/errors';
import { RawEngine } from '../helpers/raw-engine';

describe('engine: requests on bare pipes', function () {
  let engine: RawEngine;
  const start = (args: readonly string[] = []): RawEngine => (engine = new RawEngine(args));
  afterEach(() => engine.dispose());

  const alive = async (): Promise<void> => {
    const answer = await engine.request(9_999, 'unmask/health', {});
    assert.equal((answer.result as { pid: number }).pid, engine.child.pid);
  };

  it('answers initialize once, and says what it is', async () => {
    start();
    const answer = await engine.initialize();
    const result = answer.result as { protocol: number; model: null; device: { inUse: string }; readyMs: number };
    assert.equal(result.protocol, 1);
    assert.equal(result.model, null);
    assert.equal(result.device.inUse, 'cpu');
    assert.ok(result.readyMs > 0);
    const again = await engine.request(2, 'unmask/initialize', { protocol: 1, model: 'none', parentPid: process.pid });
    assert.equal(again.error?.code, errorCodes.invalidRequest);
  });

  it('refuses work before initialize, and another protocol by name', async () => {
    start();
    const early = await engine.request(1, 'unmask/complete', { prefix: 'a', suffix: '', languageId: 'javascript' });
    assert.equal(early.error?.code, errorCodes.notInitialized);
    const other = await engine.request(2, 'unmask/initialize', { protocol: 999, parentPid: process.pid });
    assert.equal(other.error?.code, errorCodes.versionMismatch);
    assert.match(other.error.message, /protocol 1 .*999/);
    await alive();
  });

  it('names the parameter that is wrong, and the method that is unknown', async () => {
    start();
    await engine.initialize();
    const wrong = await engine.request(2, 'unmask/complete', { prefix: 1, suffix: '', languageId: 'javascript' });
    assert.equal(wrong.error?.code, errorCodes.invalidParams);
    assert.match(wrong.error.message, /prefix/);
    const unknown = await engine.request(3, 'unmask/nonsense', {});
    assert.equal(unknown.error?.code, errorCodes.methodNotFound);
    assert.match(unknown.error.message, /nonsense/);
    const model = await engine.request(4, 'unmask/fix', { file: 5 });
    assert.equal(model.error?.code, errorCodes.invalidParams);
  });

  it('a model folder that is not there is an answer, and another one may be tried', async () => {
    start();
    const missing = await engine.request(1, 'unmask/initialize', {
      protocol: 1,
      model: '/no/such/model',
      parentPid: process.pid,
    });
    assert.equal(missing.error?.code, errorCodes.modelUnusable);
    assert.match(missing.error.message, /unmask\.model/);
    const none = await engine.request(2, 'unmask/initialize', { protocol: 1, model: 'none', parentPid: process.pid });
    assert.equal(none.error, undefined);
  });

  it('frames that hold no JSON, or no message, get an error and harm nothing', async () => {
    start();
    await engine.initialize();
    engine.frame('{"jsonrpc":"2.0","id":7,"method":');
    const parse = await engine.answer((message) => message.error?.code === errorCodes.parseError, 'a parse error');
    assert.equal(parse.id, null);
    engine.frame('[1,2,3]');
    const invalid = await engine.answer((message) => message.error?.code === errorCodes.invalidRequest, 'an invalid request');
    assert.equal(invalid.id, null);
    engine.frame('{"jsonrpc":"2.0","method":"$/cancelRequest","params":null}');
    engine.frame('{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"never asked"}}');
    engine.frame('{"jsonrpc":"2.0","id":5,"result":{"never":"asked"}}');
    await alive();
  });

  it('requests are answered whatever well-formed nonsense comes between them', async () => {
    start();
    await engine.initialize();
    let id = 100;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.jsonValue().map((value) => JSON.stringify(value)),
          fc.string({ minLength: 1 }),
          fc
            .record({ jsonrpc: fc.constant('2.0'), id: fc.jsonValue(), method: fc.jsonValue(), params: fc.jsonValue() })
            .map((m) => JSON.stringify(m)),
          fc
            .record({
              method: fc.constantFrom('unmask/fix', 'unmask/complete', 'unmask/initialize', '$/progress', '$/cancelRequest'),
              params: fc.jsonValue(),
            })
            .map((m) => JSON.stringify(m)),
        ),
        async (body) => {
          if (Buffer.byteLength(body) > 0) engine.frame(body);
          const answer = await engine.request(++id, 'unmask/health', {});
          assert.equal((answer.result as { pid: number }).pid, engine.child.pid);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('a frame may come in any pieces', async () => {
    start();
    await engine.initialize();
    const body = JSON.stringify({ jsonrpc: '2.0', id: 77, method: 'unmask/health', params: {} });
    for (const byte of Buffer.from(`Content-Length: ${body.length}\r\n\r\n${body}`)) {
      engine.write(Uint8Array.of(byte));
      if (byte === 10) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.ok((await engine.answer((message) => message.id === 77, 'the answer')).result);
  });

  const garbage: readonly [string, string | Uint8Array][] = [
    ['text', 'hello, engine\r\n\r\n'],
    ['a zero byte', Uint8Array.of(0)],
    ['a length that is no number', 'Content-Length: many\r\n\r\n{}'],
    ['a negative length', 'Content-Length: -5\r\n\r\n{}'],
    ['a length beyond all memory', 'Content-Length: 99999999999\r\n\r\n'],
    ['a header without a length', 'Content-Type: application/json\r\n\r\n{}'],
    ['a header without an end', `Content-Length: ${' '.repeat(9_000)}`],
    ['a body longer than its length', 'Content-Length: 2\r\n\r\n{}{}{}{}{}{}'],
  ];
  for (const [what, bytes] of garbage) {
    it(`leaves with a message at bytes that are no frames: ${what}`, async () => {
      start();
      await engine.initialize();
      engine.write(bytes);
      assert.deepEqual(await engine.exited, { code: exitCodes.badFrames, signal: null });
      assert.match(engine.stderr, /standard input is not JSON-RPC/);
    });
  }

  it('arbitrary bytes never hang it: it goes on waiting for a frame, or leaves and says so', async () => {
    start();
    await engine.dispose();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        start();
        engine.write(bytes);
        engine.child.stdin!.end();
        const { code } = await engine.exited;
        assert.ok(code === exitCodes.badFrames || code === exitCodes.orderly, `exit code ${String(code)}: ${engine.stderr}`);
      }),
      { numRuns: 8 },
    );
  });

  it('keeps standard output for the protocol, whoever prints', async () => {
    start(['--require', require.resolve('./fixtures/prints.cjs')]);
    await engine.initialize();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await alive(); // fails if a stray byte came between two frames
    assert.match(engine.stderr, /printed by a library/);
    assert.match(engine.stderr, /written by a library/);
  });
});
