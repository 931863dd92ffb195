import type { FC, PropsWithChildren } from 'hono/jsx';
import type { Actor } from '../../contracts/domain.js';
import type { ThreadHead } from '../model.js';
import type { PageContext } from '../page-context.js';
import { snoozeSpans } from '../snooze-times.js';
import { ActionForm, ActorName, actorText, Icon, Name } from './elements.js';
import type { IconName } from './icon-paths.js';
import { PriorityMark } from './priority.js';
import { Moment } from './time.js';

export interface TriageProps {
  frame: PageContext;
  thread: ThreadHead;
  /** Whom it can be given to. */
  people: Actor[];
}

/** What a team sorts its work by: whose it is, how urgent, what about, and until when it waits. Edited in place. */
export const ThreadFacts: FC<TriageProps> = (props) => {
  const { conversation, customer } = props.thread;
  return (
    <div class="thread-facts">
      <span class="thread-customer" title={conversation.actorId ?? undefined}>
        <Name text={customer} empty="No customer identity" />
        {conversation.actorId && customer !== conversation.actorId ? (
          <bdi class="secondary-id">{conversation.actorId}</bdi>
        ) : null}
      </span>
      <span class={`chip status-${conversation.status}`}>{conversation.status}</span>
      <Owner {...props} />
      <Priority {...props} />
      <Tags {...props} />
      {conversation.status === 'open' ? <Snooze {...props} /> : null}
    </div>
  );
};

/** A value that opens its editor: a plain disclosure, so that it works without the page's script. */
const Editor: FC<PropsWithChildren<{ name: string; label: string; icon?: IconName; value: unknown }>> = (props) => (
  <details class="edit" id={`edit-${props.name}`} name="edit">
    <summary class="chip chip-edit">
      <span class="sr">{props.label}: </span>
      {props.icon ? <Icon name={props.icon} /> : null}
      {props.value}
    </summary>
    <div class="edit-panel">{props.children}</div>
  </details>
);

const Owner: FC<TriageProps> = ({ frame, thread: { conversation }, people }) => {
  const { assignee, id } = conversation;
  const isMine = assignee?.id === frame.operator.id;
  const others = people.filter((one) => one.id !== frame.operator.id && one.id !== assignee?.id);
  return (
    <Editor name="owner" label="Owner" icon="user-round" value={assignee ? <ActorName actor={assignee} /> : 'No owner'}>
      <ActionForm frame={frame} action={`/c/${id}/assign`} class="choices" label="Owner">
        <input type="hidden" name="was" value={assignee?.id ?? ''} />
        {isMine ? null : (
          <button type="submit" class="choice" name="to" value={frame.operator.id} data-hotkey="m">
            Take it <kbd class="js">m</kbd>
          </button>
        )}
        {assignee ? (
          <button type="submit" class="choice" name="to" value="" data-hotkey={isMine ? 'm' : undefined}>
            Leave it to nobody {isMine ? <kbd class="js">m</kbd> : null}
          </button>
        ) : null}
        {others.map((one) => (
          <button type="submit" class="choice" name="to" value={one.id} title={one.id}>
            Give to <bdi>{actorText(one)}</bdi>
          </button>
        ))}
      </ActionForm>
    </Editor>
  );
};

/** The usual ones; those of the host's own come with the conversations that have them. */
const priorities = ['urgent', 'high', 'normal', 'low'];

const Priority: FC<TriageProps> = ({ frame, thread: { conversation } }) => {
  const { priority, id } = conversation;
  const choices = priorities.includes(priority) ? priorities : [priority, ...priorities];
  return (
    <Editor name="priority" label="Priority" value={<PriorityMark priority={priority} named />}>
      <ActionForm frame={frame} action={`/c/${id}/priority`} class="choices" label="Priority">
        {choices.map((one) => (
          <button
            type="submit"
            class="choice"
            name="priority"
            value={one}
            aria-pressed={one === priority ? 'true' : 'false'}
          >
            <PriorityMark priority={one} named />
          </button>
        ))}
      </ActionForm>
    </Editor>
  );
};

/** So many tags stand in the head; the editor has all of them. */
const shownTags = 3;

const Tags: FC<TriageProps> = ({ frame, thread: { conversation } }) => {
  const { tags, id } = conversation;
  return (
    <>
      {tags.slice(0, shownTags).map((tag) => (
        <a class="chip chip-tag" href={`${frame.base}/?tag=${encodeURIComponent(tag)}`} title="Show all with this tag">
          <Icon name="tag" />
          <bdi>{tag}</bdi>
        </a>
      ))}
      <Editor name="tags" label="Tags" icon="tag" value={tagsValue(tags.length)}>
        <ActionForm frame={frame} action={`/c/${id}/tags`} class="edit-form" label="Tags">
          {tags.length > 0 ? (
            <div class="edit-tags">
              {tags.map((tag) => (
                <button type="submit" class="chip chip-tag" name="remove" value={tag} formnovalidate>
                  <bdi>{tag}</bdi>
                  <Icon name="x" />
                  <span class="sr">: remove</span>
                </button>
              ))}
            </div>
          ) : null}
          <label for="add-tags">Add tags, with commas between them</label>
          <span class="edit-line">
            <input id="add-tags" name="add" required maxlength={500} autocomplete="off" data-first />
            <button type="submit" class="button button-small">
              Add
            </button>
          </span>
        </ActionForm>
      </Editor>
    </>
  );
};

const tagsValue = (count: number) => {
  if (count === 0) return 'Tag';
  return count > shownTags ? `+${count - shownTags}` : 'Edit';
};

const Snooze: FC<TriageProps> = ({ frame, thread }) => {
  const { id, snoozedUntil } = thread.conversation;
  const isSnoozed = snoozedUntil !== null && snoozedUntil > thread.now;
  return (
    <Editor
      name="snooze"
      label="Snooze"
      icon="calendar-clock"
      value={isSnoozed ? <Moment at={snoozedUntil} /> : 'Snooze'}
    >
      <ActionForm frame={frame} action={`/c/${id}/snooze`} class="choices" label="Snooze">
        {isSnoozed ? (
          <button type="submit" class="choice" name="span" value="wake">
            Back to the queue now
          </button>
        ) : null}
        {snoozeSpans.map(({ seconds, label }) => (
          <button type="submit" class="choice" name="span" value={seconds}>
            {label}
          </button>
        ))}
      </ActionForm>
      <ActionForm frame={frame} action={`/c/${id}/snooze`} class="edit-form js" label="Snooze until">
        <label for="snooze-until">Until</label>
        <span class="edit-line">
          <input type="datetime-local" id="snooze-until" required data-local-time />
          <input type="hidden" name="until" />
          <button type="submit" class="button button-small">
            Snooze
          </button>
        </span>
      </ActionForm>
    </Editor>
  );
};
