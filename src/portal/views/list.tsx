import type { FC } from 'hono/jsx';
import type { CustomerConversation, Page } from '../../contracts/domain.js';
import type { Frame } from '../handler.js';
import { fill } from '../strings/strings.js';
import { Moment } from './page.js';

export const ConversationList: FC<{ frame: Frame; page: Page<CustomerConversation> }> = ({ frame, page }) => {
  const { texts } = frame.wording;
  return (
    <>
      <div class="head">
        <h1>{texts.yourConversations}</h1>
        <a class="button button-primary" href={`${frame.base}/new`}>
          {texts.newConversation}
        </a>
      </div>
      <div id="conversations" data-live>
        {page.items.length === 0 ? (
          <div class="empty">
            <p class="empty-title">{texts.noConversations}</p>
            <p>{texts.noConversationsHint}</p>
          </div>
        ) : (
          <ul class="conversations">
            {page.items.map((conversation) => (
              <Row frame={frame} conversation={conversation} />
            ))}
          </ul>
        )}
        {page.nextCursor ? (
          <p class="more">
            <a href={`${frame.base}/?cursor=${encodeURIComponent(page.nextCursor)}`}>{texts.olderConversations}</a>
          </p>
        ) : null}
      </div>
    </>
  );
};

const Row: FC<{ frame: Frame; conversation: CustomerConversation }> = ({ frame, conversation }) => {
  const { texts, locale } = frame.wording;
  const { id, subject, status, unread, createdAt, lastMessageAt } = conversation;
  return (
    <li>
      <a class={unread > 0 ? 'conversation conversation-unread' : 'conversation'} href={`${frame.base}/c/${id}`}>
        <span class="conversation-subject" dir="auto">
          {subject ?? texts.noSubject}
        </span>
        <span class="conversation-side">
          {unread > 0 ? <span class="badge">{fill(texts.unread, { count: unread })}</span> : null}
          {status === 'open' ? null : <span class="state">{texts.resolved}</span>}
          <Moment at={lastMessageAt ?? createdAt} locale={locale} />
        </span>
      </a>
    </li>
  );
};
