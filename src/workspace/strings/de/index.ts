import { pageScriptTexts } from './browser.js';
import { customerColumnTexts } from './customer-column.js';
import { pageTexts } from './page.js';
import { queueTexts } from './queue.js';
import { auditRecordTexts } from './records.js';
import { reportTexts } from './report.js';
import { threadTexts } from './thread.js';

export const germanTexts = {
  ...pageTexts,
  ...queueTexts,
  ...threadTexts,
  ...customerColumnTexts,
  ...auditRecordTexts,
  ...reportTexts,
  ...pageScriptTexts,
};
