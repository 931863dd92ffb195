import type { Conversation, Message, MessageRole } from '../../src/contracts/domain.js';

/** A conversation with these messages, one a minute. */
export function conversationOf(...messages: [role: MessageRole, content: string][]): Conversation {
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 10, minute));
  return {
    id: 'conversation-1',
    actorId: 'actor-canary',
    hostUserId: 'host-canary',
    subject: 'Help',
    status: 'open',
    priority: 'normal',
    tags: [],
    metadata: { secret: 'metadata-canary' },
    assignee: null,
    snoozedUntil: null,
    csatRating: null,
    createdAt: at(0),
    updatedAt: at(0),
    lastMessageAt: at(messages.length),
    resolvedAt: null,
    resolvedBy: null,
    messages: messages.map(
      ([role, content], index): Message => ({
        id: `message-${index}`,
        conversationId: 'conversation-1',
        role,
        content,
        author: { id: 'author-canary' },
        metadata: {},
        status: null,
        sentAt: null,
        createdAt: at(index),
      }),
    ),
  };
}
