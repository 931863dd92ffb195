import { syncBuiltinESMExports } from 'node:module';

/**
 * Takes the process's stdout for the command's result and answers it. The host's config and modules run in the same
 * process and may log: they find stderr in its place, so that no line of theirs gets into a result.
 */
export function takeStdout(): NodeJS.WriteStream {
  const { stdout, stderr } = process;
  const standIn = { configurable: true, enumerable: true, get: () => stderr };
  Object.defineProperty(process, 'stdout', standIn);
  // The console keeps the stream that it wrote to first, and `import { stdout } from 'node:process'` the one of before.
  Object.defineProperty(console, '_stdout', { ...standIn, enumerable: false });
  syncBuiltinESMExports();
  return stdout;
}
