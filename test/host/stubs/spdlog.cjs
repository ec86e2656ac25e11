'use strict';
// A plain stand-in for the native @vscode/spdlog addon, put into the test host only, so that it needs no compiler:
// the same calls, appended synchronously, no rotation. Without it every output channel of the host stays empty.
const fs = require('fs');
const path = require('path');

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];

function createLogger(file) {
  let threshold = 2;
  let prefixed = true;
  const append = (level, message) => {
    if (level < threshold) return;
    const stamp = prefixed ? `${new Date().toISOString().slice(0, 23).replace('T', ' ')} [${levels[level]}] ` : '';
    try {
      fs.appendFileSync(file, stamp + message + (prefixed ? '\n' : ''));
    } catch {
      // The log folder may be gone while the host shuts down.
    }
  };
  const logger = {
    getLevel: () => threshold,
    setLevel: (level) => {
      threshold = level;
    },
    setPattern: () => undefined,
    clearFormatters: () => {
      prefixed = false;
    },
    flush: () => undefined,
    drop: () => undefined,
  };
  levels.forEach((name, level) => {
    logger[name] = (message) => append(level, message);
  });
  return logger;
}

async function create(_name, file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  return createLogger(file);
}

exports.version = 0;
exports.setLevel = () => undefined;
exports.setFlushOn = () => undefined;
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
