import type { Actor } from '../contracts/domain.js';
import type { ThreadDetails } from './model.js';

/** The operators known to this process, for the list of possible owners. */
export interface OperatorTeam {
  /** Adds an operator; call it for every identified request. */
  note(operator: Actor): void;
  /** Replaces the operators that were read from the database before. */
  learn(operators: readonly Actor[]): void;
  /** Returns the operators, sorted by name. */
  members(): Actor[];
}

/** The most operators kept in memory; the one seen longest ago is dropped first. */
const maxMembers = 200;

/** `elsewhere` returns the operators whom other processes report. */
export function createOperatorTeam(elsewhere: () => readonly Actor[]): OperatorTeam {
  const seen = new Map<string, Actor>();
  let recorded: readonly Actor[] = [];
  return {
    note(operator) {
      seen.delete(operator.id);
      seen.set(operator.id, operator);
      const [oldest] = seen.size > maxMembers ? seen.keys() : [];
      if (oldest !== undefined) seen.delete(oldest);
    },
    learn(operators) {
      recorded = operators;
    },
    // The last name of an operator is kept: this process's own requests carry the newest one.
    members: () => byName([...recorded, ...elsewhere(), ...seen.values()]),
  };
}

/** Returns each operator once, with the last of their names in the list, sorted by name. */
function byName(operators: readonly Actor[]): Actor[] {
  const known = new Map(operators.map((one) => [one.id, one]));
  return [...known.values()].sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
}

const nameOf = ({ id, name }: Actor) => name ?? id;

/** Returns the possible owners of a conversation: the team, everyone who acted in it, and its owner. */
export function listPossibleOwners(
  team: OperatorTeam,
  actors: readonly (Actor | null)[],
  customerId: string | null,
): Actor[] {
  const acted = actors.filter((actor) => actor !== null && !isNoOperator(actor, customerId));
  return byName([...(acted as Actor[]), ...team.members()]);
}

/** Returns everyone who acted in a conversation, and its owner. */
export const actorsOfThread = ({ audit, conversation }: ThreadDetails) => [
  ...audit.map(({ actor }) => actor),
  conversation.assignee,
];

const isNoOperator = ({ id }: Actor, customerId: string | null) =>
  id.startsWith('system:') || id === customerId || id === 'anonymous';
