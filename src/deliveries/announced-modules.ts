import type { HostModules } from '../config/config-types.js';
import { declareStatement, type Executor, type NoStatementParams } from '../db/statement.js';

/** The host modules and methods whose presence decides whether a call is owed. */
export type CallbackModule = 'notifier' | 'notifier.onReply' | 'notifier.onCustomerErased' | 'draftGenerator';

/** The host modules of a config, as a worker announces them. */
export function configuredModules({ notifier, draftGenerator }: HostModules): CallbackModule[] {
  const present: Record<CallbackModule, unknown> = {
    notifier,
    'notifier.onReply': notifier?.onReply,
    'notifier.onCustomerErased': notifier?.onCustomerErased,
    draftGenerator,
  };
  return (Object.keys(present) as CallbackModule[]).filter((name) => present[name] !== undefined);
}

/** Whether the config of this process has the module. */
export function isModuleConfigured(config: HostModules, name: CallbackModule): boolean {
  return configuredModules(config).includes(name);
}

/**
 * The SQL condition that is true if a delivery to a host module must be written: this process has the module in its
 * config (`here`, a boolean parameter), or the workers of the schema have announced that they have it. Reason:
 * docs/decisions/0012-what-is-owed.md.
 */
export function isCallOwedSql(s: string, here: string, name: CallbackModule): string {
  return `(${here}::boolean OR EXISTS (SELECT FROM ${s}.announced_modules WHERE '${name}' = ANY (modules)))`;
}

/** Whether a call to the module would be owed now. */
export async function isCallOwed(config: HostModules, db: Executor, name: CallbackModule): Promise<boolean> {
  if (isModuleConfigured(config, name)) return true;
  return (await readAnnouncedModules(db))?.includes(name) ?? false;
}

/** The modules that the workers of this schema announced last; null if none has ever started. */
export async function readAnnouncedModules(db: Executor): Promise<CallbackModule[] | null> {
  const [row] = await db.run(selectAnnounced);
  return row?.modules ?? null;
}

const selectAnnounced = declareStatement<NoStatementParams, { modules: CallbackModule[] | null }>(
  'modules.announced',
  (s) => `SELECT modules FROM ${s}.announced_modules`,
);
