import type { Child, FC } from 'hono/jsx';
import type { PageContext } from '../page-context.js';
import { t } from '../words.js';
import { Empty } from './elements.js';
import type { IconName } from './icon-paths.js';
import { Page } from './page.js';

interface FailureProps {
  frame: PageContext;
  icon: IconName;
  title: string;
  children: Child;
}

/** A page for what could not be shown: what happened, what was not lost, what to do. */
export const FailurePage: FC<FailureProps> = ({ frame, icon, title, children }) => (
  <Page frame={frame} title={title} view="inbox">
    <main class="sheet sheet-narrow" id="main" tabindex={-1}>
      <h1 class="sr">{title}</h1>
      <Empty icon={icon} title={title}>
        {children}
      </Empty>
      <p class="empty-action">
        <a class="button" href={`${frame.base}/`}>
          {t('goToInbox')}
        </a>
      </p>
    </main>
  </Page>
);
