/** `npm run docs`: writes the table of docs/where-data-is.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dataPage, withDataColumns } from './where-data-is.js';

writeFileSync(dataPage, withDataColumns(readFileSync(dataPage, 'utf8')));
