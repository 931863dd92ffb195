import { CairnloopError } from '../errors.js';

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
  /** The result. */
  stdout: Pick<NodeJS.WriteStream, 'write'>;
  /** Progress and errors. */
  stderr: Pick<NodeJS.WriteStream, 'write'>;
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Stdin and stdout are terminals and this is no CI run: only then may a command ask. */
  isInteractive: boolean;
  ask: Prompts;
}

/** The real one. A reader that went away (`cairnloop … | head`) is no failure. */
export function processIo(): CliIo {
  const { stdin, stdout, stderr, env } = process;
  stdout.on('error', ignoreClosedPipe);
  const isInteractive = Boolean(stdin.isTTY && stdout.isTTY && !isCi(env));
  return { stdin, stdout, stderr, cwd: process.cwd(), env, isInteractive, ask: clackPrompts };
}

function isCi(env: NodeJS.ProcessEnv): boolean {
  return env.CI !== undefined && env.CI !== '' && env.CI !== '0' && env.CI !== 'false';
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

const clackPrompts: Prompts = {
  confirm: async ({ message, initial = true }) => {
    const clack = await import('@clack/prompts');
    return answered(await clack.confirm({ message, initialValue: initial }));
  },
  text: async ({ message, initial, validate }) => {
    const clack = await import('@clack/prompts');
    return answered(
      await clack.text({ message, initialValue: initial, validate: validate && ((value) => validate(value ?? '')) }),
    );
  },
  select: async ({ message, choices, initial }) => {
    const clack = await import('@clack/prompts');
    return answered(await clack.select<string>({ message, options: [...choices], initialValue: initial })) as never;
  },
  multiselect: async ({ message, choices, initial = [] }) => {
    const clack = await import('@clack/prompts');
    const options = [...choices];
    return answered(
      await clack.multiselect<string>({ message, options, initialValues: [...initial], required: false }),
    ) as never;
  },
};

/** Clack answers a symbol for Ctrl-C. */
function answered<T>(answer: T): Exclude<T, symbol> {
  if (typeof answer === 'symbol') throw new CairnloopError('CANCELLED', {});
  return answer as Exclude<T, symbol>;
}
