/** `npm run docs`: writes docs/agents.md, the skill and llms.txt. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { agentFiles } from './agent-files.js';
import { repositoryFile } from './reference-page.js';

for (const { file, render } of agentFiles) {
  const text = await render();
  mkdirSync(path.dirname(repositoryFile(file)), { recursive: true });
  writeFileSync(repositoryFile(file), text);
}
