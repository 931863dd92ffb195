/** Keeps what host code writes past `process.stdout` out of a result: by number, from a thread, from a program. */
import childProcess from 'node:child_process';
import fs from 'node:fs';
import module from 'node:module';
import workerThreads from 'node:worker_threads';

// biome-ignore lint/suspicious/noExplicitAny: they are handed on as they are
type Call = (...args: any[]) => any;

const stdout = 1;
const stderr = 2;

const writers = ['write', 'writev', 'writeSync', 'writevSync', 'writeFileSync', 'appendFileSync'] as const;
const programs = ['spawn', 'spawnSync', 'execFileSync', 'execSync', 'fork'] as const;

/** From here on host code that names stdout by its number reaches stderr. Returns what ends that. */
export function keepHostOffStdout(): () => void {
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
  // A promisified form and the like stay where they are looked for.
  const wrapped = Object.defineProperties(wrap(original), Object.getOwnPropertyDescriptors(original));
  Reflect.set(target, name, wrapped);
  return () => void Reflect.set(target, name, original);
}

function otherThan(file: unknown): unknown {
  return file === stdout ? stderr : file;
}

/** The options of a call that starts a program, where they hand on this process' own stdout. */
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

/** A thread has modules of its own, e.g. that of pino's transports, so each of them does the same first. */
function replaceWorker(): () => void {
  const { Worker } = workerThreads;
  const first = `--import=${new URL('./host-output-thread.js', import.meta.url).href}`;
  const construct = (target: typeof Worker, [file, options = {}]: unknown[], newTarget: unknown): object => {
    const make = (given: object) => Reflect.construct(target, [file, given], newTarget as typeof Worker);
    const { execArgv = process.execArgv } = options as workerThreads.WorkerOptions;
    try {
      return make({ ...Object(options), execArgv: [...execArgv, first] });
    } catch (error) {
      // Options of V8 are inherited, and refused where they are named.
      if (Object(error).code !== 'ERR_WORKER_INVALID_EXEC_ARGV') throw error;
      return make(Object(options));
    }
  };
  Reflect.set(workerThreads, 'Worker', new Proxy(Worker, { construct }));
  return () => void Reflect.set(workerThreads, 'Worker', Worker);
}
