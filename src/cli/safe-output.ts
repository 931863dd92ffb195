import { escapeControls } from '../foundation/escape-controls.js';
import type { CliIo, Prompts } from './io.js';

/**
 * All output of commands goes through here, so that foreign text (an id, a file name, an error) cannot control the
 * terminal.
 */
export function withSafeOutput(io: CliIo): CliIo {
  return { ...io, stdout: safeStream(io.stdout), stderr: safeStream(io.stderr), ask: safePrompts(io.ask) };
}

function safeStream<Stream extends CliIo['stdout']>(stream: Stream): Stream {
  const write = (chunk: string | Uint8Array, ...others: never[]) =>
    stream.write(typeof chunk === 'string' ? escapeControls(chunk) : chunk, ...others);
  return {
    write,
    get columns() {
      return stream.columns;
    },
  } as unknown as Stream;
}

function safePrompts(ask: Prompts): Prompts {
  const message = <Question extends { message: string }>(question: Question): Question => ({
    ...question,
    message: escapeControls(question.message),
  });
  return {
    confirm: (question) => ask.confirm(message(question)),
    text: (question) => ask.text(message(question)),
    select: (question) => ask.select(message(question)),
    multiselect: (question) => ask.multiselect(message(question)),
  };
}
