'use strict';
// A stand-in for the native addon that ends the host when its parent hangs: the test driver kills its host itself.
exports.start = () => undefined;
exports.exit = (code) => process.exit(code ?? 0);
