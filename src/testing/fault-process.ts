/** A process that makes one attempt of a callback and may be killed during it. Started by `run-in-process.ts`. */
import { appendFileSync } from 'node:fs';
import type { Notifier } from '../contracts/notifier.js';
import { errorText } from '../foundation/redact.js';
import { notifierCallbacks } from './check-notifier.js';
import {
  createFaultInjectingProvider,
  type FaultProvider,
  type InjectedFault,
  type RecordedSideEffect,
} from './fault-provider.js';
import { sampleConversation } from './samples.js';

export interface ProcessAttempt {
  /** URL of the module whose default export makes the notifier. */
  module: string;
  /** The callback to call; null to make the notifier and call nothing. */
  callback: keyof Notifier | null;
  conversationId: string;
  delivery: { deliveryId: string; attempt: number };
  fault: InjectedFault;
  /** The file to which effects and failures are written, one line each, before the process can be killed. */
  file: string;
}

/** A line of the file that the process writes: the notifier was made, an attempt failed, or an effect happened. */
export type AttemptReportLine = { made: true } | { failed: string } | { effect: RecordedSideEffect };

const attempt: ProcessAttempt = JSON.parse(process.argv[2] ?? '');
const write = (line: AttemptReportLine) => appendFileSync(attempt.file, `${JSON.stringify(line)}\n`);

const provider = createFaultInjectingProvider(
  attempt.fault,
  (effect) => write({ effect }),
  () => process.kill(process.pid, 'SIGKILL'),
);
try {
  const notifier = await makeNotifier(provider);
  write({ made: true });
  await call(notifier);
} catch (error) {
  // Report the failure to the parent process, which makes the next attempt.
  write({ failed: errorText(error, 500) });
}
// End the process here, because connections that the host opened would keep it alive.
process.kill(process.pid, 'SIGKILL');

type Callable = Record<string, (...args: unknown[]) => unknown>;

async function makeNotifier(provider: FaultProvider): Promise<Callable> {
  const imported = await import(attempt.module);
  return (imported.default?.default ?? imported.default)(provider);
}

async function call(notifier: Callable): Promise<void> {
  const { callback: name, conversationId, delivery } = attempt;
  const callback = notifierCallbacks.find((one) => one.name === name);
  if (callback) await notifier[callback.name]?.(...callback.args(sampleConversation(conversationId), delivery));
}
