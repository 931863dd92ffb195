import { renderErrors } from './error-page.js';
import type { ReferencePage } from './reference-page.js';

/** Every page that `npm run docs` writes from the source. */
export const referencePages: readonly ReferencePage[] = [{ file: 'docs/errors.md', render: renderErrors }];
