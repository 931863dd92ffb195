import { err, ok, type SlaPolicy, type SlaPolicyProvider } from 'cairnloop';

const policies = new Map<string, SlaPolicy>([
  ['high', { priority: 'high', responseMinutes: 60, breachMinutes: 240 }],
  ['normal', { priority: 'normal', responseMinutes: 240, breachMinutes: 1440 }],
]);

/** The SLA terms, in memory. A real host reads them from its database, so that a change needs no deploy. */
export const slaPolicyProvider: SlaPolicyProvider = {
  getActivePolicies: () => ok([...policies.values()]),
  setPolicy(priority, attrs) {
    const known = policies.get(priority);
    if (!known) return err(`there is no policy for "${priority}"`);
    const changed = { ...known, ...attrs, priority };
    policies.set(priority, changed);
    return ok(changed);
  },
};
