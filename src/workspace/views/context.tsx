import type { FC } from 'hono/jsx';
import type { ContextResult } from '../../context/context-reader.js';
import type { ContextEntry, ContextSection, ContextValue } from '../../context/normalize-context.js';
import type { WorkspacePageContext } from '../page-context.js';
import { addQueryParameter } from '../queue-filters.js';
import { translate, translateCount, translateWithElements } from '../translate.js';
import { shortenUrl, translateOmissionReason, translateYesNo } from './context-texts.js';
import { Icon, LinkedValue } from './elements.js';
import { DateTimeLabel } from './time.js';

/** The customer's facts, or `loading` while they are being read. */
export type ContextPanelState = ContextResult | { state: 'loading' };

interface ContextProps {
  pageContext: WorkspacePageContext;
  conversationId: string;
  context: ContextPanelState;
}

/** The customer's facts that the host returned, as a page fragment of its own, which may be loaded after the page. */
export const ContextPanel: FC<ContextProps> = (props) => {
  const { pageContext, conversationId, context } = props;
  return (
    <section
      class="context"
      id="context"
      aria-label={translate('customerContext')}
      aria-busy={context.state === 'loading' ? 'true' : undefined}
      data-context={`${pageContext.base}/c/${conversationId}/context${pageContext.queue}`}
      data-state={context.state}
    >
      <div class="context-head">
        <h2>{translate('roleCustomer')}</h2>
        {context.state === 'loading' || context.state === 'unconfigured' || context.state === 'anonymous' ? null : (
          <span class="context-age">
            <span class="faint">
              {translateWithElements('asOf', { time: <DateTimeLabel at={context.fetchedAt} as="time" /> })}
            </span>{' '}
            <ReloadLink {...props} label={translate('refreshContext')} />
          </span>
        )}
      </div>
      <Facts {...props} />
    </section>
  );
};

const ReloadLink: FC<ContextProps & { label: string; words?: string }> = ({
  pageContext,
  conversationId,
  label,
  words,
}) => (
  <a
    class={words ? 'button button-small' : 'icon-button icon-button-small'}
    href={`${pageContext.base}/c/${conversationId}${addQueryParameter(pageContext.queue, 'context', 'wait')}#rail`}
    data-reload-context
    aria-label={words ? undefined : label}
    title={label}
  >
    <Icon name="refresh-cw" />
    {words}
  </a>
);

const Facts: FC<ContextProps> = (props) => {
  const { context } = props;
  switch (context.state) {
    case 'available':
      return (
        <>
          {context.sections.map((section) => (
            <Section section={section} />
          ))}
        </>
      );
    case 'loading':
      return (
        <div class="context-state" role="status">
          <p class="js">{translate('loadingFacts')}</p>
          <p class="no-js">
            <ReloadLink {...props} label={translate('showFacts')} words={translate('showFacts')} />
          </p>
        </div>
      );
    case 'empty':
      return <p class="context-state faint">{translate('noFacts')}</p>;
    case 'anonymous':
      return (
        <div class="context-state">
          <p class="context-state-title">{translate('noCustomer')}</p>
          <p class="faint">{translate('noActorId')}</p>
        </div>
      );
    case 'unconfigured':
      return (
        <div class="context-state">
          <p class="context-state-title">
            <Icon name="unplug" /> {translate('contextUnavailable')}
          </p>
          <p class="faint">
            {translateWithElements('noProvider', {
              key: <code>contextProvider</code>,
              command: <code>cairnloop gen context</code>,
            })}
          </p>
        </div>
      );
    case 'unavailable':
      return (
        <div class="context-state">
          <p class="context-state-title">
            <Icon name="unplug" /> {translate('contextUnavailable')}
          </p>
          <p class="faint">{translateWithElements('providerFailed', { key: <code>contextProvider</code> })}</p>
          <ReloadLink {...props} label={translate('tryAgain')} words={translate('retry')} />
        </div>
      );
  }
};

const Section: FC<{ section: ContextSection }> = ({ section }) => (
  <section class="facts-section">
    <h3>
      <bdi>{section.header}</bdi>
    </h3>
    <Entries entries={section.entries} />
  </section>
);

