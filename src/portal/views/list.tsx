import type { FC } from 'hono/jsx';
import type { CustomerConversation, Page } from '../../contracts/domain.js';
import type { PortalPageContext } from '../handler.js';
import { fillPlaceholders } from '../strings/strings.js';
import { DateTimeLabel } from './page.js';

export const ConversationList: FC<{ pageContext: PortalPageContext; page: Page<CustomerConversation> }> = ({
  pageContext,
  page,
}) => {
  const { texts } = pageContext.localized;
  return (
    <>
      <div class="head">
        <h1>{texts.yourConversations}</h1>
        <a class="button button-primary" href={`${pageContext.base}/new`}>
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
              <Row pageContext={pageContext} conversation={conversation} />
            ))}
          </ul>
        )}
        {page.nextCursor ? (
          <p class="more">
            <a href={`${pageContext.base}/?cursor=${encodeURIComponent(page.nextCursor)}`}>
              {texts.olderConversations}
            </a>
          </p>
        ) : null}
      </div>
    </>
  );
};

const Row: FC<{ pageContext: PortalPageContext; conversation: CustomerConversation }> = ({
  pageContext,
  conversation,
}) => {
  const { texts, locale } = pageContext.localized;
  const { id, subject, status, unread, createdAt, lastMessageAt } = conversation;
  return (
    <li>
      <a class={unread > 0 ? 'conversation conversation-unread' : 'conversation'} href={`${pageContext.base}/c/${id}`}>
        <span class="conversation-subject" dir="auto">
          {subject ?? texts.noSubject}
        </span>
        <span class="conversation-side">
          {unread > 0 ? <span class="badge">{fillPlaceholders(texts.unread, { count: unread })}</span> : null}
          {status === 'open' ? null : <span class="state">{texts.resolved}</span>}
          <DateTimeLabel at={lastMessageAt ?? createdAt} locale={locale} />
        </span>
      </a>
    </li>
  );
};
