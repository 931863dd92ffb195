import type { Logger } from 'pino';
import type { ResolvedConfig } from '../config/config-types.js';
import { type DeliveryTopic, deliveryTopics } from '../contracts/domain.js';
import { createThrottledSender, type ThrottledSender } from '../db/throttled-sender.js';
import { CairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';
import { type AgendaJobs, type AgendaTopicJob, agendaJobNames } from './jobs.js';
import { throwJobsUnreachable } from './jobs-unreachable.js';
import { type AgendaHandle, openAgenda } from './open-agenda.js';

/**
 * Agenda's lockLifetime in milliseconds: after it, Agenda may give the job of a silent worker to another one. A drain
 * is shorter.
 */
const lockLifetime = 30_000;

/**
 * Milliseconds between two wake-ups of a topic, while commits keep coming: a running drain takes them along, and one
 * more wake-up after it is enough.
 */
const wakeGapMs = { shortest: 10, longest: 40 };

/**
 * How many drains of one topic a worker accepts at a time; the second makes the running one check once more at its end.
 */
const drainsAtOnce = 2;

/**
 * Creates the jobs of one instance. Agenda is opened when the first job is used: a process that only reads needs no job
 * store.
 */
export function createAgendaJobs(config: ResolvedConfig, log: Logger): AgendaJobs {
  let opened: Promise<AgendaHandle> | undefined;
  let started = false;
  let closing = false;
  let closed = false;

  async function open(): Promise<AgendaHandle> {
    if (closed) throw new CairnloopError('CLOSED', { operation: 'The job store' });
    opened ??= openAgenda(config, log).catch((error) => {
      opened = undefined;
      throw error;
    });
    return opened;
  }

  async function insertWakeUp(topic: DeliveryTopic): Promise<void> {
    if (closed) return;
    const { agenda } = await open();
    // The wake-up is scheduled in the past, so that it is due at once although the clocks of processes differ.
    await agenda.schedule(new Date(0), agendaJobNames[topic], {});
  }

  const wakers = createWakers(log, insertWakeUp);

  return {
    wake(topic) {
      if (!closing) wakers.get(topic)?.ask();
    },
    async start(drains) {
      const { agenda, locks } = await open();
      locks.refuse((job) => deliveryTopics.some((topic) => agendaJobNames[topic] === job && drains[topic].full));
      defineDrains(agenda, log, drains);
      // Old wake-ups are useless: a starting worker looks for due deliveries anyway.
      await agenda.cancel({ names: Object.values(agendaJobNames) }).catch(throwJobsUnreachable(config.jobs.backend));
      started = true;
      await agenda.start();
    },
    async stop() {
      if (!started) return;
      started = false;
      const { agenda, locks } = await open();
      locks.refuse(() => true);
      await agenda.stop(false);
      await locks.settled();
    },
    probe: async () => (await open()).probe(),
    async close() {
      closing = true;
      // Waits for the wake-ups of earlier commits that are still being inserted.
      await Promise.all([...wakers.values()].map((waker) => waker.finish()));
      closed = true;
      const open = await opened?.catch(() => undefined);
      await open?.close();
    },
  };
}

/**
 * Creates the sender of each topic's wake-ups. It waits for the insert of a job and not for its run: a run that has begun
 * may miss a later commit.
 */
function createWakers(log: Logger, insert: (topic: DeliveryTopic) => Promise<void>) {
  const create = (topic: DeliveryTopic): ThrottledSender =>
    createThrottledSender(wakeGapMs, () =>
      insert(topic).catch((error) =>
        log.warn(
          { topic, reason: errorText(error) },
          'wake-up failed; the sweep tries again until the job store is back',
        ),
      ),
    );
  return new Map(deliveryTopics.map((topic) => [topic, create(topic)]));
}

function defineDrains(
  agenda: AgendaHandle['agenda'],
  log: Logger,
  drains: Record<DeliveryTopic, AgendaTopicJob>,
): void {
  for (const topic of deliveryTopics) {
    agenda.define(agendaJobNames[topic], () => drainOrLog(log, topic, drains[topic]), {
      concurrency: drainsAtOnce,
      lockLimit: drainsAtOnce,
      lockLifetime,
      removeOnComplete: true,
    });
  }
}

/**
 * Runs a drain, and logs a failure: Agenda would keep a failed job for ever, and the next sweep repeats the drain
 * anyway.
 */
async function drainOrLog(log: Logger, topic: DeliveryTopic, drain: AgendaTopicJob): Promise<void> {
  await drain
    .run()
    .catch((error) => log.warn({ topic, reason: errorText(error) }, 'drain failed; the next sweep tries again'));
}
