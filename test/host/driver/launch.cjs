#!/usr/bin/env node
'use strict';
// An executable file that @vscode/test-electron can start in place of desktop VS Code; the work is in launcher.ts.
require('tsx/cjs');
require('./launcher.ts');
