import { browser } from './browser.js';
import { page } from './page.js';
import { queue } from './queue.js';
import { rail } from './rail.js';
import { records } from './records.js';
import { report } from './report.js';
import { thread } from './thread.js';

/**
 * Every text of the workspace. Names in braces are replaced by values; a text about a number has a form for each plural
 * category.
 */
export const english = { ...page, ...queue, ...thread, ...rail, ...records, ...report, ...browser };
