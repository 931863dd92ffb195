/** A process that makes one attempt of a callback and may be killed in it. Started by `run-in-process.ts`. */
import { appendFileSync } from 'node:fs';
import type { Notifier } from '../contracts/notifier.js';
import { callbacks } from './check-notifier.js';
import { type Fault, faultedProvider } from './fault-provider.js';
import { sampleConversation } from './samples.js';

export interface ProcessAttempt {
  /** URL of the module whose default export makes the notifier. */
  module: string;
  callback: keyof Notifier;
  conversationId: string;
  delivery: { deliveryId: string; attempt: number };
  fault: Fault;
  /** Effects are written to it, a line each, before the process can be killed. */
  file: string;
}

const {
  module,
  callback: name,
  conversationId,
  delivery,
  fault,
  file,
}: ProcessAttempt = JSON.parse(process.argv[2] ?? '');
const provider = faultedProvider(
  fault,
  (effect) => appendFileSync(file, `${JSON.stringify(effect)}\n`),
  () => process.kill(process.pid, 'SIGKILL'),
);
const imported = await import(module);
const make = imported.default?.default ?? imported.default;
const notifier: Record<string, (...args: unknown[]) => unknown> = await make(provider);
const args =
  callbacks.find((callback) => callback.name === name)?.args(sampleConversation(conversationId), delivery) ?? [];
try {
  await notifier[name]?.(...args);
} catch {
  // The next attempt repeats it.
}
// Connections of the host's own would keep the process alive.
process.kill(process.pid, 'SIGKILL');
