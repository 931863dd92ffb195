import assert from 'node:assert/strict';
import { cwdOption, declareOptions, defineCommand, jsonOption, wholeNumberParser } from '../../src/cli/command.js';
import type { OptionValues, ParsedCommandInput } from '../../src/cli/command-input.js';
import { main } from '../../src/cli/main.js';
import { memoryIo } from '../support/memory-io.js';

const options = declareOptions([
  { flags: '-y, --yes', description: 'do not ask' },
  { flags: '--dry-run', description: 'change nothing' },
  { flags: '--no-ops-server', description: 'no server' },
  { flags: '--limit <number>', description: 'how many', parse: wholeNumberParser('--limit', { min: 1, max: 9 }) },
  { flags: '--state <state>', description: 'which', choices: ['open', 'closed'] },
  { flags: '--profile <name>', description: 'whose', choices: ['mine', 'yours'], default: 'mine' },
  { ...cwdOption, description: 'another text' },
  jsonOption,
]);

interface Expected {
  yes?: boolean;
  dryRun?: boolean;
  opsServer: boolean;
  limit?: number;
  state?: 'open' | 'closed';
  profile: 'mine' | 'yours';
  cwd?: string;
  json?: boolean;
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : never;
type Plain<T> = { [Key in keyof T]: T[Key] };

describe('cli/command-input', () => {
  it('infers the names, the values and the optionality of options from their rows', async () => {
    const asDeclared: Same<OptionValues<typeof options>, Plain<Expected>> = true;
    assert.ok(asDeclared);
    const given: OptionValues<typeof options>[] = [];
    const command = defineCommand({
      options,
      examples: ['cairnloop try'],
      run: async (input) => void given.push(input.options),
    });
    const rows = [{ name: 'try', summary: 'Try it', load: async () => ({ command }) }];
    await main(['try'], memoryIo('/'), rows);
    await main(['try', '-y', '--dry-run', '--no-ops-server', '--limit', '3', '--state', 'open'], memoryIo('/'), rows);
    assert.deepEqual(given, [
      { opsServer: true, profile: 'mine' },
      { opsServer: false, profile: 'mine', yes: true, dryRun: true, limit: 3, state: 'open' },
    ]);
  });

  it('infers which arguments are optional and which have choices', () => {
    type Input = ParsedCommandInput<
      readonly [
        { name: '<id>'; description: string },
        { name: '[other]'; description: string },
        { name: '[way]'; description: string; choices: readonly ['up', 'down']; default: 'up' },
      ]
    >;
    const asDeclared: Same<Input['args'], [string, string | undefined, 'up' | 'down']> = true;
    assert.ok(asDeclared);
  });
});
