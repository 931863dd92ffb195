import type { DeliveryTopic } from '../contracts/domain.js';

/** Topics that deliver a message: the outcome becomes the message's status. */
export const messageTopics = ['outbound', 'reply'] as const satisfies readonly DeliveryTopic[];

export type MessageTopic = (typeof messageTopics)[number];

export function isMessageTopic(topic: DeliveryTopic): topic is MessageTopic {
  return (messageTopics as readonly DeliveryTopic[]).includes(topic);
}

/** The SQL condition for a column that holds a topic. */
export function carriesMessage(column: string): string {
  return `${column} IN (${messageTopics.map((topic) => `'${topic}'`).join(', ')})`;
}
