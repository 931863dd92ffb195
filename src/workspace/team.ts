import type { Actor } from '../contracts/domain.js';
import type { ThreadDetails } from './model.js';

/** The operators whom this process has seen, for the list of possible owners. */
export interface OperatorTeam {
  /** Adds an operator; call it for every identified request. */
  note(operator: Actor): void;
  /** Returns the operators, sorted by name. */
  members(): Actor[];
}

/** The most operators kept in memory; the one seen longest ago is dropped first. */
const maxMembers = 200;

export function createOperatorTeam(): OperatorTeam {
  const members = new Map<string, Actor>();
  return {
    note(operator) {
      members.delete(operator.id);
      members.set(operator.id, operator);
      const [oldest] = members.size > maxMembers ? members.keys() : [];
      if (oldest !== undefined) members.delete(oldest);
    },
    members: () => [...members.values()].sort((one, other) => nameOf(one).localeCompare(nameOf(other))),
  };
}

const nameOf = ({ id, name }: Actor) => name ?? id;

/** Returns the possible owners of a conversation: the team, everyone who acted in it, and its owner. */
export function ownerCandidates(
  team: OperatorTeam,
  actors: readonly (Actor | null)[],
  customerId: string | null,
): Actor[] {
  const known = new Map(team.members().map((member) => [member.id, member]));
  for (const actor of actors) {
    if (actor && !isNoOperator(actor, customerId) && !known.has(actor.id)) known.set(actor.id, actor);
  }
  return [...known.values()].sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
}

/** Returns everyone who acted in a conversation, and its owner. */
export const actorsOfThread = ({ audit, conversation }: ThreadDetails) => [
  ...audit.map(({ actor }) => actor),
  conversation.assignee,
];

const isNoOperator = ({ id }: Actor, customerId: string | null) =>
  id.startsWith('system:') || id === customerId || id === 'anonymous';
