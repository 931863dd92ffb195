import type { HostModules } from '../config/config-types.js';
import type { Runtime } from '../runtime.js';
import { announcedModules, hasModule, type OwedModule } from './announced-modules.js';

/**
 * Logs at start which callbacks are owed although this config lacks them, or not owed because nobody has them. Silent
 * if the schema cannot be read.
 */
export async function logOwedCallbacks({ config, db, log }: Pick<Runtime, 'config' | 'db' | 'log'>): Promise<void> {
  if (hasModule(config, 'notifier.onReply')) return;
  const announced = await announcedModules(db).catch(() => undefined);
  if (announced === undefined) return;
  const line = owedCallbacksLine(config, announced, db.schema);
  if (line) log[line.level](line.message);
}

/** Pure: the line to log, `announced` being what the workers of the schema announced last; null for none. */
export function owedCallbacksLine(
  config: HostModules,
  announced: readonly OwedModule[] | null,
  schema: string,
): { level: 'info' | 'warn'; message: string } | null {
  const isAnnounced = (name: OwedModule) => announced?.includes(name) ?? false;
  if (isAnnounced('notifier.onReply'))
    return info(
      `no notifier.onReply in this config; replies are owed to the workers of schema ${schema}, which have it`,
    );
  if (hasModule(config, 'notifier') || isAnnounced('notifier'))
    return info('no notifier.onReply, here or in a worker: replies are stored, and nobody is notified');
  if (announced === null)
    return {
      level: 'warn',
      message: `no notifier in this config, and no worker of schema ${schema} has started yet: no callback is owed until a worker with a notifier has started`,
    };
  return info(`no notifier, here or in the workers of schema ${schema}: no callback is owed, and outbound is refused`);
}

function info(message: string): { level: 'info'; message: string } {
  return { level: 'info', message };
}
