/** `npm run docs`: writes the reference pages. */
import { writeFileSync } from 'node:fs';
import { repositoryFile } from './reference-page.js';
import { referencePages } from './reference-pages.js';

for (const { file, render } of referencePages) writeFileSync(repositoryFile(file), await render());
