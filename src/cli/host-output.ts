/**
 * Redirects what host code writes to stdout without using `process.stdout`: by file descriptor, from a worker thread or
 * from a child process.
 */
import childProcess from 'node:child_process';
import fs from 'node:fs';
import module from 'node:module';
import workerThreads from 'node:worker_threads';

// biome-ignore lint/suspicious/noExplicitAny: arguments are passed on unchanged
type Call = (...args: any[]) => any;

const stdout = 1;
const stderr = 2;

const writers = ['write', 'writev', 'writeSync', 'writevSync', 'writeFileSync', 'appendFileSync'] as const;
const programs = ['spawn', 'spawnSync', 'execFileSync', 'execSync', 'fork'] as const;

/** Redirects host code's writes to file descriptor 1 to stderr. Returns a function that ends the redirection. */
export function redirectHostStdout(): () => void {
  const restore = [
    ...writers.map((name) =>
      replace(
        fs,
        name,
        (call) =>
          (file, ...rest) =>
            call(otherThan(file), ...rest),
      ),
    ),
    ...programs.map((name) =>
      replace(
        childProcess,
        name,
        (call) =>
          (...args) =>
            call(...args.map(withOtherStdio)),
      ),
    ),
    replaceWorker(),
  ];
  module.syncBuiltinESMExports();
  return () => {
    for (const undo of restore) undo();
    module.syncBuiltinESMExports();
  };
}

function replace<Name extends string>(holder: object, name: Name, wrap: (call: Call) => Call): () => void {
  const target = holder as Record<Name, Call>;
  const original = target[name];
  // Copy the function's own properties, such as `util.promisify.custom`.
  const wrapped = Object.defineProperties(wrap(original), Object.getOwnPropertyDescriptors(original));
  Reflect.set(target, name, wrapped);
  return () => void Reflect.set(target, name, original);
}

function otherThan(file: unknown): unknown {
  return file === stdout ? stderr : file;
}

/** Changes the options of a child process that would inherit this process's stdout: it inherits stderr instead. */
function withOtherStdio(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !('stdio' in value)) return value;
  const { stdio } = value as { stdio: unknown };
  if (stdio === 'inherit') return { ...value, stdio: ['inherit', stderr, 'inherit'] };
  if (!Array.isArray(stdio)) return value;
  return {
    ...value,
    stdio: stdio.map((one, index) => (one === stdout || (one === 'inherit' && index === 1) ? stderr : one)),
  };
}

/**
 * Worker threads, such as those of pino's transports, load their own copies of Node's modules, so each of them preloads
 * this redirection first.
 */
function replaceWorker(): () => void {
  const { Worker } = workerThreads;
  const first = `--import=${new URL('./host-output-thread.js', import.meta.url).href}`;
  const construct = (target: typeof Worker, [file, options = {}]: unknown[], newTarget: unknown): object => {
    const make = (given: object) => Reflect.construct(target, [file, given], newTarget as typeof Worker);
    const { execArgv = process.execArgv } = options as workerThreads.WorkerOptions;
    try {
      return make({ ...Object(options), execArgv: [...execArgv, first] });
    } catch (error) {
      // A worker inherits V8 options such as `--max-old-space-size`, but Node refuses them in `execArgv`.
      if (Object(error).code !== 'ERR_WORKER_INVALID_EXEC_ARGV') throw error;
      return make(Object(options));
    }
  };
  Reflect.set(workerThreads, 'Worker', new Proxy(Worker, { construct }));
  return () => void Reflect.set(workerThreads, 'Worker', Worker);
}
