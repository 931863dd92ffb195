import type { Fact, Facts } from '../facts.js';
import { type Finding, type Level, onOneLine } from '../finding.js';

/** A check's judgement of its fact. */
export type Judgement = Omit<Finding, 'code'>;

/** One row of the table of checks. */
export interface Check {
  code: string;
  run(facts: Facts): Finding[];
}

interface CheckOptions<T> {
  code: string;
  /** As in "worker heartbeat not checked: …". */
  about: string;
  fact: (facts: Facts) => Fact<T>;
  judge: (value: T, facts: Facts) => Judgement | Judgement[];
  /** Set on the check that reports the fact itself: the level if it is missing. */
  failure?: Exclude<Level, 'ok'>;
}

/** A check of one fact. A missing fact is `not checked`, never `ok`. */
export function defineCheck<T>({ code, about, fact, judge, failure }: CheckOptions<T>): Check {
  return {
    code,
    run: (facts) => {
      const found = fact(facts);
      const judged = found.state === 'known' ? judge(found.value, facts) : withoutFact(found, about, failure);
      return [judged].flat().map((judgement) => onOneLine({ code, ...judgement }));
    },
  };
}

function withoutFact(fact: Exclude<Fact<unknown>, { state: 'known' }>, about: string, failure?: 'check' | 'blocked') {
  if (fact.state === 'failed' && failure) return { level: failure, message: fact.message, fix: fact.fix };
  return notChecked(about, fact.because);
}

export const notChecked = (about: string, because: string): Judgement => ({
  ...toCheck(`${about} not checked: ${because}.`, null),
  notChecked: because,
});
export const fine = (message: string): Judgement => ({ level: 'ok', message, fix: null });
export const toCheck = (message: string, fix: string | null): Judgement => ({ level: 'check', message, fix });
export const blocked = (message: string, fix: string): Judgement => ({ level: 'blocked', message, fix });
