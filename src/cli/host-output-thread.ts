/** Preloaded into every worker thread that host code starts: keeps its output off stdout. */
import { redirectHostStdout } from './host-output.js';

redirectHostStdout();
