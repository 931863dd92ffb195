/**
 * The four host modules. This table determines the templates, file names, prompts and help of `gen` and `init`. What
 * else a fifth kind needs is in CONTRIBUTING.md.
 */

export interface ModuleKind {
  /** Name of the kind in `cairnloop gen <name>` and in the templates. */
  name: string;
  /** The interface, exported by `cairnloop`, that the module implements. */
  contract: string;
  /** The key of `defineConfig({ ... })`, and the name that the module exports. */
  configKey: string;
  /** File name of the module, without folder and extension. */
  fileName: string;
  /** The function of `cairnloop/testing` that checks the module. */
  check: string;
  summary: string;
  /** What happens in a host that has no such module. */
  absent: string;
  /** Storages of SLA terms, each with a template of its own. The first one is the default. */
  storages?: readonly string[];
}

export const moduleKinds = {
  notifier: {
    name: 'notifier',
    contract: 'Notifier',
    configKey: 'notifier',
    fileName: 'notifier',
    check: 'checkNotifier',
    summary:
      'is called when a conversation is resolved, an SLA is breached, a reply is written or an outbound message is due',
    absent: 'nobody is notified, and outbound messages are refused',
  },
  policy: {
    name: 'policy',
    contract: 'AutomationPolicy',
    configKey: 'automationPolicy',
    fileName: 'automation-policy',
    check: 'checkAutomationPolicy',
    summary: 'decides what may happen to a proposed reply',
    absent: 'every draft waits for an operator',
  },
  context: {
    name: 'context',
    contract: 'ContextProvider',
    configKey: 'contextProvider',
    fileName: 'context-provider',
    check: 'checkContextProvider',
    summary: 'gives the facts about a customer that operators see beside a conversation',
    absent: 'operators see "Context Unavailable"',
  },
  sla: {
    name: 'sla',
    contract: 'SlaPolicyProvider',
    configKey: 'slaPolicyProvider',
    fileName: 'sla-policy-provider',
    check: 'checkSlaPolicyProvider',
    summary: 'gives the response and breach times of each priority',
    absent: 'SLA tracking is off',
    storages: ['static', 'database'],
  },
} as const satisfies Record<string, ModuleKind>;

export type ModuleKindName = keyof typeof moduleKinds;

export const moduleKindNames = Object.keys(moduleKinds) as ModuleKindName[];
