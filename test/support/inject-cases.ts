import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { ConfigEntry, HostConventions } from '../../src/gen/inject-config.js';
import { templateCodeStyle } from '../../src/gen/style.js';

const folder = new URL('../fixtures/inject/', import.meta.url);

/** One golden case: its name is the bug it guards. `case.json` holds what differs from a TypeScript host in ESM. */
export interface InjectCase {
  name: string;
  config: { path: string; text: string };
  after: string;
  outcome: string;
  entry: ConfigEntry;
  habits: HostConventions;
}

export function injectCases(): InjectCase[] {
  return readdirSync(folder).map((name) => {
    const read = (file: string) => readFileSync(new URL(`${name}/${file}`, folder), 'utf8');
    const given = existsSync(new URL(`${name}/case.json`, folder)) ? JSON.parse(read('case.json')) : {};
    return {
      name,
      config: { path: given.config ?? 'cairnloop.config.ts', text: read('before.txt') },
      after: read('after.txt'),
      outcome: given.outcome ?? 'updated',
      entry: notifierEntry(given.module ?? 'src/cairnloop/notifier.ts'),
      habits: {
        style: templateCodeStyle,
        moduleSyntax: given.moduleSyntax ?? 'esm',
        extension: given.extension ?? 'js',
        aliases: given.aliases ?? {},
      },
    };
  });
}

export function notifierEntry(file: string): ConfigEntry {
  return { configKey: 'notifier', exportName: 'notifier', file, fallbackName: 'cairnloopNotifier' };
}
