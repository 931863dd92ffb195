import { html } from 'hono/html';
import type { Child, FC } from 'hono/jsx';
import type { PageNotice, PageTheme, WorkspacePageContext } from '../page-context.js';
import type { WorkspaceTextKey } from '../strings/strings.js';
import { currentLocalizedTexts, pageScriptTextsJson, translate } from '../translate.js';
import { ActionForm, Icon } from './elements.js';
import { HelpDialog } from './help.js';
import type { IconName } from './icon-paths.js';

export type WorkspaceViewName = 'inbox' | 'audit' | 'deliveries' | 'sla' | 'report';

const views: { name: WorkspaceViewName; path: string; label: WorkspaceTextKey; icon: IconName }[] = [
  { name: 'inbox', path: '/', label: 'viewInbox', icon: 'inbox' },
  { name: 'audit', path: '/audit', label: 'viewAudit', icon: 'scroll-text' },
  { name: 'deliveries', path: '/deliveries', label: 'viewDeliveries', icon: 'send' },
  { name: 'sla', path: '/sla', label: 'viewSla', icon: 'timer' },
  { name: 'report', path: '/report', label: 'viewReport', icon: 'chart-column' },
];

interface PageProps {
  pageContext: WorkspacePageContext;
  title: string;
  view: WorkspaceViewName;
  search?: string;
  children: Child;
}

/** A whole page of the workspace: the top bar, and the view below it. */
export const WorkspacePage: FC<PageProps> = ({ pageContext, title, view, search, children }) => (
  <>
    {html`<!doctype html>`}
    <html
      lang={currentLocalizedTexts().locale}
      dir={currentLocalizedTexts().dir}
      data-theme={pageContext.theme}
      data-base={pageContext.base}
      data-operator={pageContext.operator.id}
      data-now={pageContext.now.toISOString()}
    >
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{`${title} · ${pageContext.product}`}</title>
        <link rel="icon" href={pageContext.assets.href('mark.svg')} type="image/svg+xml" />
        <link rel="stylesheet" href={pageContext.assets.href('workspace.css')} />
        {pageContext.assets.hostStyles ? <link rel="stylesheet" href={pageContext.assets.href('host.css')} /> : null}
        {pageContext.assets.scripts.map((script) => (
          <link rel="modulepreload" href={pageContext.assets.href(script)} />
        ))}
        <script
          type="module"
          id="script"
          src={pageContext.assets.href('main.js')}
          data-texts={pageScriptTextsJson()}
        ></script>
      </head>
      <body>
        <a class="skip" href="#main">
          {translate('skip')}
        </a>
        <TopBar pageContext={pageContext} view={view} search={search ?? ''} />
        <ConnectionBar pageContext={pageContext} />
        {children}
        <HelpDialog />
        <NoticeForm />
        <div class="sr" id="announcer" role="status" aria-live="polite"></div>
      </body>
    </html>
  </>
);

const TopBar: FC<{ pageContext: WorkspacePageContext; view: WorkspaceViewName; search: string }> = ({
  pageContext,
  view,
  search,
}) => (
  <header class="topbar">
    <a class="brand" href={`${pageContext.base}/`}>
      <Mark />
      <bdi>{pageContext.product}</bdi>
    </a>
    <nav class="views" aria-label={translate('views')}>
      {views.map((entry) => (
        <a href={`${pageContext.base}${entry.path}`} aria-current={entry.name === view ? 'page' : undefined}>
          <Icon name={entry.icon} />
          <span class="views-label">{translate(entry.label)}</span>
        </a>
      ))}
    </nav>
    <search class="search">
      <form method="get" action={`${pageContext.base}/`}>
        <Icon name="search" />
        <input
          type="search"
          id="search"
          name="q"
          value={search}
          aria-label={translate('searchConversations')}
          placeholder={translate('searchConversations')}
          autocomplete="off"
          maxlength={200}
        />
        <kbd class="js">/</kbd>
      </form>
    </search>
    <div class="topbar-end">
      {/* Where there is no room for the field. */}
      <a
        class="icon-button search-link"
        href={`${pageContext.base}/#search`}
        aria-label={translate('searchConversations')}
      >
        <Icon name="search" />
      </a>
      <button
        type="button"
        class="icon-button js"
        data-help
        aria-label={translate('keyboardShortcuts')}
        title={translate('keyboardShortcutsHint')}
      >
        <Icon name="keyboard" />
      </button>
      <ThemeForm pageContext={pageContext} />
      <span class="operator" title={translate('signedInAs')}>
        <Icon name="user-round" />
        <bdi>{pageContext.operator.name ?? pageContext.operator.id}</bdi>
      </span>
    </div>
  </header>
);

