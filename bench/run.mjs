#!/usr/bin/env node
/** `npm run bench -- <name>`: runs `bench/<name>.mjs`, which exports `run(argv)`; without a name, all of them. */
import { readdirSync } from 'node:fs';

const folder = new URL('./', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.mjs') && file !== 'run.mjs')
  .map((file) => file.slice(0, -'.mjs'.length));

const [wanted, ...argv] = process.argv.slice(2);
if (wanted !== undefined && !names.includes(wanted)) {
  console.error(`There is no bench "${wanted}"; there are ${names.join(', ')}.`);
  process.exit(2);
}
for (const name of wanted === undefined ? names : [wanted]) {
  console.log(`# ${name}`);
  const { run } = await import(new URL(`${name}.mjs`, folder).href);
  await run(argv);
}
