/** Runs mocha inside the extension host; rejects when a test fails, which is how VS Code learns of it. */
export async function runMocha(define: () => void): Promise<void> {
  const only = process.env['UNMASK_HOST_ONLY']; // part of a title, while working on one test
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 240_000,
    slow: 10_000,
    color: false,
    ...(only !== undefined && { fgrep: only }),
  });
  // What mocha does before it loads a file: puts describe, it and the hooks into the global scope.
  mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, '', mocha);
  define();
  await new Promise<void>((resolve, reject) => {
    mocha.run((failures) => {
      if (failures === 0) resolve();
      else reject(new Error(`${failures} host tests failed`));
    });
  });
}
