import assert from 'node:assert/strict';
import { execa } from 'execa';
import { runMain } from '../../support/run-main.js';

const scriptOf = async (shell: string) => {
  const { out, exitCode } = await runMain(process.cwd(), ['completion', shell]);
  assert.equal(exitCode, 0);
  return out;
};

/** What the real bash would offer for the last of these words. */
async function offered(...words: string[]): Promise<string[]> {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _cairnloop; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await execa('bash', ['--norc', '-c', `${await scriptOf('bash')}\n${ask}`]);
  return stdout.split('\n').filter(Boolean);
}

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

  it('every command of the help is offered by every shell', async () => {
    const { out } = await runMain(process.cwd(), ['--help']);
    const names = [...out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
    assert.ok(names.includes('completion') && names.length > 10);
    for (const shell of ['bash', 'zsh', 'fish']) {
      const script = await scriptOf(shell);
      for (const name of names) assert.match(script, new RegExp(`\\b${name}\\b`), `${shell} lacks ${name}`);
    }
  });

  it('the scripts of bash, zsh and fish are ones that the shell can read, where it is installed', async () => {
    const checks = { bash: ['--norc', '-n'], zsh: ['-n'], fish: ['--no-execute'] };
    const skipped: string[] = [];
    for (const [shell, args] of Object.entries(checks)) {
      const script = await scriptOf(shell);
      const run = await execa(shell, args, { input: script, reject: false });
      if (run.code === 'ENOENT') skipped.push(shell);
      else assert.equal(run.exitCode, 0, `${shell}: ${run.stderr}`);
    }
    if (skipped.length > 0) console.log(`      not installed, so not read: ${skipped.join(', ')}`);
  });

  it('refuses another shell', async () => {
    const { exitCode, err } = await runMain(process.cwd(), ['completion', 'tcsh']);
    assert.equal(exitCode, 2);
    assert.match(err, /bash, zsh, fish/);
  });
});
