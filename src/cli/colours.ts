import { styleText } from 'node:util';
import type { CliIo } from './io.js';

export type TerminalStyle = 'green' | 'yellow' | 'red' | 'cyan' | 'dim' | 'bold';

/** Patterns of words, each with the style in which a terminal shows the words that match. */
export type ColourRules = readonly (readonly [words: RegExp, style: TerminalStyle])[];

/** Colours of file outcomes, of delivery and migration states and of finding levels: one colour for each meaning. */
export const outcomeColourRules: ColourRules = [
  [/(?<=^\[)ok(?=\])|^(?:created|updated|removed)\b|^ {2}applied\b|^The audit record is intact:/gm, 'green'],
  [/(?<=^\[)check(?=\])|^(?:skipped|manual)\b|^ {2}(?:pending|unknown)\b/gm, 'yellow'],
  [/(?<=^\[)blocked(?=\])|^The audit record is broken\b/gm, 'red'],
  [/^unchanged\b/gm, 'dim'],
  [/\bhttps?:\/\/[^\s]+/g, 'cyan'],
];

/** Whether to print colours: only on a terminal, and not if `NO_COLOR` is set or `TERM` is `dumb`. */
export function hasColour(stream: { isTTY?: boolean | undefined }, env: CliIo['env']): boolean {
  return Boolean(stream.isTTY) && !env.NO_COLOR && env.TERM !== 'dumb';
}

/** Adds the escape codes of the colour rules to a text. Pure. */
export function colourize(text: string, colours: ColourRules): string {
  return colours.reduce(
    (styled, [words, style]) => styled.replace(words, (found) => styleText(style, found, { validateStream: false })),
    text,
  );
}
