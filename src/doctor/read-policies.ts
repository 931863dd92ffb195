import type { Result } from '../contracts/result.js';
import type { SlaPolicyProvider } from '../contracts/sla-policy-provider.js';
import { describeFoundValue } from '../foundation/describe-found.js';
import { errorText, redact } from '../foundation/redact.js';
import { validateSlaPolicies } from '../sla/validate-policies.js';
import type { SlaPolicyFacts } from './facts.js';

/** Reads the SLA policies of the host's provider. Throws with the provider's reason if it returns `err`. */
export async function readSlaPolicyFacts(provider: SlaPolicyProvider | undefined): Promise<SlaPolicyFacts> {
  if (!provider) return { state: 'no provider', priorities: [], rejected: [] };
  const result: Partial<Result<unknown>> = Object(await provider.getActivePolicies());
  if (result.ok === false) throw new Error(`getActivePolicies returned err (${errorText(result.error, 200)})`);
  if (result.ok !== true) throw new Error(`expected ok(policies) or err(reason), found ${describeFoundValue(result)}`);
  if (Array.isArray(result.value) && result.value.length === 0) return { state: 'off', priorities: [], rejected: [] };
  const { policies, rejected } = validateSlaPolicies(result.value);
  return {
    state: 'active',
    priorities: policies.map(({ priority }) => priority),
    rejected: rejected.map(({ priority, reason }) => ({ priority, reason: redact(reason) })),
  };
}
