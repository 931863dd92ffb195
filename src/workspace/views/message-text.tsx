import type { FC } from 'hono/jsx';
import { linkParts } from '../../context/link-parts.js';
import { codeOf, type MessageBlock, messageBlocks } from '../message-blocks.js';
import { hitParts } from '../search-hits.js';
import { OutLink, plural } from './elements.js';

interface MessageTextProps {
  text: string;
  /** Names its folds. */
  id: string;
  /** Whether web addresses become links. */
  links: boolean;
  /** What was searched for, in words; they are marked. */
  hits?: readonly string[];
}

/** What somebody wrote: code as code, quotations and signatures folded up, addresses as links, hits marked. */
export const MessageText: FC<MessageTextProps> = ({ text, id, links, hits = [] }) => (
  <>
    {messageBlocks(text).map((block, index) => (
      <Block block={block} id={`${id}-${index}`} links={links} hits={hits} />
    ))}
  </>
);

type BlockProps = Omit<Required<MessageTextProps>, 'text'> & { block: MessageBlock };

const Block: FC<BlockProps> = (props) => {
  const { block, id, hits } = props;
  if (block.kind === 'code')
    return (
      <pre class="code" tabindex={0}>
        <code>
          <Marked text={codeOf(block.text)} hits={hits} />
        </code>
      </pre>
    );
  if (!block.folded) return <Lines {...props} />;
  const lines = block.text.trim().split('\n').length;
  return (
    <details class={`folded folded-${block.kind}`} id={`fold-${id}`}>
      <summary>{block.kind === 'quote' ? `Quoted text (${plural(lines, 'line')})` : 'Signature'}</summary>
      <Lines {...props} />
    </details>
  );
};

const Lines: FC<BlockProps> = ({ block, links, hits }) => (
  <div class={block.kind === 'text' ? 'prose' : `prose prose-${block.kind}`} dir="auto">
    {inlineCode(block.text).map(({ code, text }) =>
      code ? (
        <code>
          <Marked text={text} hits={hits} />
        </code>
      ) : (
        <Linked text={text} links={links} hits={hits} />
      ),
    )}
  </div>
);

const Linked: FC<{ text: string; links: boolean; hits: readonly string[] }> = ({ text, links, hits }) => (
  <>
    {(links ? linkParts(text) : [{ text, href: undefined }]).map((part) =>
      part.href ? (
        <OutLink href={part.href}>
          <Marked text={part.text} hits={hits} />
        </OutLink>
      ) : (
        <Marked text={part.text} hits={hits} />
      ),
    )}
  </>
);

const Marked: FC<{ text: string; hits: readonly string[] }> = ({ text, hits }) => (
  <>{hitParts(text, hits).map(({ text: run, hit }) => (hit ? <mark>{run}</mark> : run))}</>
);

/** A text without code between backticks stays in one piece. */
function inlineCode(text: string): { code: boolean; text: string }[] {
  return text
    .split(/(`[^`\n]+`)/)
    .filter((part) => part !== '')
    .map((part) => {
      const code = part.length > 2 && part.startsWith('`') && part.endsWith('`');
      return { code, text: code ? part.slice(1, -1) : part };
    });
}
