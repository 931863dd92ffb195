import { escapeControls } from '../foundation/escape-controls.js';
import { colourize, hasColour, outcomeColourRules } from './colours.js';
import type { CliIo, OutputStream, Prompts } from './io.js';
import { truncateToWidth } from './single-line-text.js';

/**
 * Escapes control characters in all output and prompts of a command, so that foreign text (an id, a file name, an
 * error) cannot control the terminal.
 */
export function withEscapedOutput(io: CliIo): CliIo {
  return {
    ...io,
    stdout: safeStream(io.stdout, io.env),
    stderr: withStatus(safeStream(io.stderr, io.env), io.stderr),
    ask: safePrompts(io.ask),
  };
}

function safeStream<Stream extends CliIo['stdout']>(stream: Stream, env: CliIo['env']): Stream {
  const write = (chunk: string | Uint8Array, ...others: never[]) =>
    stream.write(typeof chunk === 'string' ? escapeControls(chunk) : chunk, ...others);
  /** Adds colours after the escaping, which would escape them too. */
  const styled = (text: string) =>
    stream.write(hasColour(stream, env) ? colourize(escapeControls(text), outcomeColourRules) : escapeControls(text));
  return {
    write,
    styled,
    get columns() {
      // A terminal of unknown size, as in some containers, reports 0.
      return stream.columns || undefined;
    },
    get isTTY() {
      return stream.isTTY;
    },
  } as unknown as Stream;
}

const eraseLine = '\r\u001b[2K';

/** Adds a status line to a terminal's stream. Other text that is written replaces it. */
function withStatus(safe: OutputStream, terminal: OutputStream & { columns?: number | undefined }): OutputStream {
  if (!terminal.isTTY) return safe;
  let isShown = false;
  const clear = () => {
    if (isShown) terminal.write(eraseLine);
    isShown = false;
  };
  const write = (...chunk: Parameters<OutputStream['write']>) => {
    clear();
    return safe.write(...chunk);
  };
  return {
    ...safe,
    write: write as OutputStream['write'],
    status(line) {
      clear();
      if (line === '') return;
      terminal.write(truncateToWidth(escapeControls(line).replaceAll('\n', ' '), (terminal.columns || 80) - 1));
      isShown = true;
    },
  };
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
