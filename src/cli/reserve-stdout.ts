import { syncBuiltinESMExports } from 'node:module';

/**
 * Takes the process's stdout for the command's result and answers it. The host's config and modules run in the same
 * process and may log: they find stderr in its place, so that no line of theirs gets into a result.
 */
export function reserveStdout(): NodeJS.WriteStream {
  const { stdout, stderr } = process;
  const standIn = { configurable: true, enumerable: true, get: () => stderr };
  Object.defineProperty(process, 'stdout', standIn);
  // The console keeps the stream that it wrote to first, and `import { stdout } from 'node:process'` the one of before.
  Object.defineProperty(console, '_stdout', { ...standIn, enumerable: false });
  syncBuiltinESMExports();
  return stdout;
}

/**
 * Keeps a failing stream from ending the process, and answers how to wait for what was written, and to learn why it was
 * not. A reader that went away (`cairnloop … | head`) has all that it wanted.
 */
export function watchWrites(stream: NodeJS.WriteStream): () => Promise<Error | undefined> {
  let failure: NodeJS.ErrnoException | undefined;
  const keep = (error: NodeJS.ErrnoException) => {
    failure ??= error;
  };
  stream.on('error', keep);
  return async () => {
    await new Promise<void>((resolve) => {
      stream.write('', (error) => {
        if (error) keep(error);
        resolve();
      });
    });
    return failure?.code === 'EPIPE' ? undefined : failure;
  };
}
