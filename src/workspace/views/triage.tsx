import type { FC, PropsWithChildren } from 'hono/jsx';
import type { Actor } from '../../contracts/domain.js';
import type { ThreadDetails } from '../model.js';
import type { WorkspacePageContext } from '../page-context.js';
import { snoozeDurations } from '../snooze-times.js';
import { formatNumber, translate, translateCount, translateWithElements } from '../translate.js';
import { ActionForm, ActorName, actorDisplayName, conversationStatusNames, Icon, InlineText } from './elements.js';
import type { IconName } from './icon-paths.js';
import { PriorityMark } from './priority.js';
import { DateTimeLabel } from './time.js';

export interface TriageProps {
  pageContext: WorkspacePageContext;
  thread: ThreadDetails;
  /** The operators to whom the conversation can be assigned. */
  people: Actor[];
}

/** Owner, priority, tags and snooze of a conversation, edited in place. */
export const TriageEditors: FC<TriageProps> = (props) => {
  const { conversation, customer } = props.thread;
  return (
    <div class="thread-facts">
      <span class="thread-customer" title={conversation.actorId ?? undefined}>
        <InlineText text={customer} empty={translate('noCustomer')} />
        {conversation.actorId && customer !== conversation.actorId ? (
          <bdi class="secondary-id">{conversation.actorId}</bdi>
        ) : null}
      </span>
      <span class={`chip status-${conversation.status}`}>
        {translate(conversationStatusNames[conversation.status])}
      </span>
      <Owner {...props} />
      <Priority {...props} />
      <Tags {...props} />
      {conversation.status === 'open' ? <Snooze {...props} /> : null}
    </div>
  );
};

/** A value that opens its editor when clicked; uses `<details>`, so that it works without the page's script. */
const Editor: FC<PropsWithChildren<{ name: string; label: string; icon?: IconName; value: unknown }>> = (props) => (
  <details class="edit" id={`edit-${props.name}`} name="edit">
    <summary class="chip chip-edit">
      <span class="sr">{translate('labelled', { label: props.label })} </span>
      {props.icon ? <Icon name={props.icon} /> : null}
      {props.value}
    </summary>
    <div class="edit-panel">{props.children}</div>
  </details>
);

const Owner: FC<TriageProps> = ({ pageContext, thread: { conversation }, people }) => {
  const { assignee, id } = conversation;
  const isMine = assignee?.id === pageContext.operator.id;
  const others = people.filter((one) => one.id !== pageContext.operator.id && one.id !== assignee?.id);
  return (
    <Editor
      name="owner"
      label={translate('owner')}
      icon="user-round"
      value={assignee ? <ActorName actor={assignee} /> : translate('noOwner')}
    >
      <ActionForm pageContext={pageContext} action={`/c/${id}/assign`} class="choices" label={translate('owner')}>
        <input type="hidden" name="was" value={assignee?.id ?? ''} />
        {isMine ? null : (
          <button type="submit" class="choice" name="to" value={pageContext.operator.id} data-hotkey="m">
            {translate('takeIt')} <kbd class="js">m</kbd>
          </button>
        )}
        {assignee ? (
          <button type="submit" class="choice" name="to" value="" data-hotkey={isMine ? 'm' : undefined}>
            {translate('leaveIt')} {isMine ? <kbd class="js">m</kbd> : null}
          </button>
        ) : null}
        {others.map((one) => (
          <button type="submit" class="choice" name="to" value={one.id} title={one.id}>
            {translateWithElements('giveTo', { name: <bdi>{actorDisplayName(one)}</bdi> })}
          </button>
        ))}
      </ActionForm>
    </Editor>
  );
};

/** The priorities that are always offered; a host's own priority is offered where the conversation has it. */
const priorities = ['urgent', 'high', 'normal', 'low'];

const Priority: FC<TriageProps> = ({ pageContext, thread: { conversation } }) => {
  const { priority, id } = conversation;
  const choices = priorities.includes(priority) ? priorities : [priority, ...priorities];
  return (
    <Editor name="priority" label={translate('priority')} value={<PriorityMark priority={priority} named />}>
      <ActionForm pageContext={pageContext} action={`/c/${id}/priority`} class="choices" label={translate('priority')}>
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

/** How many tags the conversation's header shows; the editor shows all. */
const shownTags = 3;

const Tags: FC<TriageProps> = ({ pageContext, thread: { conversation } }) => {
  const { tags, id } = conversation;
  return (
    <>
      {tags.slice(0, shownTags).map((tag) => (
        <a
          class="chip chip-tag"
          href={`${pageContext.base}/?tag=${encodeURIComponent(tag)}`}
          title={translate('showAllWithTag')}
        >
          <Icon name="tag" />
          <bdi>{tag}</bdi>
        </a>
      ))}
      <Editor name="tags" label={translate('tags')} icon="tag" value={tagsValue(tags.length)}>
        <ActionForm pageContext={pageContext} action={`/c/${id}/tags`} class="edit-form" label={translate('tags')}>
          {tags.length > 0 ? (
            <div class="edit-tags">
              {tags.map((tag) => (
                <button type="submit" class="chip chip-tag" name="remove" value={tag} formnovalidate>
                  <bdi>{tag}</bdi>
                  <Icon name="x" />
                  <span class="sr">{translate('removeTag')}</span>
                </button>
              ))}
            </div>
          ) : null}
          <label for="add-tags">{translate('addTags')}</label>
          <span class="edit-line">
            <input id="add-tags" name="add" required maxlength={500} autocomplete="off" data-first />
            <button type="submit" class="button button-small">
              {translate('add')}
            </button>
          </span>
        </ActionForm>
      </Editor>
    </>
  );
};

const tagsValue = (count: number) => {
  if (count === 0) return translate('tag');
  return count > shownTags ? `+${formatNumber(count - shownTags)}` : translate('edit');
};

const Snooze: FC<TriageProps> = ({ pageContext, thread }) => {
  const { id, snoozedUntil } = thread.conversation;
  const isSnoozed = snoozedUntil !== null && snoozedUntil > thread.now;
  return (
    <Editor
      name="snooze"
      label={translate('snooze')}
      icon="calendar-clock"
      value={isSnoozed ? <DateTimeLabel at={snoozedUntil} /> : translate('snooze')}
    >
      <ActionForm pageContext={pageContext} action={`/c/${id}/snooze`} class="choices" label={translate('snooze')}>
        {isSnoozed ? (
          <button type="submit" class="choice" name="span" value="wake">
            {translate('wakeNow')}
          </button>
        ) : null}
        {snoozeDurations.map(({ seconds, unit, count }) => (
          <button type="submit" class="choice" name="span" value={seconds}>
            {translateCount(unit, count)}
          </button>
        ))}
      </ActionForm>
      <ActionForm
        pageContext={pageContext}
        action={`/c/${id}/snooze`}
        class="edit-form js"
        label={translate('snoozeUntil')}
      >
        <label for="snooze-until">{translate('until')}</label>
        <span class="edit-line">
          <input type="datetime-local" id="snooze-until" required data-local-time />
          <input type="hidden" name="until" />
          <button type="submit" class="button button-small">
            {translate('snooze')}
          </button>
        </span>
      </ActionForm>
    </Editor>
  );
};
