import { renderCli } from './cli-page.js';
import { renderConfig } from './config-page.js';
import { renderErrors } from './error-page.js';
import type { ReferencePage } from './reference-page.js';
import { renderTelemetry } from './telemetry-page.js';

/** Every page that `npm run docs` writes from the source. */
export const referencePages: readonly ReferencePage[] = [
  { file: 'docs/errors.md', render: renderErrors },
  { file: 'docs/cli.md', render: renderCli },
  { file: 'docs/configuration.md', render: renderConfig },
  { file: 'docs/telemetry.md', render: renderTelemetry },
];
