// The page works without this script. With it, pages update themselves, answer to keys and send forms in place.

import { startContext } from './context.js';
import { startDiff } from './diff.js';
import { startDrafts } from './drafts.js';
import { startDrawer } from './drawer.js';
import { startForms } from './forms.js';
import { startKeys } from './keys.js';
import { startLive } from './live.js';
import { startMemory } from './memory.js';
import { scrollToNewest, startThread } from './messages.js';
import { startNotices } from './notices.js';
import { dropFromAddress } from './page.js';
import { startPending } from './pending.js';
import { startQueue } from './queue.js';
import { startTheme } from './theme.js';
import { startTimes } from './times.js';
import { startTyping } from './typing.js';

document.documentElement.classList.add('scripted');

startTyping();
startTimes();
startForms();
startTheme();
startDrafts();
startDiff();
startMemory();
startQueue();
startThread();
startContext();
startDrawer();
startNotices();
startPending();
startKeys();
startLive();
scrollToNewest();
dropFromAddress('done');
