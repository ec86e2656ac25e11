#!/usr/bin/env node
'use strict';
const path = require('node:path');
const fs = require('node:fs');
const cli = path.join(__dirname, '..', 'dist', 'cli.js');
if (!fs.existsSync(cli)) {
  console.error('unmask is not built yet. Run "npm run setup" in ' + path.join(__dirname, '..') + ' first.');
  process.exit(2);
}
require(cli);
