/** `npm run docs`: writes the last column of docs/acceptance.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { documentFile, readClaims, withProofs } from './acceptance-table.js';

writeFileSync(documentFile, withProofs(readFileSync(documentFile, 'utf8'), readClaims()));
