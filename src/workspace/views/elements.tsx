/** The small parts that every view is made of. */
import { raw } from 'hono/html';
import type { Child, FC, PropsWithChildren } from 'hono/jsx';
import { linkParts } from '../../context/link-parts.js';
import { safeHref } from '../../context/safe-href.js';
import type { Actor } from '../../contracts/domain.js';
import type { PageContext } from '../page-context.js';
import { type IconName, icons } from './icon-paths.js';

/** A drawing without meaning of its own: the words beside it say what it shows. */
export const Icon: FC<{ name: IconName }> = ({ name }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    {raw(icons[name])}
  </svg>
);

/** Foreign text on a line of ours, kept from turning the line around. */
export const Name: FC<{ text: string | null; empty?: string }> = ({ text, empty = 'Unnamed' }) =>
  text ? <bdi>{text}</bdi> : <span class="faint">{empty}</span>;

export const ActorName: FC<{ actor: Actor | null }> = ({ actor }) => {
  if (!actor) return <span class="faint">unknown</span>;
  return <bdi title={actor.id}>{actorText(actor)}</bdi>;
};

/** An actor in words; the parts of the system have names of their own. */
export function actorText(actor: Actor): string {
  if (actor.name) return actor.name;
  return actor.id.startsWith('system:') ? `System (${actor.id.slice('system:'.length)})` : actor.id;
}

/** Foreign text in full: line breaks kept, web addresses as links unless they are not to be trusted. */
export const Prose: FC<{ text: string; links?: boolean }> = ({ text, links = true }) => (
  <div class="prose" dir="auto">
    {links
      ? linkParts(text).map((part) => (part.href ? <OutLink href={part.href}>{part.text}</OutLink> : part.text))
      : text}
  </div>
);

export const OutLink: FC<PropsWithChildren<{ href: string }>> = ({ href, children }) => (
  <a href={href} rel="noreferrer noopener" target="_blank">
    {children}
  </a>
);

/** A value that is an address as a whole becomes a link, if it may be followed; any other stays text. */
export const LinkedValue: FC<{ text: string; href?: string; whole?: string }> = ({ text, href = text, whole }) => {
  const safe = safeHref(href);
  return safe ? (
    <OutLink href={safe}>
      <bdi title={whole}>{text}</bdi>
    </OutLink>
  ) : (
    <bdi>{text}</bdi>
  );
};

/** A form that changes something: it carries the operator's token, and the queue that stays beside the page. */
export const ActionForm: FC<
  PropsWithChildren<{ frame: PageContext; action: string; class?: string; label?: string; id?: string }>
> = ({ frame, action, class: className, label, id, children }) => (
  <form method="post" action={`${frame.base}${action}`} class={className} aria-label={label} id={id} data-action>
    <input type="hidden" name="token" value={frame.token} />
    {frame.queue ? <input type="hidden" name="queue" value={frame.queue} /> : null}
    {children}
  </form>
);

export const Empty: FC<PropsWithChildren<{ icon: IconName; title: string }>> = ({ icon, title, children }) => (
  <div class="empty">
    <Icon name={icon} />
    <p class="empty-title">{title}</p>
    {children ? <p>{children}</p> : null}
  </div>
);

export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

export type { Child };
