import { styleText } from 'node:util';
import type { CliIo } from './io.js';

export type Style = 'green' | 'yellow' | 'red' | 'cyan' | 'dim' | 'bold';

/** Words of a text and the style that a terminal shows them in. */
export type Colours = readonly (readonly [words: RegExp, style: Style])[];

/** Outcomes of files, states of deliveries and migrations, and levels of findings: one colour for one meaning. */
export const outcomeColours: Colours = [
  [/(?<=^\[)ok(?=\])|^(?:created|updated|removed)\b|^ {2}applied\b|^The record is intact\b/gm, 'green'],
  [/(?<=^\[)check(?=\])|^(?:skipped|manual)\b|^ {2}(?:pending|unknown)\b/gm, 'yellow'],
  [/(?<=^\[)blocked(?=\])|^The record is broken\b/gm, 'red'],
  [/^unchanged\b/gm, 'dim'],
  [/\bhttps?:\/\/[^\s]+/g, 'cyan'],
];

/** A terminal has colour unless `NO_COLOR` is set to anything, or its kind has none. */
export function hasColour(stream: { isTTY?: boolean | undefined }, env: CliIo['env']): boolean {
  return Boolean(stream.isTTY) && !env.NO_COLOR && env.TERM !== 'dumb';
}

/** Pure. */
export function colourize(text: string, colours: Colours): string {
  return colours.reduce(
    (styled, [words, style]) => styled.replace(words, (found) => styleText(style, found, { validateStream: false })),
    text,
  );
}
