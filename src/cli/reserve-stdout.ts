import { syncBuiltinESMExports } from 'node:module';

/**
 * Reserves stdout for the command's result and returns it. Host code in this process gets stderr in its place, so that
 * its log lines never mix with a result.
 */
export function reserveStdout(): NodeJS.WriteStream {
  const { stdout, stderr } = process;
  const standIn = { configurable: true, enumerable: true, get: () => stderr };
  Object.defineProperty(process, 'stdout', standIn);
  // Replacing process.stdout is not enough: the console keeps its first stream, and `import { stdout }` its binding.
  Object.defineProperty(console, '_stdout', { ...standIn, enumerable: false });
  syncBuiltinESMExports();
  return stdout;
}

/**
 * Keeps an error of the stream from ending the process. `flush` waits for the writes and returns their error, and
 * `outputGone` aborts at the first one. If the reader has ended (`cairnloop … | head`), `flush` returns no error.
 */
export function trackStreamWrites(stream: NodeJS.WriteStream): {
  flush(): Promise<Error | undefined>;
  outputGone: AbortSignal;
} {
  const outputGone = new AbortController();
  let failure: NodeJS.ErrnoException | undefined;
  const keep = (error: NodeJS.ErrnoException) => {
    failure ??= error;
    outputGone.abort();
  };
  stream.on('error', keep);
  const flush = async () => {
    await new Promise<void>((resolve) => {
      stream.write('', (error) => {
        if (error) keep(error);
        resolve();
      });
    });
    return failure?.code === 'EPIPE' ? undefined : failure;
  };
  return { flush, outputGone: outputGone.signal };
}
