import { pino } from 'pino';
import { createCairnloop } from '../../dist/index.js';

/** Erases a customer. Returns the counts, and when it began and ended. */
export async function erase(url, { actorId }) {
  const cairnloop = await createCairnloop({ database: { url } }, { logger: pino({ level: 'silent' }) });
  const now = () => performance.timeOrigin + performance.now();
  const began = now();
  const counts = await cairnloop.customers.erase(actorId, { actor: { id: 'dpo-1' }, reason: 'asked for' });
  const ended = now();
  await cairnloop.close();
  return { counts, began, ended };
}
