#!/usr/bin/env node
import module from 'node:module';

module.enableCompileCache?.();
// Taken first: a host's config shares this process, and may put others in their place.
const { exit, stderr } = process;
const { main } = await import('../dist/cli/main.js');
const exitCode = await main(process.argv.slice(2));

// A host's config may have opened a pool or a timer of its own, so the process is ended once its output is out.
stderr.write('', () => {
  // Last, so that no handler of the host's puts another one in its place.
  process.on('exit', () => {
    process.exitCode = exitCode;
  });
  exit(exitCode);
});
