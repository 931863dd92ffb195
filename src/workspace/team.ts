import type { Actor } from '../contracts/domain.js';
import type { ThreadHead } from './model.js';

/** Operators that this process has seen: those a conversation can be given to without typing an id. */
export interface Team {
  /** Call it with everybody whom the host knows as an operator. */
  note(operator: Actor): void;
  /** By name. */
  members(): Actor[];
}

/** More than a list to choose from can hold; who was seen longest ago is forgotten first. */
const maxMembers = 200;

export function createTeam(): Team {
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

/** Who a conversation can be given to: the team, whoever acted in it, and its owner. */
export function candidates(team: Team, actors: readonly (Actor | null)[], customerId: string | null): Actor[] {
  const known = new Map(team.members().map((member) => [member.id, member]));
  for (const actor of actors) {
    if (actor && !isNoOperator(actor, customerId) && !known.has(actor.id)) known.set(actor.id, actor);
  }
  return [...known.values()].sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
}

/** Whoever has acted in a conversation. */
export const peopleOf = ({ audit, conversation }: ThreadHead) => [
  ...audit.map(({ actor }) => actor),
  conversation.assignee,
];

const isNoOperator = ({ id }: Actor, customerId: string | null) =>
  id.startsWith('system:') || id === customerId || id === 'anonymous';
