import { z } from 'zod';
import type { Actor } from '../contracts/domain.js';
import { defaultSlaPolicyProvider, type SlaPolicy, type SlaPolicyProvider } from '../contracts/sla-policy-provider.js';
import { declareStatement } from '../db/statement.js';
import { insertAuditLinesSql } from '../events/audit-lines.js';
import { CairnloopError, isCairnloopError } from '../foundation/errors.js';
import { errorText, toStorableJson } from '../foundation/redact.js';
import { HostTimeout, withTimeout } from '../foundation/with-timeout.js';
import type { Runtime } from '../runtime.js';
import { actorSchema, knownKeysSchema, nameOrKeySchema, parseInput, strictObjectSchema } from '../validation/input.js';
import { validateSlaPolicies } from './validate-policies.js';

/** The provider's result after validation: usable terms and rejected rows, or why there are none. */
export type SlaPoliciesResult =
  | { state: 'off' }
  | { state: 'unavailable'; reason: string }
  | { state: 'active'; policies: SlaPolicy[]; rejected: { priority: string; reason: string }[] };

/** Time limit of a call of the slaPolicyProvider, in milliseconds; a customer's message waits for it. */
export const slaProviderTimeoutMs = 3000;

type Reader = Pick<Runtime, 'config' | 'log'>;

/** Reads the policies from the host's provider. Never throws: missing policies must not stop a conversation. */
export async function readSlaPolicies(runtime: Reader): Promise<SlaPoliciesResult> {
  const provider = runtime.config.slaPolicyProvider;
  if (!provider) return { state: 'off' };
  try {
    const result = await withTimeout(slaProviderTimeoutMs, 'getActivePolicies', () => provider.getActivePolicies());
    if (result?.ok !== true) return unavailable(runtime, result?.error ?? 'neither ok(...) nor err(...) was returned');
    if (Array.isArray(result.value) && result.value.length === 0) return { state: 'off' };
    const { policies, rejected } = validateSlaPolicies(result.value);
    for (const row of rejected) runtime.log.warn(row, 'SLA policy rejected');
    return { state: 'active', policies, rejected };
  } catch (error) {
    return unavailable(runtime, error);
  }
}

function unavailable(runtime: Reader, error: unknown): SlaPoliciesResult {
  const reason = errorText(error);
  runtime.log.warn({ reason }, 'slaPolicyProvider returned no policies; no SLA clock starts until it does');
  return { state: 'unavailable', reason };
}

/** The policies in force; `[]` when tracking is off. Throws `SLA_POLICIES_UNAVAILABLE`. */
export async function activePolicies(runtime: Reader): Promise<SlaPolicy[]> {
  const answer = await readSlaPolicies(runtime);
  if (answer.state === 'unavailable') throw new CairnloopError('SLA_POLICIES_UNAVAILABLE', { reason: answer.reason });
  return answer.state === 'active' ? answer.policies : [];
}

/**
 * The keys that can be set. Their values are validated later, merged with those of the current policy, because
 * `breachMinutes` must not be less than `responseMinutes`.
 */
const attrsInput = strictObjectSchema({
  priority: nameOrKeySchema.optional(),
  responseMinutes: z.unknown().optional(),
  breachMinutes: z.unknown().optional(),
  calendar: knownKeysSchema(['timeZone', 'hours', 'holidays']).optional(),
})
  .transform((attrs) => Object.fromEntries(Object.entries(attrs).filter(([, value]) => value !== undefined)))
  .refine((attrs) => Object.keys(attrs).some((key) => key !== 'priority'), 'at least one term to set');

/** Who sets the terms; by default the host itself. */
const byInput = strictObjectSchema({ actor: actorSchema.default({ id: 'system:host' }) }).default({
  actor: { id: 'system:host' },
});

const setInput = z
  .object({ priority: nameOrKeySchema, attrs: attrsInput, by: byInput })
  .refine(({ priority, attrs }) => attrs.priority === undefined || attrs.priority === priority, {
    path: ['attrs', 'priority'],
    message: 'the priority that the terms are set for, or none',
  });

/**
 * Passes new terms to the provider and returns what it stored. Throws `INPUT_INVALID` before the provider is called,
 * and `SLA_POLICY_REJECTED` if the provider is read-only, the terms are unusable, or its result does not confirm them.
 */
export async function setPolicy(
  runtime: Pick<Runtime, 'config' | 'log' | 'db'>,
  priority: string,
  attrs: Partial<SlaPolicy>,
  by?: { actor?: Actor },
): Promise<SlaPolicy> {
  const wanted = parseInput('sla.setPolicy', setInput, { priority, attrs, by });
  const terms = wanted.attrs as Partial<SlaPolicy>;
  const provider = runtime.config.slaPolicyProvider ?? defaultSlaPolicyProvider;
  await refuseImpossible(runtime, wanted.priority, terms);
  const policy = await store(provider, wanted.priority, terms);
  const { actor } = wanted.by;
  await runtime.db.run(recordPolicy, { actor, terms: toStorableJson({ ...terms, priority: wanted.priority }) });
  return policy;
}

async function store(provider: SlaPolicyProvider, priority: string, terms: Partial<SlaPolicy>): Promise<SlaPolicy> {
  const rejected = (reason: string, unconfirmed = false) =>
    new CairnloopError('SLA_POLICY_REJECTED', { priority, reason, ...(unconfirmed && { unconfirmed }) });
  try {
    const result = await withTimeout(slaProviderTimeoutMs, 'setPolicy', () => provider.setPolicy(priority, terms));
    if (result?.ok === false) throw rejected(errorText(result.error ?? 'err() was returned without a reason', 500));
    if (result?.ok !== true) throw rejected('setPolicy returned neither ok(...) nor err(...)', true);
    return confirmed(priority, result.value, (reason) => rejected(reason, true));
  } catch (error) {
    throw isCairnloopError(error) ? error : rejected(errorText(error, 500), error instanceof HostTimeout);
  }
}

/**
 * Returns the policy that the provider reports as stored. Throws `refusal` if it is not a valid one of this priority.
 */
function confirmed(priority: string, answer: unknown, refusal: (reason: string) => CairnloopError): SlaPolicy {
  const { policies, rejected } = validateSlaPolicies([answer]);
  const [policy] = policies;
  if (policy?.priority === priority) return policy;
  const found = policy ? `a policy for "${policy.priority}"` : `an invalid policy (${rejected[0]?.reason})`;
  throw refusal(`setPolicy returned another policy than the one to store: ${found}`);
}

/** Throws `SLA_POLICY_REJECTED` if the new terms, merged with the current policy, are not valid. */
async function refuseImpossible(runtime: Reader, priority: string, terms: Partial<SlaPolicy>): Promise<void> {
  const answer = await readSlaPolicies(runtime);
  const known = answer.state === 'active' ? answer.policies.find((policy) => policy.priority === priority) : undefined;
  const [rejected] = validateSlaPolicies([{ ...known, ...terms, priority }]).rejected;
  if (rejected) throw new CairnloopError('SLA_POLICY_REJECTED', rejected);
}

const recordPolicy = declareStatement<{ actor: Actor; terms: unknown }>('sla.record_policy', (s, p) =>
  insertAuditLinesSql(s, {
    from: '(SELECT) one',
    at: `${s}.clock()`,
    actor: p.actor,
    action: 'sla.policy_changed',
    conversationId: 'NULL',
    detail: p.terms,
  }),
);
