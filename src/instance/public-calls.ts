import { deepFreeze } from '../foundation/deep-freeze.js';
import { CairnloopError } from '../foundation/errors.js';

type Call = (...given: never[]) => unknown;
type AsyncCall = (...given: never[]) => Promise<unknown>;
type Groups<Api> = { [Group in keyof Api]: { [Name in keyof Api[Group]]: AsyncCall } };

/**
 * Wraps the API for hosts: results are frozen recursively, and failures are translated by `explain`. Internal callers
 * see raw database errors, to distinguish an outage from a bad statement. `admit` may refuse a call by its name, such
 * as `drafts.get`.
 */
export function wrapPublicCalls<Api extends Groups<Api>>(
  api: Api,
  explain: (error: unknown) => Promise<unknown>,
  admit: (name: string) => Promise<unknown> = async () => {},
): Api {
  const checked =
    (operation: string, call: AsyncCall): AsyncCall =>
    async (...given) => {
      requireNoSurplus(operation, call, given);
      try {
        await admit(operation);
        return withFrozenData(await call(...given));
      } catch (error) {
        throw await explain(error);
      }
    };
  const groups = Object.entries(api).map(([name, calls]) => [
    name,
    Object.fromEntries(
      Object.entries<AsyncCall>(calls as object as Record<string, AsyncCall>).map(([key, call]) => [
        key,
        checked(`${name}.${key}`, call),
      ]),
    ),
  ]);
  return Object.fromEntries(groups) as Api;
}

/** Wraps a function so that it refuses an object beyond its last parameter. */
export function refuseExtraArguments<AnyCall extends Call>(call: AnyCall, operation: string): AnyCall {
  return ((...given: never[]) => {
    requireNoSurplus(operation, call, given);
    return call(...given);
  }) as AnyCall;
}

/**
 * Refuses an object beyond the last parameter of a call, because all of its keys would be ignored. Other values are let
 * through: `ids.map(get)` passes an index and the list.
 */
function requireNoSurplus(operation: string, call: Call, given: readonly unknown[]): void {
  const at = given.findIndex((value, index) => index >= call.length && isMap(value));
  if (at === -1) return;
  const key = Object.keys(given[at] as object)[0];
  const path = key === undefined ? `argument ${at + 1}` : key;
  const expected = `at most ${call.length} ${call.length === 1 ? 'argument' : 'arguments'}`;
  throw new CairnloopError('INPUT_INVALID', {
    operation,
    problems: [{ path, expected, found: `an object as argument ${at + 1}` }],
  });
}

function isMap(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Freezes a result. A list in it stays unfrozen, so that the caller can sort it; its items are frozen. */
function withFrozenData(answer: unknown): unknown {
  const { items, results } = (answer ?? {}) as { items?: unknown; results?: unknown };
  const list = [answer, items, results].find(Array.isArray);
  if (!list) return deepFreeze(answer);
  for (const held of [...list, ...Object.values(answer as object).filter((value) => value !== list)]) deepFreeze(held);
  return answer;
}
