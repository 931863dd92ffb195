import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { configDefaults } from '../../src/config/config-schema.js';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

type Documented = [key: string, value: string | number | null];

/** A number as a person writes it: `30 000`, `30_000`, `30,000`. */
const written = (text: string): string | number | null =>
  /^`?null`?$/.test(text)
    ? null
    : /^[\d _,]+$/.test(text)
      ? Number(text.replace(/[ _,]/g, ''))
      : text.replace(/^[`'"]|[`'"]$/g, '');

/** The sections of the config by their interface, e.g. `WorkerConfig` is `worker`. */
function docstringDefaults(): Documented[] {
  return [...read('src/config/config-types.ts').matchAll(/export interface (\w+)Config \{([\s\S]*?)\n\}/g)].flatMap(
    ([, name = '', body = '']) =>
      [...body.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(\w+)\??:/g)].flatMap(([, doc = '', key]): Documented[] => {
        const value = /Default (`[^`]*`|\d[\d ]*)/.exec(doc)?.[1]?.trim();
        return value === undefined ? [] : [[`${name.toLowerCase()}.${key}`, written(value)]];
      }),
  );
}

/** The config that docs/configuration.md shows with every key at its default. */
function pageDefaults(): Documented[] {
  const [, config = ''] = /export default defineConfig\(\{([\s\S]*?)\n\}\);/.exec(read('docs/configuration.md')) ?? [];
  return [...config.matchAll(/^ {2}(\w+): \{([^}]*)\}/gm)].flatMap(([, section, body = '']) =>
    [...body.matchAll(/(\w+): (\d[\d_]*|null|'[^']*')/g)].map(
      ([, key, value = '']): Documented => [`${section}.${key}`, written(value)],
    ),
  );
}

const inForce = Object.fromEntries(
  Object.entries(configDefaults).flatMap(([section, keys]) =>
    Object.entries(keys).map(([key, value]) => [`${section}.${key}`, value]),
  ),
);

/** A union of types, whose default its own docstring has as code. */
const elsewhere = ['jobs.backend'];

describe('documented defaults', () => {
  for (const [where, documented] of [
    ['the docstrings of the config', docstringDefaults()],
    ['docs/configuration.md', pageDefaults()],
  ] as const) {
    it(`in ${where} equal the defaults in force, and none is missing`, () => {
      for (const [key, value] of documented) assert.equal(value, inForce[key], key);
      const keys = documented.map(([key]) => key);
      const missing = Object.keys(inForce).filter((key) => !keys.includes(key) && !elsewhere.includes(key));
      assert.deepEqual(missing, []);
    });
  }

  it('of the ops paths, the AI drafts and the contract checks equal those in the code', () => {
    const operations = read('src/ops/operations.ts');
    assert.match(operations, new RegExp(`ops\\.healthPath\` of the config, \`${configDefaults.ops.healthPath}\``));
    assert.match(operations, new RegExp(`ops\\.metricsPath\` of the config, \`${configDefaults.ops.metricsPath}\``));
    for (const file of ['src/ai/ai-draft-generator.ts', 'src/testing/run-contract-checks.ts']) {
      const text = read(file);
      const documented = [...text.matchAll(/Default (\d[\d ]*)[^*]*\*\/\s*(\w+)\??:/g)];
      assert.ok(documented.length > 0, file);
      for (const [, value = '', key = ''] of documented) {
        const code = new RegExp(`\\b${key}\\s*[=:?]{1,2}\\s*([\\d_]+)`).exec(text)?.[1];
        assert.equal(written(code ?? ''), written(value.trim()), `${file}: ${key}`);
      }
    }
  });
});
