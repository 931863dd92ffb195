import { defineConfig, prometheus } from 'cairnloop';
import { notifier } from './app/services/notifier.js';

export default defineConfig({
  database: { url: process.env.DATABASE_URL },
  notifier,
  metrics: prometheus(),
});
