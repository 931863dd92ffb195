import { defineConfig, prometheus } from 'cairnloop';

export default defineConfig({
  database: { url: process.env.DATABASE_URL },
  metrics: prometheus(),
});
