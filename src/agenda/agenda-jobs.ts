import type { Logger } from 'pino';
import type { ResolvedConfig } from '../config/config-types.js';
import { type DeliveryTopic, deliveryTopics } from '../contracts/domain.js';
import { CairnloopError } from '../foundation/errors.js';
import { errorText } from '../foundation/redact.js';
import { type Drain, type Jobs, jobNames } from './jobs.js';
import { jobsUnreachable } from './jobs-unreachable.js';
import { type OpenAgenda, openAgenda } from './open-agenda.js';
import { createWakeThrottle, type WakeThrottle } from './wake-throttle.js';

/** lockLifetime: Agenda may take over a job from a silent worker after this, in milliseconds. A drain is shorter. */
const lockLifetime = 30_000;

/** Drains of one topic that a worker accepts at a time; all but one only set the "more" flag. */
const drainsAtOnce = 2;

/** Opens Agenda at the first use: a process that only reads needs no job store. */
export function createAgendaJobs(config: ResolvedConfig, log: Logger): Jobs {
  let opened: Promise<OpenAgenda> | undefined;
  let started = false;
  let closed = false;

  async function open(): Promise<OpenAgenda> {
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
    // Due by every clock: this process's clock may be ahead of the worker's.
    await agenda.schedule(new Date(0), jobNames[topic], {});
  }

  /** Agenda keeps failed jobs for ever; the next sweep repeats a failed drain. */
  async function drainOrLog(topic: DeliveryTopic, drain: Drain): Promise<void> {
    await drain
      .run()
      .catch((error) => log.warn({ topic, reason: errorText(error) }, 'drain failed; the next sweep tries again'));
  }

  const wakers = new Map<DeliveryTopic, WakeThrottle>(
    deliveryTopics.map((topic) => [
      topic,
      createWakeThrottle(
        () => insertWakeUp(topic),
        (error) =>
          log.warn(
            { topic, reason: errorText(error) },
            'wake-up failed; the sweep tries again until the job store is back',
          ),
      ),
    ]),
  );

  return {
    wake: (topic) => wakers.get(topic)?.wake(),
    async start(drains) {
      const { agenda, locks } = await open();
      locks.refuse((job) => deliveryTopics.some((topic) => jobNames[topic] === job && drains[topic].full));
      for (const topic of deliveryTopics) {
        agenda.define(jobNames[topic], () => drainOrLog(topic, drains[topic]), {
          concurrency: drainsAtOnce,
          lockLimit: drainsAtOnce,
          lockLifetime,
          removeOnComplete: true,
        });
      }
      // Old wake-ups are useless: a starting worker looks for due deliveries anyway.
      await agenda.cancel({ names: Object.values(jobNames) }).catch(jobsUnreachable(config.jobs.backend));
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
      closed = true;
      await Promise.all([...wakers.values()].map((waker) => waker.idle()));
      const open = await opened?.catch(() => undefined);
      await open?.close();
    },
  };
}
