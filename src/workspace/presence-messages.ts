import { z } from 'zod';
import type { OperatorInConversation } from './presence-state.js';

/**
 * A message between processes about which operators have which conversation open; `asks` requests what all others know.
 */
export interface PresenceMessage {
  from: string;
  here?: OperatorInConversation[] | undefined;
  gone?: OperatorInConversation[] | undefined;
  typing?: OperatorInConversation[] | undefined;
  asks?: true | undefined;
}

/** The most operators named in one presence message, so that it stays below the 8000 bytes of NOTIFY. */
export const maxOperatorsPerMessage = 6;

/** The longest name of an operator in a message, in characters; longer names are cut. */
const maxName = 60;

const place = z.tuple([z.string(), z.string().nullable(), z.string()]).transform(
  ([id, name, conversationId]): OperatorInConversation => ({
    operator: name ? { id, name } : { id },
    conversationId,
  }),
);

const message = z.object({
  from: z.string(),
  here: z.array(place).optional(),
  gone: z.array(place).optional(),
  typing: z.array(place).optional(),
  asks: z.literal(true).optional(),
});

export function encodePresenceMessage({ from, here, gone, typing, asks }: PresenceMessage): string {
  return JSON.stringify({ from, here: here?.map(packed), gone: gone?.map(packed), typing: typing?.map(packed), asks });
}

function packed({ operator, conversationId }: OperatorInConversation) {
  const name = operator.name?.slice(0, maxName).replace(/[\uD800-\uDBFF]$/, '');
  return [operator.id, name ?? null, conversationId];
}

/** Parses a presence message. Returns null for an unknown format, such as that of another version of the package. */
export function parsePresenceMessage(text: string): PresenceMessage | null {
  try {
    const parsed = message.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
