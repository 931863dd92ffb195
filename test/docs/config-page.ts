import { readFileSync } from 'node:fs';
import { maxAgendaConnections } from '../../src/agenda/jobs.js';
import { configDefaults } from '../../src/config/config-schema.js';
import { configKeyRules } from '../../src/config/key-rules.js';
import { escaped, repositoryFile, table } from './reference-page.js';

const introduction = `# Configuration

Every key of \`cairnloop.config.ts\` (or \`.mts\`, \`.js\`, \`.mjs\`, \`.cjs\`). Only \`database.url\` is required. A wrong config is
refused at start with [CONFIG_INVALID](errors.md#config_invalid), which lists every problem at once.

\`\`\`ts
// cairnloop.config.ts, or in src where the host is compiled from there; every key at its default
import { defineConfig, openTelemetry, prometheus } from 'cairnloop';
import { automationPolicy } from './automation-policy.js';
import { contextProvider } from './context-provider.js';
import { draftGenerator } from './draft-generator.js';
import { notifier } from './notifier.js';
import { slaPolicyProvider } from './sla-policy-provider.js';

export default defineConfig({
  database: { url: process.env.DATABASE_URL, schema: 'cairnloop', poolSize: 10 },
  jobs: { backend: 'postgres' }, // or { backend: 'mongodb', url: process.env.MONGODB_URL }
  contextProvider, notifier, automationPolicy, slaPolicyProvider, draftGenerator,
  worker: { concurrency: 20, callbackTimeoutMs: 30_000, leaseMs: 15_000, maxAttempts: 20, shutdownTimeoutMs: 25_000 },
  ops: { host: '0.0.0.0', port: 9464, healthPath: '/health', metricsPath: '/metrics' },
  outbound: { maxBatchSize: 25 },
  context: { timeoutMs: 3_000, cacheMs: 1_000 },
  drafts: { debounceMs: 1_500 },
  retention: { doneDays: 7, resolvedDays: null, keep: 'nothing' },
  audit: {}, // key: signs the audit record; see audit.md
  metrics: prometheus(), // absent: /metrics responds with 501
  tracing: openTelemetry(), // absent: nothing is traced, and @opentelemetry/api is not loaded
  log: { level: 'info' },
});
\`\`\`

A process holds at most \`poolSize\` connections for its statements, plus ${maxAgendaConnections} for Agenda and two that listen: one of a worker
for wake-ups, one for open pages of the workspace. What \`database.url\` may hold: [production](production.md#the-database).

\`validateConfig(config)\` returns the config with its defaults or throws \`CONFIG_INVALID\`; \`configProblems(config)\` returns the
list of problems, empty for a usable config.

Written by \`npm run docs\` from \`src/config/\`; a test compares them.
`;

/** A union of types has no docstrings of its keys. */
const meanings: Record<string, string> = {
  'jobs.backend': 'Where Agenda keeps its wake-ups: in the database above, or in a MongoDB.',
  'jobs.url':
    'The MongoDB, e.g. `mongodb://host:27017/agenda`. Required with the backend `mongodb`, refused without it.',
};

/** Keys with their docstrings, of one interface in config-types.ts. */
function docstrings(name: string): [key: string, meaning: string][] {
  const source = readFileSync(repositoryFile('src/config/config-types.ts'), 'utf8');
  const [, body = ''] = new RegExp(`export interface ${name} \\{([\\s\\S]*?)\\n\\}`).exec(source) ?? [];
  return [...body.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(\w+)\??:/g)].map(([, doc = '', key = '']) => [
    key,
    doc.replace(/\s*\n\s*\*?\s*/g, ' ').trim(),
  ]);
}

/** Every key, e.g. `database.url` or `notifier`. */
export function configKeys(): string[] {
  const plain = Object.entries(configKeyRules).flatMap(([section, rules]) =>
    Object.keys(rules).map((key) => `${section}.${key}`),
  );
  return [...plain, ...docstrings('HostModules').map(([key]) => key)];
}

/** docs/configuration.md. */
export function renderConfig(): string {
  const sections = Object.entries(configKeyRules).map(([section, rules]) => {
    const documented = Object.fromEntries(docstrings(`${section[0]?.toUpperCase()}${section.slice(1)}Config`));
    const rows = Object.entries(rules).map(([key, rule]) => {
      const name = `${section}.${key}`;
      const meaning = documented[key] ?? meanings[name];
      if (!meaning) throw new Error(`${name} has no docstring in config-types.ts`);
      return [`\`${name}\``, escaped(rule.expected), defaultOf(section, key), escaped(meaning)];
    });
    return `## ${section}\n\n${table(['key', 'value', 'default', 'meaning'], rows)}\n`;
  });
  const modules = docstrings('HostModules').map(([key, meaning]) => [`\`${key}\``, escaped(meaning)]);
  return `${introduction}\n${sections.join('\n')}\n## Your modules\n\nEach is optional.\n\n${table(['key', 'meaning'], modules)}\n`;
}

function defaultOf(section: string, key: string): string {
  const defaults: Record<string, unknown> = configDefaults[section as keyof typeof configDefaults];
  if (key in defaults) return `\`${JSON.stringify(defaults[key])?.replace(/"/g, "'")}\``;
  return section === 'database' ? 'required' : 'none';
}
