import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { HostSnapshot } from '../../src/gen/host-snapshot.js';
import { envFileAdvice, mountGuide } from '../../src/gen/mount-guide.js';
import { partlySupportedFrameworks } from '../../src/gen/other-frameworks.js';
import { genericMountLines } from '../../src/gen/other-mount-lines.js';
import { readHostSnapshot } from '../../src/host-project/read-host-snapshot.js';
import { tempHost } from '../support/temp-host.js';

function snapshot(dependency: string, files: Record<string, string | object> = {}, json: object = {}): HostSnapshot {
  const host = tempHost(
    { 'package.json': { name: 'host', dependencies: { [dependency]: '*' }, ...json }, ...files, 'src/main.ts': '' },
    [],
  );
  try {
    return readHostSnapshot({ cwd: host.folder });
  } finally {
    host.remove();
  }
}

const typescript = { 'tsconfig.json': { compilerOptions: { module: 'nodenext', target: 'es2022' } } };
const forms = {
  typescript: (dependency: string) => snapshot(dependency, typescript, { type: 'module' }),
  commonjs: (dependency: string) => snapshot(dependency),
};

/** The golden text of a form: a section for each dependency, its title first. */
function golden(form: string): Map<string, string> {
  const text = readFileSync(new URL(`../fixtures/mount-lines/${form}.txt`, import.meta.url), 'utf8');
  const sections = text.split(/^=== /m).slice(1);
  return new Map(
    sections.map((section) => [section.split('\n')[0] as string, section.slice(section.indexOf('\n') + 1)]),
  );
}

describe('gen/mount-guide', () => {
  for (const [form, hostWith] of Object.entries(forms)) {
    describe(`prints the whole guide of a ${form} host`, () => {
      for (const [dependency, expected] of golden(form)) {
        it(dependency, () => {
          const { title, lines } = mountGuide(hostWith(dependency));
          assert.equal(`${[title, ...lines].join('\n')}\n`, expected);
        });
      }
    });
  }

  it('ends the lines for every framework without lines of its own by the call of its handler', () => {
    const calls = golden('calls');
    assert.deepEqual([...calls.keys()], Object.keys(partlySupportedFrameworks));
    for (const [name, framework] of Object.entries(partlySupportedFrameworks)) {
      const { title, file, lines } = genericMountLines(framework);
      const called = [title, file, ...lines.slice(lines.length - framework.call.length)];
      assert.equal(`${called.join('\n')}\n`, calls.get(name), name);
    }
  });

  it('advises on .env, unless the framework or a package of the host reads it', () => {
    const express = snapshot('express');
    const advised = (dependency: string) => envFileAdvice({ ...express, dependencies: [dependency] }) !== undefined;
    const readers = ['dotenv', 'dotenv-flow', '@nestjs/config', '@fastify/env'];
    const commands = ['@dotenvx/dotenvx', 'env-cmd', 'dotenv-cli'];
    assert.deepEqual([...readers, ...commands].filter(advised), []);
    assert.equal(envFileAdvice(snapshot('next')) ?? envFileAdvice(snapshot('@adonisjs/core')), undefined);
    assert.match(envFileAdvice(express) ?? '', /your server does not: start it with node --env-file=\.env$/);
  });
});
