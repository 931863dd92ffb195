import { CairnloopError } from '../errors.js';
import { type HostGuard, hostGuard } from './host-guard.js';
import { takeStdout, watchWrites } from './own-stdout.js';

/** One choice of a list. */
export interface Choice<T> {
  value: T;
  label: string;
  hint?: string;
}

/** Questions to the person at the terminal. Ctrl-C rejects with `CANCELLED`. Ask only where `io.isInteractive`. */
export interface Prompts {
  confirm(question: { message: string; initial?: boolean }): Promise<boolean>;
  text(question: { message: string; initial?: string; validate?(value: string): string | undefined }): Promise<string>;
  select<T extends string>(question: { message: string; choices: readonly Choice<T>[]; initial?: T }): Promise<T>;
  multiselect<T extends string>(question: {
    message: string;
    choices: readonly Choice<T>[];
    initial?: readonly T[];
  }): Promise<T[]>;
}

/** Everything a command may touch of the process: handed in, so that tests read output without spying. */
export interface CliIo {
  stdin: NodeJS.ReadStream;
  /** The result; `columns` is the terminal's width, where it is one. */
  stdout: Pick<NodeJS.WriteStream, 'write'> & { columns?: number | undefined };
  /** Progress and errors. */
  stderr: Pick<NodeJS.WriteStream, 'write'>;
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Stdin and stdout are terminals and this is no CI run: only then may a command ask. */
  isInteractive: boolean;
  ask: Prompts;
  /** Absent where the process is not the command's own. */
  host?: HostGuard;
  /** Waits until the result is written; answers why it could not be. */
  flush?(): Promise<Error | undefined>;
}

/** The real one, for the one command of this process. */
export function processIo(): CliIo {
  const { stdin, stderr, env } = process;
  const stdout = takeStdout();
  const flush = watchWrites(stdout);
  // Where even that cannot be written, nobody is left to tell.
  stderr.on('error', () => {});
  const isInteractive = Boolean(stdin.isTTY && stdout.isTTY && !isCi(env));
  const ask = clackPrompts(stdout);
  return { stdin, stdout, stderr, cwd: process.cwd(), env, isInteractive, ask, host: hostGuard(), flush };
}

function isCi(env: NodeJS.ProcessEnv): boolean {
  return env.CI !== undefined && env.CI !== '' && env.CI !== '0' && env.CI !== 'false';
}

/** `output` is the terminal that is asked on. */
function clackPrompts(output: NodeJS.WriteStream): Prompts {
  const load = () => import('@clack/prompts');
  return {
    confirm: async ({ message, initial = true }) =>
      answered(await (await load()).confirm({ message, initialValue: initial, output })),
    text: async ({ message, initial, validate }) => {
      const check = validate && ((value: string | undefined) => validate(value ?? ''));
      return answered(await (await load()).text({ message, initialValue: initial, validate: check, output }));
    },
    select: async ({ message, choices, initial }) => {
      const options = [...choices];
      return answered(
        await (await load()).select<string>({ message, options, initialValue: initial, output }),
      ) as never;
    },
    multiselect: async ({ message, choices, initial = [] }) => {
      const options = [...choices];
      const initialValues = [...initial];
      return answered(
        await (await load()).multiselect<string>({ message, options, initialValues, required: false, output }),
      ) as never;
    },
  };
}

/** Clack answers a symbol for Ctrl-C. */
function answered<T>(answer: T): Exclude<T, symbol> {
  if (typeof answer === 'symbol') throw new CairnloopError('CANCELLED', {});
  return answer as Exclude<T, symbol>;
}
