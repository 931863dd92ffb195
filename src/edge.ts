import { deepFreeze } from './freeze.js';

type AsyncCall = (...given: never[]) => Promise<unknown>;
type Groups = Record<string, Record<string, AsyncCall>>;

/**
 * The functions of an API, two levels deep, as a host may call them: the data that they answer is frozen all the way
 * down, and a failure is told as what `explain` makes of it. It stands at the edge: what runs inside looks at the raw
 * errors of the database to tell an outage from a statement that will never do. `admit` may refuse a call, by its name
 * such as `drafts.get`, before it is made.
 */
export function atTheEdge<Api extends Groups>(
  api: Api,
  explain: (error: unknown) => Promise<unknown>,
  admit: (name: string) => Promise<unknown> = async () => {},
): Api {
  const guarded =
    (name: string, call: AsyncCall): AsyncCall =>
    async (...given) => {
      try {
        await admit(name);
        return withFrozenData(await call(...given));
      } catch (error) {
        throw await explain(error);
      }
    };
  const groups = Object.entries(api).map(([name, calls]) => [
    name,
    Object.fromEntries(Object.entries(calls).map(([key, call]) => [key, guarded(`${name}.${key}`, call)])),
  ]);
  return Object.fromEntries(groups) as Api;
}

/** A list is the caller's own, to sort and to cut; what it holds is not. */
function withFrozenData(answer: unknown): unknown {
  const { items, results } = (answer ?? {}) as { items?: unknown; results?: unknown };
  const list = [answer, items, results].find(Array.isArray);
  if (!list) return deepFreeze(answer);
  for (const held of [...list, ...Object.values(answer as object).filter((value) => value !== list)]) deepFreeze(held);
  return answer;
}
