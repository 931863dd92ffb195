/** The small parts that every view is made of. */
import { raw } from 'hono/html';
import type { Child, FC, PropsWithChildren } from 'hono/jsx';
import { linkParts } from '../../context/link-parts.js';
import { safeHref } from '../../context/safe-href.js';
import type { Actor, Conversation } from '../../contracts/domain.js';
import { partText } from '../package-texts.js';
import type { PageContext } from '../page-context.js';
import type { TextKey } from '../strings/strings.js';
import { t } from '../translate.js';
import { type IconName, icons } from './icon-paths.js';

/** Icons that point along the line of text: from right to left they are mirrored. */
const directed: ReadonlySet<IconName> = new Set<IconName>(['arrow-left', 'panel-right', 'reply', 'send']);

/** A decorative icon, hidden from screen readers: the text beside it says the same. */
export const Icon: FC<{ name: IconName }> = ({ name }) => (
  <svg
    class={directed.has(name) ? 'icon icon-directed' : 'icon'}
    viewBox="0 0 24 24"
    aria-hidden="true"
    focusable="false"
  >
    {raw(icons[name])}
  </svg>
);

/** Text from outside on one line, isolated so that right-to-left text does not reorder the line. */
export const InlineText: FC<{ text: string | null; empty?: string }> = ({ text, empty = t('unnamed') }) =>
  text ? <bdi>{text}</bdi> : <span class="faint">{empty}</span>;

export const ActorName: FC<{ actor: Actor | null }> = ({ actor }) => {
  if (!actor) return <span class="faint">{t('unknown')}</span>;
  return <bdi title={actor.id}>{actorText(actor)}</bdi>;
};

/** The name of an actor; parts of the system have translated names. */
export function actorText({ id, name }: Actor): string {
  if (id === 'system:automation') return t('roleAutomation');
  if (name) return name;
  if (id === 'anonymous') return t('anonymousActor');
  return id.startsWith('system:') ? t('systemActor', { part: partText(id.slice('system:'.length)) }) : id;
}

/** Text from outside with its line breaks; URLs become links only if `links`. */
export const MultilineText: FC<{ text: string; links?: boolean }> = ({ text, links = true }) => (
  <div class="prose" dir="auto">
    {links
      ? linkParts(text).map((part) =>
          part.href ? <ExternalLink href={part.href}>{part.text}</ExternalLink> : part.text,
        )
      : text}
  </div>
);

export const ExternalLink: FC<PropsWithChildren<{ href: string }>> = ({ href, children }) => (
  <a href={href} rel="noreferrer noopener" target="_blank">
    {children}
  </a>
);

/** A value that is a URL becomes a link if its scheme is allowed; others stay text. */
export const LinkedValue: FC<{ text: string; href?: string; whole?: string }> = ({ text, href = text, whole }) => {
  const safe = safeHref(href);
  return safe ? (
    <ExternalLink href={safe}>
      <bdi title={whole}>{text}</bdi>
    </ExternalLink>
  ) : (
    <bdi>{text}</bdi>
  );
};

/** A form that changes something, with the operator's token and the queue view of the page. */
export const ActionForm: FC<
  PropsWithChildren<{ pageContext: PageContext; action: string; class?: string; label?: string; id?: string }>
> = ({ pageContext, action, class: className, label, id, children }) => (
  <form method="post" action={`${pageContext.base}${action}`} class={className} aria-label={label} id={id} data-action>
    <input type="hidden" name="token" value={pageContext.token} />
    {pageContext.queue ? <input type="hidden" name="queue" value={pageContext.queue} /> : null}
    {children}
  </form>
);

export const EmptyState: FC<PropsWithChildren<{ icon: IconName; title: string }>> = ({ icon, title, children }) => (
  <div class="empty">
    <Icon name={icon} />
    <p class="empty-title">{title}</p>
    {children ? <p>{children}</p> : null}
  </div>
);

export const statusNames: Record<Conversation['status'], TextKey> = {
  open: 'statusOpen',
  resolved: 'statusResolved',
  archived: 'statusArchived',
};

export type { Child };
