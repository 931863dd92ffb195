import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { quoteShellWord } from '../../src/gen/shell-word.js';

describe('a word of a command to copy', () => {
  it('is the same word to a shell for any characters in it', function () {
    if (process.platform === 'win32') this.skip();
    const words = [
      '',
      'a b',
      'app/(support)/x.ts',
      '[id].ts',
      "it's",
      '$HOME',
      '`id`',
      '"',
      'a\\b',
      '*',
      '~',
      '#x',
      'a;b',
      'ä',
    ];
    const line = words.map((word) => quoteShellWord(word)).join(' ');
    assert.equal(execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' }), `${words.join('\n')}\n`);
  });

  it('has quotes only where it needs them, which Windows knows too where that can be', () => {
    assert.equal(quoteShellWord('packages/@a/api-1.ts'), 'packages/@a/api-1.ts');
    assert.equal(quoteShellWord('my app'), '"my app"');
  });
});
