import { readFileSync, writeFileSync } from 'node:fs';
import { architectureFile, withLayers } from './architecture-doc.js';

writeFileSync(architectureFile, withLayers(readFileSync(architectureFile, 'utf8')));
