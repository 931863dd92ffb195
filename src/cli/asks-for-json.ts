import { Command as Commander, CommanderError, Option } from 'commander';
import { jsonOption } from './command.js';

/**
 * Whether a command line has `--json` by commander's rules: not after `--`, and not as the value of another option. A
 * command line that is wrong elsewhere counts too, so that its error can be printed as JSON. `known` are the command's
 * options.
 */
export function asksForJson(argv: readonly string[], known: readonly Option[] = []): boolean {
  const reader = new Commander().exitOverride().configureOutput({ outputError: () => {} });
  // Declare the options without parsers and choices, so that an invalid option value does not stop the parser.
  for (const { flags, long } of known) if (long !== '--json') reader.addOption(new Option(flags));
  reader.addOption(new Option(jsonOption.flags));
  try {
    reader.parseOptions([...argv]);
  } catch (error) {
    // Commander throws if the last option lacks its value; the options before it are parsed by then.
    if (!(error instanceof CommanderError)) throw error;
  }
  return reader.opts().json === true;
}
