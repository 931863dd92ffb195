import type { Child, FC } from 'hono/jsx';
import type { WorkspacePageContext } from '../page-context.js';
import { translate } from '../translate.js';
import { EmptyState } from './elements.js';
import type { IconName } from './icon-paths.js';
import { WorkspacePage } from './page.js';

interface FailureProps {
  pageContext: WorkspacePageContext;
  icon: IconName;
  title: string;
  children: Child;
}

/** The page shown in place of one that failed: what happened, what was not lost, what to do next. */
export const FailurePage: FC<FailureProps> = ({ pageContext, icon, title, children }) => (
  <WorkspacePage pageContext={pageContext} title={title} view="inbox">
    <main class="sheet sheet-narrow" id="main" tabindex={-1}>
      <h1 class="sr">{title}</h1>
      <EmptyState icon={icon} title={title}>
        {children}
      </EmptyState>
      <p class="empty-action">
        <a class="button" href={`${pageContext.base}/`}>
          {translate('goToInbox')}
        </a>
      </p>
    </main>
  </WorkspacePage>
);
