import { html } from 'hono/html';
import type { Child, FC, PropsWithChildren } from 'hono/jsx';
import type { PortalPageContext } from '../handler.js';

/** A whole page of the portal, for one customer. */
export const PortalPage: FC<{ pageContext: PortalPageContext; title: string; children: Child }> = ({
  pageContext,
  title,
  children,
}) => {
  const { base, assets, customer, localized } = pageContext;
  const { texts, locale, dir } = localized;
  return (
    <>
      {html`<!doctype html>`}
      <html lang={locale} dir={dir} data-base={base}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="robots" content="noindex" />
          <meta name="color-scheme" content="light dark" />
          <title>{`${title} · ${texts.title}`}</title>
          <link rel="icon" href={assets.href('mark.svg')} type="image/svg+xml" />
          <link rel="stylesheet" href={assets.href('portal.css')} />
          {assets.hostStyles ? <link rel="stylesheet" href={assets.href('host.css')} /> : null}
          <script type="module" src={assets.href('portal.js')}></script>
        </head>
        <body>
          <a class="skip" href="#main">
            {texts.skip}
          </a>
          <header class="top">
            <div class="column">
              <a class="brand" href={`${base}/`}>
                <Mark />
                <span>{texts.title}</span>
              </a>
              {customer.name ? (
                <span class="customer">
                  <span class="sr">{texts.signedInAs} </span>
                  <bdi>{customer.name}</bdi>
                </span>
              ) : null}
            </div>
          </header>
          <main id="main" class="column" tabindex={-1}>
            {children}
          </main>
          <template id="failed">{texts.failed}</template>
        </body>
      </html>
    </>
  );
};

/** The logo: a cairn of three stones. */
const Mark: FC = () => (
  <svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <ellipse cx="12" cy="18.6" rx="9" ry="3.6" />
    <ellipse cx="11.4" cy="11.9" rx="6.2" ry="3" />
    <ellipse cx="12.6" cy="6.3" rx="3.7" ry="2.4" />
  </svg>
);

export const ProblemBox: FC<{ pageContext: PortalPageContext; text: string }> = ({ pageContext, text }) => (
  <section class="empty">
    <h1>{text}</h1>
    <p>
      <a class="button" href={`${pageContext.base}/`}>
        {pageContext.localized.texts.allConversations}
      </a>
    </p>
  </section>
);

/** The problem with a refused form, shown above its fields. */
export const FormProblem: FC<{ text: string | undefined }> = ({ text }) => (
  <div class="notice-slot">
    {text ? (
      <p class="notice" role="alert">
        {text}
      </p>
    ) : null}
  </div>
);

/** A form that sends a POST with the customer's CSRF token and a nonce. */
export const CsrfProtectedForm: FC<
  PropsWithChildren<{ pageContext: PortalPageContext; action: string; nonce: string; class?: string; id?: string }>
> = ({ pageContext, action, nonce, class: className, id, children }) => (
  <form method="post" action={`${pageContext.base}${action}`} class={className} id={id}>
    <input type="hidden" name="token" value={pageContext.token} />
    <input type="hidden" name="nonce" value={nonce} />
    {children}
  </form>
);

/** A date and time in UTC; the page's script converts it to the customer's time zone. */
export const DateTimeLabel: FC<{ at: Date; locale: string }> = ({ at, locale }) => (
  <time datetime={at.toISOString()}>
    {new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC
  </time>
);