/** Facts in rows of label and value; a value without a label takes a whole row. */
const Entries: FC<{ entries: ContextEntry[] }> = ({ entries }) => (
  <>
    {groupByLabel(entries).map((run) =>
      run.labelled ? (
        <dl class="rows-of-facts">
          {run.entries.map((entry) => (
            <div class={isWide(entry.value) ? 'fact-row fact-row-wide' : 'fact-row'}>
              <dt>
                <bdi>{entry.label}</bdi>
              </dt>
              <dd>
                <Value value={entry.value} />
              </dd>
            </div>
          ))}
        </dl>
      ) : (
        run.entries.map((entry) => <Value value={entry.value} />)
      ),
    )}
  </>
);

function groupByLabel(entries: ContextEntry[]): { labelled: boolean; entries: ContextEntry[] }[] {
  const runs: { labelled: boolean; entries: ContextEntry[] }[] = [];
  for (const entry of entries) {
    const labelled = entry.label !== '';
    const last = runs.at(-1);
    if (last?.labelled === labelled) last.entries.push(entry);
    else runs.push({ labelled, entries: [entry] });
  }
  return runs;
}

function isWide(value: ContextValue): boolean {
  return value.kind === 'group' || value.kind === 'blocks' || value.kind === 'list';
}

const Value: FC<{ value: ContextValue }> = ({ value }) => {
  switch (value.kind) {
    case 'text':
      return <Text value={value} />;
    case 'list':
      return (
        <ul class="fact-list">
          {value.items.map((item) => (
            <li>
              <Value value={item} />
            </li>
          ))}
        </ul>
      );
    case 'blocks': {
      const table = tableOf(value.blocks);
      if (table) return <Table {...table} />;
      return (
        <div class="fact-blocks">
          {value.blocks.map((block) => (
            <div class="fact-block">
              <Entries entries={block} />
            </div>
          ))}
        </div>
      );
    }
    case 'group':
      return (
        <div class="fact-group">
          <Entries entries={value.entries} />
        </div>
      );
    case 'truncated':
      return <span class="fact-note">… {translateOmissionReason(value.reason)}</span>;
    case 'unsupported':
      return <span class="fact-note">{translateWithElements('cannotBeShown', { what: <bdi>{value.what}</bdi> })}</span>;
  }
};

interface FactTable {
  labels: string[];
  rows: ContextValue[][];
}

/** The most columns of a table that fit beside a conversation. */
const maxColumns = 4;

/** Returns a table for a list of maps with the same keys; null for any other list. */
function tableOf(blocks: ContextEntry[][]): FactTable | null {
  const labels = (blocks[0] ?? []).map(({ label }) => label);
  const isOfShape = (block: ContextEntry[]) =>
    block.length === labels.length &&
    block.every(({ label, value }, index) => label === labels[index] && value.kind === 'text' && label !== '');
  if (blocks.length < 2 || labels.length < 2 || labels.length > maxColumns || !blocks.every(isOfShape)) return null;
  return { labels, rows: blocks.map((block) => block.map(({ value }) => value)) };
}

const Table: FC<FactTable> = ({ labels, rows }) => (
  <table class="fact-table">
    <thead>
      <tr>
        {labels.map((label) => (
          <th scope="col">
            <bdi>{label}</bdi>
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {rows.map((values) => (
        <tr>
          {values.map((value) => (
            <td>
              <Value value={value} />
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);

/** How many characters of a collapsed value are shown. */
const foldedLength = 240;

/** Collapses a long value, so that the other facts stay visible. */
const Folded: FC<{ text: string }> = ({ text }) => (
  <div class="fold">
    <bdi class="fact-text">{text}</bdi>
    <details>
      <summary>
        <span class="fold-more">{translate('showAll')}</span>
        <span class="fold-less">{translate('showLess')}</span>
      </summary>
    </details>
  </div>
);

const Text: FC<{ value: Extract<ContextValue, { kind: 'text' }> }> = ({ value }) => {
  switch (value.presentation) {
    case 'link':
      return <LinkedValue text={shortenUrl(value.text)} href={value.href} whole={value.text} />;
    case 'email':
      return <LinkedValue text={value.text} href={value.href} />;
    case 'date':
      return (
        <time datetime={value.iso}>
          <bdi>{value.text}</bdi>
        </time>
      );
    case 'plain':
      return (
        <>
          {value.text.length > foldedLength ? <Folded text={value.text} /> : <bdi class="fact-text">{value.text}</bdi>}
          {value.leftOut ? <span class="fact-note"> … {translateCount('charactersLeft', value.leftOut)}</span> : null}
        </>
      );
    default:
      return (
        <span class={`fact-${value.presentation}`}>
          {value.presentation === 'boolean' ? translateYesNo(value.text) : value.text}
        </span>
      );
  }
};
