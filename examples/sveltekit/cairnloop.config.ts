import { defineConfig, prometheus } from 'cairnloop';
import { notifier } from './src/lib/server/notifier';

export default defineConfig({
  database: { url: process.env.DATABASE_URL },
  notifier,
  metrics: prometheus(),
});
