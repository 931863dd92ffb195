import type { FC } from 'hono/jsx';
import type { Frame } from '../frame.js';
import type { ThreadMessage } from '../model.js';
import { ActorName, Icon, Prose } from './bits.js';
import { Moment } from './time.js';

/** A message that is too long for its thread, on a page of its own. */
export const WholeMessage: FC<{ frame: Frame; message: ThreadMessage }> = ({ frame, message }) => (
  <main class="sheet sheet-narrow" id="main" tabindex={-1}>
    <div class="sheet-head">
      <h1>Message</h1>
      <p class="faint">
        <ActorName actor={message.author} /> · <Moment at={message.createdAt} />
      </p>
    </div>
    <Prose text={message.content} links={message.role !== 'automation'} />
    <p>
      <a class="quiet-link" href={`${frame.base}/c/${message.conversationId}${frame.queue}#m-${message.id}`}>
        <Icon name="arrow-left" /> Back to the conversation
      </a>
    </p>
  </main>
);
