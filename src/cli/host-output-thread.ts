/** Runs first in every thread that host code starts. */
import { keepHostOffStdout } from './host-output.js';

keepHostOffStdout();
