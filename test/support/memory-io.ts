import type { CliIo, Prompts } from '../../src/cli/io.js';

export interface MemoryIo extends CliIo {
  out(): string;
  err(): string;
  asked: string[];
}

/** A `CliIo` that collects output. `answers` (by the start of the question) make it interactive; an answer that is an Error is thrown. */
export function memoryIo(cwd: string, answers?: Record<string, unknown>): MemoryIo {
  const written = { out: '', err: '' };
  const asked: string[] = [];
  const sink = (key: 'out' | 'err') => ({
    write: (text: string | Uint8Array) => {
      written[key] += text;
      return true;
    },
  });
  return {
    stdin: process.stdin,
    stdout: sink('out') as CliIo['stdout'],
    stderr: sink('err') as CliIo['stderr'],
    cwd,
    env: {},
    isInteractive: answers !== undefined,
    ask: scripted(answers ?? {}, asked),
    asked,
    out: () => written.out,
    err: () => written.err,
  };
}

function scripted(answers: Record<string, unknown>, asked: string[]): Prompts {
  const answer = async ({ message }: { message: string }) => {
    asked.push(message);
    const key = Object.keys(answers).find((start) => message.startsWith(start));
    if (key === undefined) throw new Error(`no scripted answer to "${message}"`);
    if (answers[key] instanceof Error) throw answers[key];
    return answers[key] as never;
  };
  return { confirm: answer, text: answer, select: answer, multiselect: answer };
}
