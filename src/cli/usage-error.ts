import type { Command as Commander, CommanderError } from 'commander';
import { CairnloopError } from '../foundation/errors.js';

/** Converts an error of commander to a `USAGE` error. The hint suggests the nearest known word, else `--help`. */
export async function usageError(thrown: CommanderError, command: Commander): Promise<CairnloopError> {
  const [what = '', suggestion] = thrown.message.replace(/^error: /, '').split('\n');
  const near = suggestion?.match(/Did you mean (.+)\?/)?.[1] ?? (await nearestChoice(what));
  return new CairnloopError('USAGE', {
    message: `${what.charAt(0).toUpperCase()}${what.slice(1).replace(/\.$/, '')}.`,
    hint: near ? `Did you mean ${near}?` : whereToLook(command),
  });
}

/** Suggests the nearest choice of an argument or option; commander suggests only commands and options. */
async function nearestChoice(what: string): Promise<string | undefined> {
  const [, word, list] = /(?:argument|value) '(.+)' is invalid.* Allowed choices are (.+)\.$/.exec(what) ?? [];
  if (word === undefined || list === undefined) return undefined;
  const choices = list.split(', ');
  const [begun, ...others] = choices.filter((choice) => choice.startsWith(word));
  if (begun && others.length === 0) return begun;
  const { findClosestWord } = await import('../foundation/closest-word.js');
  return findClosestWord(word, choices);
}

function whereToLook(command: Commander): string {
  const path: string[] = [];
  for (let at: Commander | null = command; at; at = at.parent) path.unshift(at.name());
  const shown = command.commands.length > 0 ? 'the commands and their options' : 'its options';
  return `Run \`${path.join(' ')} --help\` to see ${shown}.`;
}
