import { type ServiceFactName, type ServiceFactSource, serviceFactReaders } from './fact-readers.js';
import { type DoctorFact, type DoctorFactValues, skippedDoctorFact } from './facts.js';
import { readDoctorFact } from './read-fact.js';

type Read<Name extends ServiceFactName> = { [N in Name]: DoctorFact<DoctorFactValues[N]> };

/** Reads facts concurrently, each after the fact that it depends on, within `timeoutMs` in total. Never throws. */
export async function readServiceFacts<Name extends ServiceFactName>(
  names: readonly Name[],
  { config, known, timeoutMs }: ServiceFactSource,
): Promise<Read<Name>> {
  const until = performance.now() + timeoutMs;
  const source = { config, known: { ...known }, timeoutMs };
  const reads = new Map<ServiceFactName, Promise<DoctorFact<unknown>>>();

  function factOf(name: ServiceFactName): Promise<DoctorFact<unknown>> {
    const read = reads.get(name) ?? readService(name);
    reads.set(name, read);
    return read;
  }

  async function readService(name: ServiceFactName): Promise<DoctorFact<unknown>> {
    const { after, skip, fix, read, ...texts } = serviceFactReaders[name];
    const needed = after?.(config);
    const first = needed && (await factOf(needed));
    if (first && first.state !== 'known') return skippedDoctorFact(first.because);
    const reason = skip?.(source);
    if (reason !== undefined) return skippedDoctorFact(reason);
    const leftMs = Math.max(1, Math.round(until - performance.now()));
    const failure = { ...texts, fix: typeof fix === 'string' ? fix : fix(config), timeoutMs: leftMs };
    const fact = await readDoctorFact<unknown>(failure, () => read(source));
    if (fact.state === 'known') Object.assign(source.known, { [name]: fact.value });
    return fact;
  }

  const facts = names.map(async (name) => [name, await factOf(name)]);
  return Object.fromEntries(await Promise.all(facts)) as Read<Name>;
}
