import { defineConfig, prometheus } from 'cairnloop';
import { contextProvider } from './support/context.js';
import { draftGenerator } from './support/drafts.js';
import { notifier } from './support/notifier.js';
import { automationPolicy } from './support/policy.js';
import { slaPolicyProvider } from './support/sla.js';

export default defineConfig({
  database: { url: process.env.DATABASE_URL },
  contextProvider,
  notifier,
  automationPolicy,
  slaPolicyProvider,
  draftGenerator,
  drafts: { debounceMs: 200 },
  metrics: prometheus(),
  log: { level: 'error' },
});
