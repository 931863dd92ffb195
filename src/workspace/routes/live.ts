import { requireConversationWithoutMessages } from '../../conversations/find.js';
import { eventStreamHeaders } from '../../http/live-streams.js';
import { isId } from '../../validation/input.js';
import { identifyOperator } from '../access.js';
import { pathParameter, type WorkspaceHandler, type WorkspaceLiveEvent } from '../handler.js';
import type { PresentOperator } from '../presence-state.js';
import { actorDisplayName } from '../views/elements.js';

/**
 * Streams live updates to an open page: ids of changed conversations, which the page then requests, and which operators
 * have which conversation open. The parameter `c` names the page's own conversation.
 */
export const streamLiveUpdates: WorkspaceHandler = (c, services) => {
  if (c.req.method === 'HEAD') return c.body(null, 200, eventStreamHeaders);
  const { operator } = c.get('pageContext');
  const conversationId = c.req.query('c');
  const leave = isId(conversationId) ? services.presence.enter(operator, conversationId) : () => {};
  const response = services.streams.open({
    personId: operator.id,
    signal: c.req.raw.signal,
    tell: (news) => tell(news, operator.id),
    caughtUp: changed([]),
    current: () => presentOthers(services.presence.present(), operator.id),
    ended: leave,
    async isStillSignedIn() {
      const identity = await identifyOperator(c, services);
      return identity.state === 'known' && identity.person.id === operator.id;
    },
  });
  if (response.status !== 200) leave();
  return response;
};

/** Marks the operator as typing in a conversation; the page's script calls this every few seconds. */
export const markTyping: WorkspaceHandler = async (c, { presence, runtime }) => {
  const { id } = await requireConversationWithoutMessages(runtime.db, pathParameter(c, 'id'));
  presence.typing(c.get('pageContext').operator, id);
  return c.body(null, 204);
};

function tell(news: WorkspaceLiveEvent, operatorId: string): string {
  return 'changed' in news ? changed(news.changed) : presentOthers(news.present, operatorId);
}

/** The most ids in one event; if more conversations changed, the page reloads everything. */
const maxIds = 200;

function changed(ids: readonly string[]): string {
  const told = ids.length === 0 || ids.length > maxIds ? '*' : ids.join(',');
  return `event: changed\ndata: ${told}\n\n`;
}

/** The most operators in one event, because a stream with too much unsent data is closed. */
const maxPresent = 100;

function presentOthers(present: readonly PresentOperator[], operatorId: string): string {
  const others = present.filter(({ operator }) => operator.id !== operatorId).slice(0, maxPresent);
  const lines = others.map(({ operator, conversationId, isTyping }) => [
    conversationId,
    actorDisplayName(operator).slice(0, 60),
    isTyping,
  ]);
  return `event: presence\ndata: ${JSON.stringify(lines)}\n\n`;
}
