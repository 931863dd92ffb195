import { defineConfig, prometheus } from 'cairnloop';

/** What all hosts here share, and `cairnloop worker` too. Your modules (notifier, contextProvider, …) go here. */
export default defineConfig({
  database: { url: process.env.DATABASE_URL },
  metrics: prometheus(),
});
