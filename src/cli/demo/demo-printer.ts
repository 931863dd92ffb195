import type { CliIo } from '../io.js';

/** Prints the steps of the demo, each with the seconds since its start. */
export interface DemoPrinter {
  step(text: string): void;
  /** Prints a result below the last step. */
  detail(text: string): void;
}

const width = 80;
const indent = ' '.repeat(10);
const detailIndent = `${indent}  `;

export function createDemoPrinter(out: CliIo['stdout']): DemoPrinter {
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(2).padStart(6)} s  `;
  const write = (first: string, next: string, text: string) => {
    const [head = '', ...rest] = wrap(text, width - first.length, width - next.length);
    out.write(`${[first + head, ...rest.map((line) => next + line)].join('\n')}\n`);
  };
  return {
    step: (text) => write(seconds(), detailIndent, text),
    detail: (text) => write(detailIndent, `${detailIndent}  `, text),
  };
}

/** Wraps text at single spaces, so that columns separated by several spaces stay together. A word is never broken. */
function wrap(text: string, firstColumns: number, columns: number): string[] {
  const lines = [''];
  for (const word of text.split(/(?<! ) (?! )/)) {
    const line = lines.at(-1) ?? '';
    const room = lines.length === 1 ? firstColumns : columns;
    if (line !== '' && line.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
