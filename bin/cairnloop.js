#!/usr/bin/env node
import module from 'node:module';

module.enableCompileCache?.();
// Keep Node's own `exit` and `stderr` before host code is loaded, which may replace them.
const { exit, stderr } = process;
const { main } = await import('../dist/cli/main.js');
const exitCode = await main(process.argv.slice(2));

// End the process once its output is written: a host's config may have left a connection pool or a timer open.
stderr.write('', () => {
  // Registered last, so that no other `exit` handler overrides the exit code.
  process.on('exit', () => {
    process.exitCode = exitCode;
  });
  exit(exitCode);
});
