import type { DeliveryTopic } from '../contracts/domain.js';

/** Topics whose deliveries carry a message: the outcome of a delivery becomes the message's status. */
export const messageTopics = ['outbound', 'reply'] as const satisfies readonly DeliveryTopic[];

export type MessageTopic = (typeof messageTopics)[number];

export function isMessageTopic(topic: DeliveryTopic): topic is MessageTopic {
  return (messageTopics as readonly DeliveryTopic[]).includes(topic);
}

/** The SQL condition that a column holds one of the {@link messageTopics}. */
export function isMessageTopicSql(column: string): string {
  return `${column} IN (${messageTopics.map((topic) => `'${topic}'`).join(', ')})`;
}
