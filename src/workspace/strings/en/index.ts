import { pageScriptTexts } from './browser.js';
import { customerColumnTexts } from './customer-column.js';
import { pageTexts } from './page.js';
import { queueTexts } from './queue.js';
import { auditRecordTexts } from './records.js';
import { reportTexts } from './report.js';
import { threadTexts } from './thread.js';

/**
 * Every text of the workspace. Names in braces are replaced by values; a text about a number has a form for each plural
 * category.
 */
export const englishTexts = {
  ...pageTexts,
  ...queueTexts,
  ...threadTexts,
  ...customerColumnTexts,
  ...auditRecordTexts,
  ...reportTexts,
  ...pageScriptTexts,
};
