import { defineConfig, prometheus } from 'cairnloop';
import { notifier } from './notifier.js';

export default defineConfig({
  database: { url: process.env.DATABASE_URL },
  notifier,
  metrics: prometheus(),
});
