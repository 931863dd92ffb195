import { CairnloopError } from '../foundation/errors.js';
import { onStopSignal } from '../foundation/uninterrupted.js';
import { createHostErrorCatcher, type HostErrorCatcher } from './host-errors.js';
import { reserveStdout, trackStreamWrites } from './reserve-stdout.js';

/** One choice of a select or multiselect prompt. */
export interface PromptChoice<T> {
  value: T;
  label: string;
  hint?: string;
}

/**
 * Prompts in the terminal. Ctrl-C, Ctrl-D and the end of input reject with `CANCELLED`. Use them only if
 * `io.isInteractive`.
 */
export interface Prompts {
  confirm(question: { message: string; initial?: boolean }): Promise<boolean>;
  text(question: { message: string; initial?: string; validate?(value: string): string | undefined }): Promise<string>;
  select<T extends string>(question: { message: string; choices: readonly PromptChoice<T>[]; initial?: T }): Promise<T>;
  multiselect<T extends string>(question: {
    message: string;
    choices: readonly PromptChoice<T>[];
    initial?: readonly T[];
  }): Promise<T[]>;
}

/** A stream that a command writes to. */
export type OutputStream = Pick<NodeJS.WriteStream, 'write'> & {
  isTTY?: boolean | undefined;
  /** Writes text for people, with outcomes and URLs in colour if the terminal has colour. */
  styled?(text: string): void;
  /**
   * Shows a status line on a terminal, in place of the previous one, until other text is written. An empty one removes
   * it.
   */
  status?(line: string): void;
};

/** Everything of the process that a command may use; injected, so that tests can read its output. */
export interface CliIo {
  stdin: NodeJS.ReadStream;
  /** The stream for the command's result; `columns` is the terminal's width if stdout is a terminal. */
  stdout: OutputStream & { columns?: number | undefined };
  /** The stream for progress and errors. */
  stderr: OutputStream;
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** True if stdin and stdout are terminals and this is no CI run. Only then may a command ask questions. */
  isInteractive: boolean;
  ask: Prompts;
  /** Catches the errors of host code. Absent if the command shares its process with other code, as in a test. */
  host?: HostErrorCatcher;
  /** Waits until stdout is written; returns the error that prevented it. */
  flush?(): Promise<Error | undefined>;
  /** Aborted when stdout can no longer be written, as when its reader has ended. */
  outputGone?: AbortSignal;
}

/** The streams, environment and prompts of this process. */
export function createProcessIo(): CliIo {
  const { stdin, stderr, env } = process;
  const stdout = reserveStdout();
  const { flush, outputGone } = trackStreamWrites(stdout);
  // An error of stderr cannot be reported anywhere.
  stderr.on('error', () => {});
  const isInteractive = Boolean(stdin.isTTY && stdout.isTTY && !isCi(env));
  const ask = clackPrompts(stdout);
  return {
    stdin,
    stdout,
    stderr,
    cwd: process.cwd(),
    env,
    isInteractive,
    ask,
    host: createHostErrorCatcher(),
    flush,
    outputGone,
  };
}

function isCi(env: NodeJS.ProcessEnv): boolean {
  return env.CI !== undefined && env.CI !== '' && env.CI !== '0' && env.CI !== 'false';
}

/** Prompts by @clack/prompts, which appear on the terminal `output`. */
export function clackPrompts(output: NodeJS.WriteStream, input: NodeJS.ReadStream = process.stdin): Prompts {
  /** Asks one question. Clack handles Ctrl-C only; on Ctrl-D or end of input it would wait for ever. */
  async function ask<T>(question: (clack: Clack, streams: Streams) => Promise<T>): Promise<Exclude<T, symbol>> {
    const clack = await import('@clack/prompts');
    const ended = new AbortController();
    const onKey = (_: string | undefined, key: { ctrl?: boolean; name?: string } | undefined) => {
      if (key?.ctrl && key.name === 'd') ended.abort();
    };
    const onEnd = () => ended.abort();
    // Clack hides the cursor and sets raw mode; a process that a signal ends would leave the terminal so.
    const stop = onStopSignal(onEnd);
    input.on('keypress', onKey).once('end', onEnd).once('close', onEnd);
    try {
      return answered(await question(clack, { input, output, signal: ended.signal }));
    } finally {
      stop();
      input.off('keypress', onKey).off('end', onEnd).off('close', onEnd);
    }
  }
  return {
    confirm: ({ message, initial = true }) =>
      ask((clack, streams) => clack.confirm({ message, initialValue: initial, ...streams })),
    text: ({ message, initial, validate }) => {
      const check = validate && ((value: string | undefined) => validate(value ?? ''));
      return ask((clack, streams) => clack.text({ message, initialValue: initial, validate: check, ...streams }));
    },
    select: async ({ message, choices, initial }) => {
      const options = [...choices];
      return (await ask((clack, streams) =>
        clack.select<string>({ message, options, initialValue: initial, ...streams }),
      )) as never;
    },
    multiselect: async ({ message, choices, initial = [] }) => {
      const options = [...choices];
      const initialValues = [...initial];
      return (await ask((clack, streams) =>
        clack.multiselect<string>({ message, options, initialValues, required: false, ...streams }),
      )) as never;
    },
  };
}

type Clack = typeof import('@clack/prompts');

interface Streams {
  input: NodeJS.ReadStream;
  output: NodeJS.WriteStream;
  signal: AbortSignal;
}

/** Clack returns a symbol for a question that was cancelled. */
function answered<T>(answer: T): Exclude<T, symbol> {
  if (typeof answer === 'symbol') throw new CairnloopError('CANCELLED', {});
  return answer as Exclude<T, symbol>;
}