const themeSteps: { theme: PageTheme; next: PageTheme; words: WorkspaceTextKey; icon: IconName }[] = [
  { theme: 'system', next: 'light', words: 'themeSystem', icon: 'sun-moon' },
  { theme: 'light', next: 'dark', words: 'themeLight', icon: 'sun' },
  { theme: 'dark', next: 'system', words: 'themeDark', icon: 'moon' },
];

/** Buttons that change the theme; the stylesheet shows only the one for the next theme. */
const ThemeForm: FC<{ pageContext: WorkspacePageContext }> = ({ pageContext }) => (
  <ActionForm pageContext={pageContext} action="/theme" class="theme">
    <input type="hidden" name="back" value={pageContext.path} />
    {themeSteps.map(({ theme, next, words, icon }) => {
      const then = themeSteps.find((step) => step.theme === next)?.words ?? words;
      const label = translate('themeButton', { now: translate(words), next: translate(then) });
      return (
        <button
          type="submit"
          class={`icon-button theme-${theme}`}
          name="theme"
          value={next}
          aria-label={label}
          title={label}
        >
          <Icon name={icon} />
        </button>
      );
    })}
  </ActionForm>
);

/** The logo: a cairn of three stones. */
const Mark: FC = () => (
  <svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <ellipse cx="12" cy="18.6" rx="9" ry="3.6" />
    <ellipse cx="11.4" cy="11.9" rx="6.2" ry="3" />
    <ellipse cx="12.6" cy="6.3" rx="3.7" ry="2.4" />
  </svg>
);

const noticeIcons: Record<PageNotice['tone'], IconName> = {
  done: 'circle-check',
  conflict: 'triangle-alert',
  error: 'triangle-alert',
};

/** The banner for a lost connection, shown by the page's script. */
const ConnectionBar: FC<{ pageContext: WorkspacePageContext }> = ({ pageContext }) => (
  <div class="connection" id="connection" role="alert" hidden>
    <Icon name="triangle-alert" />
    <p>
      <strong></strong> <span class="connection-text"></span>
    </p>
    {pageContext.signInUrl ? (
      <a class="button button-small" href={pageContext.signInUrl} target="_blank" rel="noopener" hidden>
        {translate('signIn')}
      </a>
    ) : null}
    <button type="button" class="button button-small" id="connection-retry">
      {translate('tryAgain')}
    </button>
  </div>
);

/** The HTML template from which the page's script makes notices. */
const NoticeForm: FC = () => (
  <template id="notice-form">
    <div class="notice" role="alert">
      <Icon name="triangle-alert" />
      <div>
        <strong></strong> <span class="notice-text"></span>
      </div>
    </div>
  </template>
);

export const NoticeBox: FC<{ notice: PageNotice | undefined }> = ({ notice }) => (
  <div id="notice" data-live>
    {notice ? (
      <div class={`notice notice-${notice.tone}`} role={notice.tone === 'done' ? 'status' : 'alert'}>
        <Icon name={noticeIcons[notice.tone]} />
        <div>
          <strong>{notice.title}</strong> {notice.text}
        </div>
      </div>
    ) : null}
  </div>
);
