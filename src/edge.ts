import { deepFreeze } from './conversations/rows.js';

type AsyncCall = (...given: never[]) => Promise<unknown>;
type Groups = Record<string, Record<string, AsyncCall>>;

/**
 * The functions of an API, two levels deep, as a host may call them: what they answer is frozen all the way down, and a
 * failure is told as what `explain` makes of it. It stands at the edge: what runs inside looks at the raw errors of the
 * database to tell an outage from a statement that will never do.
 */
export function atTheEdge<Api extends Groups>(api: Api, explain: (error: unknown) => Promise<unknown>): Api {
  const guarded =
    (call: AsyncCall): AsyncCall =>
    async (...given) => {
      try {
        return deepFreeze(await call(...given));
      } catch (error) {
        throw await explain(error);
      }
    };
  const groups = Object.entries(api).map(([name, calls]) => [
    name,
    Object.fromEntries(Object.entries(calls).map(([key, call]) => [key, guarded(call)])),
  ]);
  return Object.fromEntries(groups) as Api;
}
