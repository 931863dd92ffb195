import { type Fact, type FactName, type Facts, type FactValues, knownFact } from '../facts.js';
import { type Finding, type FindingLevel, withSingleLineMessage } from '../finding.js';

/** A check's judgement of its fact. */
export type Judgement = Omit<Finding, 'code'>;

/** A check of doctor: the fact that it needs, and how it judges it. */
export interface DoctorCheck {
  code: string;
  run(facts: Facts): Finding[];
}

type ValueOf<Name extends FactName | null> = Name extends FactName ? FactValues[Name] : null;

interface CheckOptions<Name extends FactName | null> {
  code: string;
  /** Name of the check, as in "worker heartbeat not checked: …". */
  title: string;
  /** The fact that it judges; null for a check that needs none. */
  needs: Name;
  judge: (value: ValueOf<Name>, facts: Facts) => Judgement | Judgement[];
  /** Set on the check that reports the fact itself: the level if it is missing. */
  failure?: Exclude<FindingLevel, 'ok'>;
}

/** A check of one fact. A missing fact is `not checked`, never `ok`. */
export function defineCheck<const Name extends FactName | null>(options: CheckOptions<Name>): DoctorCheck {
  const { code, title, needs, judge, failure } = options;
  return {
    code,
    run: (facts) => {
      const fact = (needs === null ? knownFact(null) : facts[needs]) as Fact<ValueOf<Name>> | null;
      // A fact that nobody asked for has no finding.
      if (fact === null) return [];
      const judged = fact.state === 'known' ? judge(fact.value, facts) : withoutFact(fact, title, failure);
      return [judged]
        .flat()
        .map(({ fix, ...rest }) => withSingleLineMessage({ code, ...rest, fix: namingVariable(fix, facts) }));
    },
  };
}

function withoutFact(fact: Exclude<Fact<unknown>, { state: 'known' }>, title: string, failure?: 'check' | 'blocked') {
  if (fact.state === 'failed' && failure) return { level: failure, message: fact.message, fix: fact.fix };
  return notCheckedFinding(title, fact.because);
}

/** Whoever corrects database.url has to know where its value stands. */
function namingVariable(fix: string | null, { config }: Facts): string | null {
  const variable = config.state === 'known' ? config.value.variables['database.url'] : undefined;
  if (!variable) return fix;
  const place = `database.url (${variable.name} in ${variable.source ?? 'the environment'})`;
  return fix?.replace('database.url', () => place) ?? null;
}

export const notCheckedFinding = (title: string, because: string): Judgement => ({
  ...checkFinding(`${title} not checked: ${because}.`, null),
  notChecked: because,
});
export const okFinding = (message: string): Judgement => ({ level: 'ok', message, fix: null });
export const checkFinding = (message: string, fix: string | null): Judgement => ({ level: 'check', message, fix });
export const blockedFinding = (message: string, fix: string): Judgement => ({ level: 'blocked', message, fix });
