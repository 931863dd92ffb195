import assert from 'node:assert/strict';
import { execa } from 'execa';
import { runMain } from '../../support/run-main.js';
import { tempHost } from '../../support/temp-host.js';

const scriptOf = async (shell: string) => {
  const { out, exitCode } = await runMain(process.cwd(), ['completion', shell]);
  assert.equal(exitCode, 0);
  return out;
};

type CompletionShell = 'bash' | 'zsh' | 'fish';

/** Runs a script in a shell without the settings of whoever runs the tests; null where the shell is not installed. */
async function inShell(shell: CompletionShell, script: string, line: string): Promise<string[] | null> {
  const quiet = { bash: '--norc', zsh: '-f', fish: '--no-config' }[shell];
  const run = await execa(shell, [quiet, '-c', `${script}\n${line}`], { reject: false });
  if (run.code === 'ENOENT') return null;
  assert.equal(run.exitCode, 0, `${shell}: ${run.stderr}`);
  return run.stdout.split('\n').filter(Boolean);
}

/** What the real shell would offer for the last of these words; null where it is not installed. */
const offers: Record<CompletionShell, (words: readonly string[]) => Promise<string[] | null>> = {
  async bash(words) {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const ask = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _cairnloop; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return inShell('bash', await scriptOf('bash'), ask);
  },
  // The parts of zsh's completion system that the script calls, as they are handed their candidates.
  async zsh(words) {
    const system = `
      compdef() { }
      compadd() { shift; print -rl -- "$@" }
      _files() { print -r -- files }
      _describe() { local item; for item in "\${(@P)@[-1]}"; do print -r -- "\${item%%:*}"; done }`;
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const ask = `words=(${quoted}); CURRENT=${words.length}; _cairnloop`;
    const found = await inShell('zsh', `${system}\n${await scriptOf('zsh')}`, ask);
    return found?.filter((word) => word.startsWith(words.at(-1) ?? '')) ?? null;
  },
  async fish(words) {
    const found = await inShell('fish', await scriptOf('fish'), `complete -C '${words.join(' ')}'`);
    return found?.map((line) => line.split('\t')[0] ?? '') ?? null;
  },
};

const offered = async (...words: string[]) => (await offers.bash(words)) ?? [];

describe('cairnloop completion', () => {
  it('bash offers commands, their commands, options, and the values of both', async () => {
    assert.deepEqual(await offered('cairnloop', 'mig'), ['migrate']);
    assert.deepEqual(await offered('cairnloop', 'deliveries', 're'), ['retry']);
    assert.deepEqual(await offered('cairnloop', 'migrate', ''), [
      ...['up', 'down', 'status', '--cwd', '--config', '--to', '--yes', '-y', '--json', '--help', '-h'],
    ]);
    assert.deepEqual(await offered('cairnloop', 'worker', '--log-level', 'f'), ['fatal']);
    assert.deepEqual(await offered('cairnloop', 'deliveries', 'list', '--jso'), ['--json']);
    assert.deepEqual(await offered('cairnloop', 'worker', '--cwd', 'tes'), ['test']);
    assert.deepEqual(await offered('cairnloop', 'completion', ''), ['bash', 'zsh', 'fish', '--help', '-h']);
  });

  for (const shell of ['bash', 'zsh', 'fish'] as const)
    it(`${shell} offers what stands at its place, also below a command and after the value of an option`, async function () {
      const offer = async (...words: string[]) => {
        const found = await offers[shell](['cairnloop', ...words]);
        if (found === null) {
          console.log(`      ${shell} is not installed, so its completion is NOT tested`);
          return this.skip();
        }
        return found;
      };
      assert.deepEqual(await offer('mig'), ['migrate']);
      assert.deepEqual(await offer('deliveries', 're'), ['retry']);
      assert.deepEqual(await offer('deliveries', 'list', '--jso'), ['--json']);
      assert.deepEqual((await offer('gen', 'al')).toSorted(), ['alerts', 'all']);
      assert.deepEqual(await offer('gen', '--cwd', 'policy', 'con'), ['context']);
      assert.deepEqual(await offer('worker', '--log-level', 'f'), ['fatal']);
      assert.deepEqual(await offer('--cwd', 'deliveries', 'mig'), await offer('--cwd', 'elsewhere', 'mig'));
      assert.deepEqual(await offer('deliveries', '--cwd', 'sla', 'list', '--stat'), ['--state']);
      assert.deepEqual(await offer('customer', 'export', '--config', 'erase', '--out'), ['--output']);
      assert.deepEqual(await offer('sla', 'list', 'deliv'), []);
    });

  it('every command of the help is offered by every shell', async () => {
    const { out } = await runMain(process.cwd(), ['--help']);
    const names = [...out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
    assert.ok(names.includes('completion') && names.length > 10);
    for (const shell of ['bash', 'zsh', 'fish']) {
      const script = await scriptOf(shell);
      for (const name of names) assert.match(script, new RegExp(`\\b${name}\\b`), `${shell} lacks ${name}`);
    }
  });

  it('the scripts are accepted by bash, zsh and fish, where installed', async () => {
    const checks = { bash: ['--norc', '-n'], zsh: ['-f', '-n'], fish: ['--no-config', '--no-execute'] };
    const host = tempHost({});
    const skipped: string[] = [];
    for (const [shell, args] of Object.entries(checks)) {
      host.write(`script.${shell}`, await scriptOf(shell));
      const run = await execa(shell, [...args, `script.${shell}`], { cwd: host.folder, reject: false });
      if (run.code === 'ENOENT') skipped.push(shell);
      else assert.equal(run.exitCode, 0, `${shell}: ${run.stderr}`);
    }
    host.remove();
    if (skipped.length > 0) console.log(`      not installed, so not read: ${skipped.join(', ')}`);
  });

  it('refuses a shell that is not supported', async () => {
    const { exitCode, err } = await runMain(process.cwd(), ['completion', 'tcsh']);
    assert.equal(exitCode, 2);
    assert.match(err, /bash, zsh, fish/);
  });
});
