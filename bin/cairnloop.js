#!/usr/bin/env node
import module from 'node:module';

module.enableCompileCache?.();
const { main } = await import('../dist/cli/main.js');
const exitCode = await main(process.argv.slice(2));

// A host's config may have opened a pool or a timer of its own, so the process is ended once its output is out.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
