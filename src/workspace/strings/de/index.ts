import { browser } from './browser.js';
import { page } from './page.js';
import { queue } from './queue.js';
import { rail } from './rail.js';
import { records } from './records.js';
import { report } from './report.js';
import { thread } from './thread.js';

export const german = { ...page, ...queue, ...thread, ...rail, ...records, ...report, ...browser };
