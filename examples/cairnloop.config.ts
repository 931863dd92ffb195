import { defineConfig, prometheus } from 'cairnloop';
import { notifier } from './notifier.js';

/** Shared by the hosts in TypeScript here, and by `cairnloop worker`. */
export default defineConfig({
  database: { url: process.env.DATABASE_URL },
  notifier,
  metrics: prometheus(),
});
