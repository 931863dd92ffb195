import type { HostModules } from '../config/config-types.js';
import type { Runtime } from '../runtime.js';
import { type CallbackModule, isModuleConfigured, readAnnouncedModules } from './announced-modules.js';

/**
 * Logs at start which callbacks are owed although this config lacks them, or are not owed because no process has them.
 * Logs nothing if the schema cannot be read.
 */
export async function logOwedCallbacks({ config, db, log }: Pick<Runtime, 'config' | 'db' | 'log'>): Promise<void> {
  if (isModuleConfigured(config, 'notifier.onReply')) return;
  const announced = await readAnnouncedModules(db).catch(() => undefined);
  if (announced === undefined) return;
  const line = owedCallbacksLogLine(config, announced, db.schema);
  if (line) log[line.level](line.message);
}

/**
 * The log line about owed callbacks; null if there is nothing to say. `announced`: the modules that the workers of the
 * schema announced last; null if none has ever started. Pure.
 */
export function owedCallbacksLogLine(
  config: HostModules,
  announced: readonly CallbackModule[] | null,
  schema: string,
): { level: 'info' | 'warn'; message: string } | null {
  const isAnnounced = (name: CallbackModule) => announced?.includes(name) ?? false;
  if (isAnnounced('notifier.onReply'))
    return info(`no notifier.onReply in this config; the workers of schema ${schema} have it and deliver the replies`);
  if (isModuleConfigured(config, 'notifier') || isAnnounced('notifier'))
    return info('no notifier.onReply, here or in a worker: replies are stored, and nobody is notified');
  if (announced === null)
    return {
      level: 'warn',
      message: `no notifier in this config, and no worker of schema ${schema} has started yet: no callback is owed until a worker with a notifier has started`,
    };
  return info(
    `no notifier, here or in the workers of schema ${schema}: no callback is owed, and outbound messages are refused`,
  );
}

function info(message: string): { level: 'info'; message: string } {
  return { level: 'info', message };
}
