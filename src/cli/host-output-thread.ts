/** Preloaded into every worker thread that host code starts: keeps its output off stdout. */
import { keepHostOffStdout } from './host-output.js';

keepHostOffStdout();
