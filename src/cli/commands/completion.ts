import { type Command, defineCommand } from '../command.js';
import { completionTree } from '../completion/completion-tree.js';
import { completionScript, completionShells } from '../completion/scripts.js';
import type { TopLevelCommand } from '../program.js';

/** The command `completion`, whose scripts complete the commands of `rows`. */
export function completionCommand(rows: readonly TopLevelCommand[]): Command {
  return defineCommand({
    arguments: [{ name: '<shell>', description: 'bash, zsh or fish', choices: completionShells }],
    examples: [
      'cairnloop completion zsh > ~/.zfunc/_cairnloop',
      'source <(cairnloop completion bash)',
      'cairnloop completion fish > ~/.config/fish/completions/cairnloop.fish',
    ],
    async run({ args: [shell] }) {
      const script = completionScript(shell, await completionTree(rows));
      return { text: script, json: { shell, script } };
    },
  });
}
