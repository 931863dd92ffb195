import {
  type DoctorFact,
  type DoctorFactName,
  type DoctorFacts,
  type DoctorFactValues,
  knownDoctorFact,
} from '../facts.js';
import { type Finding, type FindingLevel, toSingleLineFinding } from '../finding.js';

/** The finding that a check makes of its fact; {@link defineCheck} adds the code. */
export type FindingWithoutCode = Omit<Finding, 'code'>;

/** One check of `cairnloop doctor`, which makes findings of the collected facts. */
export interface DoctorCheck {
  code: string;
  run(facts: DoctorFacts): Finding[];
}

type ValueOf<Name extends DoctorFactName | null> = Name extends DoctorFactName ? DoctorFactValues[Name] : null;

interface CheckOptions<Name extends DoctorFactName | null> {
  code: string;
  /** Name of the check, as in "worker heartbeat not checked: …". */
  title: string;
  /** The fact that the check judges; null if it needs none. */
  needs: Name;
  judge: (value: ValueOf<Name>, facts: DoctorFacts) => FindingWithoutCode | FindingWithoutCode[];
  /** The level of the finding if the fact could not be read; set for the one check that reports the failure. */
  failure?: Exclude<FindingLevel, 'ok'>;
}

/** Defines a check of one fact. If the fact could not be read, the finding is `not checked`, never `ok`. */
export function defineCheck<const Name extends DoctorFactName | null>(options: CheckOptions<Name>): DoctorCheck {
  const { code, title, needs, judge, failure } = options;
  return {
    code,
    run: (facts) => {
      const fact = (needs === null ? knownDoctorFact(null) : facts[needs]) as DoctorFact<ValueOf<Name>> | null;
      // A fact that was not requested yields no finding.
      if (fact === null) return [];
      const judged = fact.state === 'known' ? judge(fact.value, facts) : withoutFact(fact, title, failure);
      return [judged]
        .flat()
        .map(({ fix, ...rest }) => toSingleLineFinding({ code, ...rest, fix: namingVariable(fix, facts) }));
    },
  };
}

function withoutFact(
  fact: Exclude<DoctorFact<unknown>, { state: 'known' }>,
  title: string,
  failure?: 'check' | 'blocked',
) {
  if (fact.state === 'failed' && failure) return { level: failure, message: fact.message, fix: fact.fix };
  return createNotCheckedFinding(title, fact.because);
}

/** Adds to a fix of database.url the variable and the file that its value comes from. */
function namingVariable(fix: string | null, { config }: DoctorFacts): string | null {
  const variable = config.state === 'known' ? config.value.variables['database.url'] : undefined;
  if (!variable) return fix;
  const place = `database.url (${variable.name} in ${variable.source ?? 'the environment'})`;
  return fix?.replace('database.url', () => place) ?? null;
}

export const createNotCheckedFinding = (title: string, because: string): FindingWithoutCode => ({
  ...createToCheckFinding(`${title} not checked: ${because}.`, null),
  notChecked: because,
});
export const createOkFinding = (message: string): FindingWithoutCode => ({ level: 'ok', message, fix: null });
export const createToCheckFinding = (message: string, fix: string | null): FindingWithoutCode => ({
  level: 'check',
  message,
  fix,
});
export const createBlockedFinding = (message: string, fix: string): FindingWithoutCode => ({
  level: 'blocked',
  message,
  fix,
});
