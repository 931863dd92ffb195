/** The small components that all views use. */
import { raw } from 'hono/html';
import type { Child, FC, PropsWithChildren } from 'hono/jsx';
import { toSafeHref } from '../../context/safe-href.js';
import { splitAtLinks } from '../../context/split-at-links.js';
import type { Actor, Conversation } from '../../contracts/domain.js';
import { systemActorName } from '../package-texts.js';
import type { WorkspacePageContext } from '../page-context.js';
import type { WorkspaceTextKey } from '../strings/strings.js';
import { translate } from '../translate.js';
import { type IconName, iconPaths } from './icon-paths.js';

/** Icons that point in the reading direction: right-to-left languages show them mirrored. */
const directed: ReadonlySet<IconName> = new Set<IconName>(['arrow-left', 'panel-right', 'reply', 'send']);

/** A decorative icon, hidden from screen readers: the text beside it says the same. */
export const Icon: FC<{ name: IconName }> = ({ name }) => (
  <svg
    class={directed.has(name) ? 'icon icon-directed' : 'icon'}
    viewBox="0 0 24 24"
    aria-hidden="true"
    focusable="false"
  >
    {raw(iconPaths[name])}
  </svg>
);

/** Untrusted text on one line, isolated so that right-to-left text does not reorder the line. */
export const InlineText: FC<{ text: string | null; empty?: string }> = ({ text, empty = translate('unnamed') }) =>
  text ? <bdi>{text}</bdi> : <span class="faint">{empty}</span>;

export const ActorName: FC<{ actor: Actor | null }> = ({ actor }) => {
  if (!actor) return <span class="faint">{translate('unknown')}</span>;
  return <bdi title={actor.id}>{actorDisplayName(actor)}</bdi>;
};

/** Returns the displayed name of an actor; parts of the system have translated names. */
export function actorDisplayName({ id, name }: Actor): string {
  if (id === 'system:automation') return translate('roleAutomation');
  if (name) return name;
  if (id === 'anonymous') return translate('anonymousActor');
  return id.startsWith('system:')
    ? translate('systemActor', { part: systemActorName(id.slice('system:'.length)) })
    : id;
}

/** Untrusted text with its line breaks; URLs become links only if `links` is set. */
export const MultilineText: FC<{ text: string; links?: boolean }> = ({ text, links = true }) => (
  <div class="prose" dir="auto">
    {links
      ? splitAtLinks(text).map((part) =>
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

/** A value that becomes a link if it is a URL with an allowed scheme; any other value stays text. */
export const LinkedValue: FC<{ text: string; href?: string; whole?: string }> = ({ text, href = text, whole }) => {
  const safe = toSafeHref(href);
  return safe ? (
    <ExternalLink href={safe}>
      <bdi title={whole}>{text}</bdi>
    </ExternalLink>
  ) : (
    <bdi>{text}</bdi>
  );
};

/** A form that sends a POST with the operator's CSRF token and the queue view of the page. */
export const ActionForm: FC<
  PropsWithChildren<{ pageContext: WorkspacePageContext; action: string; class?: string; label?: string; id?: string }>
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

export const conversationStatusNames: Record<Conversation['status'], WorkspaceTextKey> = {
  open: 'statusOpen',
  resolved: 'statusResolved',
  archived: 'statusArchived',
};

export type { Child };
