import { Command as Commander, CommanderError, Option } from 'commander';
import { jsonOption } from './command.js';

/**
 * Whether a command line has `--json`, by commander's rules: not after `--`, and not as the value of another option. It
 * holds for a line that is wrong elsewhere too, so that its error can be printed as JSON. `known` are the command's
 * options.
 */
export function asksForJson(argv: readonly string[], known: readonly Option[] = []): boolean {
  const reader = new Commander().exitOverride().configureOutput({ outputError: () => {} });
  // Options are declared without parsers and choices, so that a wrong value does not end the reading.
  for (const { flags, long } of known) if (long !== '--json') reader.addOption(new Option(flags));
  reader.addOption(new Option(jsonOption.flags));
  try {
    reader.parseOptions([...argv]);
  } catch (error) {
    // An option at the end lacks its value.
    if (!(error instanceof CommanderError)) throw error;
  }
  return reader.opts().json === true;
}
