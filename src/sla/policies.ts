import { statement } from '../db/statement.js';
import type { Actor } from '../domain.js';
import { CairnloopError, isCairnloopError } from '../errors.js';
import { withTimeout } from '../host/call.js';
import { defaultSlaPolicyProvider, type SlaPolicy, type SlaPolicyProvider } from '../host/sla-policy-provider.js';
import { errorText, toStorableJson } from '../redact.js';
import type { Runtime } from '../runtime.js';
import { validatePolicies } from './validate-policies.js';

/** The provider's answer, made safe: terms to use and rows refused by name, or why there are none. */
export type PolicyAnswer =
  | { state: 'off' }
  | { state: 'unavailable'; reason: string }
  | { state: 'active'; policies: SlaPolicy[]; rejected: { priority: string; reason: string }[] };

/** How long a provider may take to answer, in milliseconds; a customer's message waits for it. */
export const providerTimeoutMs = 3000;

type Reader = Pick<Runtime, 'config' | 'log'>;

/** Reads the terms from the host's provider. Never throws: no terms must not stop a conversation. */
export async function readPolicies(runtime: Reader): Promise<PolicyAnswer> {
  const provider = runtime.config.slaPolicyProvider;
  if (!provider) return { state: 'off' };
  try {
    const result = await withTimeout(providerTimeoutMs, 'getActivePolicies', () => provider.getActivePolicies());
    if (result?.ok !== true) return unavailable(runtime, result?.error ?? 'neither ok(...) nor err(...) was returned');
    if (Array.isArray(result.value) && result.value.length === 0) return { state: 'off' };
    const { policies, rejected } = validatePolicies(result.value);
    for (const row of rejected) runtime.log.warn(row, 'SLA policy rejected');
    return { state: 'active', policies, rejected };
  } catch (error) {
    return unavailable(runtime, error);
  }
}

function unavailable(runtime: Reader, error: unknown): PolicyAnswer {
  const reason = errorText(error);
  runtime.log.warn({ reason }, 'slaPolicyProvider gave no policies; no SLA starts meanwhile');
  return { state: 'unavailable', reason };
}

/** The policies in force; `[]` when tracking is off. Throws `SLA_POLICIES_UNAVAILABLE`. */
export async function activePolicies(runtime: Reader): Promise<SlaPolicy[]> {
  const answer = await readPolicies(runtime);
  if (answer.state === 'unavailable') throw new CairnloopError('SLA_POLICIES_UNAVAILABLE', { reason: answer.reason });
  return answer.state === 'active' ? answer.policies : [];
}

/** Who set the terms, where the host did not say. */
const host: Actor = { id: 'system:host' };

/**
 * Hands new terms to the provider and answers what it stored. Throws `SLA_POLICY_REJECTED` when the provider is
 * read-only, or the terms are not ones that a clock could run under.
 */
export async function setPolicy(
  runtime: Pick<Runtime, 'config' | 'log' | 'db'>,
  priority: string,
  attrs: Partial<SlaPolicy>,
  { actor = host }: { actor?: Actor } = {},
): Promise<SlaPolicy> {
  const provider = runtime.config.slaPolicyProvider ?? defaultSlaPolicyProvider;
  await refuseImpossible(runtime, priority, attrs);
  const policy = await store(provider, priority, attrs);
  await runtime.db.run(recordPolicy, [actor, toStorableJson({ ...attrs, priority })]);
  return policy;
}

async function store(provider: SlaPolicyProvider, priority: string, attrs: Partial<SlaPolicy>): Promise<SlaPolicy> {
  const reject = (reason: string) => new CairnloopError('SLA_POLICY_REJECTED', { priority, reason });
  try {
    const result = await withTimeout(providerTimeoutMs, 'setPolicy', () => provider.setPolicy(priority, attrs));
    if (result?.ok !== true) throw reject(errorText(result?.error ?? 'neither ok(...) nor err(...) was returned', 500));
    return result.value;
  } catch (error) {
    throw isCairnloopError(error) ? error : reject(errorText(error, 500));
  }
}

/** The new terms are judged as they would stand beside the known ones. */
async function refuseImpossible(runtime: Reader, priority: string, attrs: Partial<SlaPolicy>): Promise<void> {
  const answer = await readPolicies(runtime);
  const known = answer.state === 'active' ? answer.policies.find((policy) => policy.priority === priority) : undefined;
  const [rejected] = validatePolicies([{ ...known, ...attrs, priority }]).rejected;
  if (rejected) throw new CairnloopError('SLA_POLICY_REJECTED', rejected);
}

const recordPolicy = statement(
  'sla.record_policy',
  (s) => `
    INSERT INTO ${s}.audit_events (at, actor, action, detail) VALUES (${s}.clock(), $1, 'sla.policy_changed', $2)`,
);
