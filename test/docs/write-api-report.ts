import { writeFileSync } from 'node:fs';
import { apiReport } from './api-report.js';

writeFileSync(new URL('../../docs/api-report.md', import.meta.url), apiReport());
