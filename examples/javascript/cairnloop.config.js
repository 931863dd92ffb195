import { defineConfig, prometheus } from 'cairnloop';
import { webhookNotifier } from 'cairnloop/webhooks';

export default defineConfig({
  database: { url: process.env.DATABASE_URL },
  notifier: webhookNotifier({
    endpoints: [process.env.WEBHOOK_URL ?? 'http://127.0.0.1:4001'],
    secret: process.env.WEBHOOK_SECRET,
    // The receiver of this example is on this machine; leave it out for one on the internet.
    allowPrivate: ['127.0.0.1'],
  }),
  metrics: prometheus(),
});
