import { syncBuiltinESMExports } from 'node:module';

/**
 * Reserves stdout for the command's result and returns it. Host code in this process gets stderr in its place, so that
 * its log lines never mix with a result.
 */
export function reserveStdout(): NodeJS.WriteStream {
  const { stdout, stderr } = process;
  const standIn = { configurable: true, enumerable: true, get: () => stderr };
  Object.defineProperty(process, 'stdout', standIn);
  // The console keeps its first stream, and `import { stdout }` the old binding.
  Object.defineProperty(console, '_stdout', { ...standIn, enumerable: false });
  syncBuiltinESMExports();
  return stdout;
}

/**
 * Keeps a failing stream from ending the process; returns a function that waits for the writes and returns their error.
 * A closed reader (`cairnloop … | head`) is no error.
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
