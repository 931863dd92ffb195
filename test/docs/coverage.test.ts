/** Everything a host can name stands in the docs; a failure lists what is missing. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Node, Project } from 'ts-morph';
import { errorCodes } from '../../src/foundation/errors.js';
import { portalRoutes } from '../../src/portal/routes.js';
import { domainEventNames, spanNames } from '../../src/telemetry/event-names.js';
import { entries } from './api-report.js';
import { commandHelps } from './cli-page.js';
import { configKeys } from './config-page.js';
import { errorSections, morePages } from './error-page.js';
import { docPages, readPage } from './pages.js';
import { repositoryFile } from './reference-page.js';
import { metrics } from './telemetry-page.js';

const pages = docPages();
/** Without the list that is made of the exports. */
const written = pages.filter(({ file }) => file !== 'docs/api-report.md');

function missingIn(texts: readonly { text: string }[], names: readonly string[]): string[] {
  return names.filter((name) => {
    const whole = new RegExp(`(?<![\\w.-])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`);
    return !texts.some(({ text }) => whole.test(text));
  });
}

function holds(texts: readonly { text: string }[], names: readonly string[], atLeast: number): void {
  assert.ok(names.length >= atLeast, `${names.length} names`);
  const missing = missingIn(texts, names);
  assert.deepEqual(missing, [], `missing in the docs: ${missing.join(', ')}`);
}

describe('the docs', () => {
  it('name every error code, each with a heading that its code leads to', () => {
    holds([readPage('docs/errors.md')], errorCodes, 70);
    const headings = new Set(
      [...readPage('docs/errors.md').text.matchAll(/^### ([A-Z_]+)$/gm)].map(([, code]) => code),
    );
    assert.deepEqual(
      errorCodes.filter((code) => !headings.has(code)),
      [],
    );
  });

  it('lead from every section of the errors to the page that says more', () => {
    assert.deepEqual(
      errorSections().map(({ title }) => title),
      Object.keys(morePages),
    );
  });

  it('name every key of the config', () => {
    holds([readPage('docs/configuration.md')], configKeys(), 25);
  });

  it('name every metric', () => {
    const names = metrics().map(({ name }) => name);
    holds([readPage('docs/telemetry.md')], names, 15);
  });

  it('name every telemetry event', () => {
    const names = [...spanNames, ...domainEventNames].map((name) => `cairnloop.${name}`);
    holds([readPage('docs/telemetry.md')], names, 30);
  });

  it('name every command and every option of the command line', async () => {
    const helps = await commandHelps();
    const names = helps.flatMap(({ name, help }) => [
      name,
      ...[...help.matchAll(/ (--[a-z-]+)/g)].map(([, f = '']) => f),
    ]);
    holds([readPage('docs/cli.md')], [...new Set(names)], 50);
    holds(
      [readPage('docs/operations.md')],
      helps.map(({ name }) => name.split(' ').slice(0, 2).join(' ')),
      15,
    );
  });

  it('name every path and every error code of the portal', () => {
    const paths = portalRoutes.map(({ method, path }) => `${method} ${path}`);
    const http = readPage('docs/http.md');
    assert.deepEqual(
      paths.filter((path) => !http.text.includes(`\`${path}\``)),
      [],
    );
    const source = readFileSync(repositoryFile('src/portal/problems.ts'), 'utf8');
    const [, statuses = ''] = /const statuses = \{([\s\S]*?)\}/.exec(source) ?? [];
    const rows = [...statuses.matchAll(/([A-Z_]+): (\d+)/g)].map(([, code, status]) => `| \`${code}\` | ${status} |`);
    assert.ok(rows.length > 10);
    assert.deepEqual(
      rows.filter((row) => !http.text.includes(row)),
      [],
    );
  });

  it('name every exported name, and those that a host calls on a page that was written', () => {
    const { values, types } = exportedNames();
    holds(pages, types, 80);
    holds(written, values, 30);
  }).timeout(180_000);

  it('name every call of an instance on a page that was written', () => {
    const source = readFileSync(repositoryFile('src/contracts/cairnloop.ts'), 'utf8');
    const groups = [...source.matchAll(/^ {2}(\w+): (\w+Calls);$/gm)];
    const calls = groups.flatMap(([, group, type]) => {
      const [, body = ''] = new RegExp(`export interface ${type} \\{([\\s\\S]*?)\\n\\}`).exec(source) ?? [];
      return [...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, call = '']) => ({ group, call }));
    });
    assert.ok(calls.length > 40);
    const missing = calls.filter(
      ({ group, call }) =>
        !written.some(({ text }) => text.includes(`${group}.${call}`) || text.includes(`\`${call}\``)),
    );
    assert.deepEqual(
      missing.map(({ group, call }) => `${group}.${call}`),
      [],
    );
  });

  it('of a name that is not there are found wanting', () => {
    assert.deepEqual(
      missingIn([{ text: 'worker.leaseMs and --dry-run' }], ['worker.lease', '--dry', 'worker.leaseMs']),
      ['worker.lease', '--dry'],
    );
  });
});

/** What the entries of the package export: what is there at run time, and types alone. */
function exportedNames(): { values: string[]; types: string[] } {
  const tsConfigFilePath = repositoryFile('tsconfig.json');
  const project = new Project({ tsConfigFilePath, skipAddingFilesFromTsConfig: true });
  const values = new Set<string>();
  const types = new Set<string>();
  for (const file of Object.values(entries)) {
    const source = project.addSourceFileAtPath(repositoryFile(file));
    project.resolveSourceFileDependencies();
    for (const [name, [declaration]] of source.getExportedDeclarations()) {
      if (name === 'default' || !declaration) continue;
      const isType = Node.isInterfaceDeclaration(declaration) || Node.isTypeAliasDeclaration(declaration);
      (isType ? types : values).add(name);
    }
  }
  return { values: [...values], types: [...types] };
}
