import type { FC } from 'hono/jsx';
import { splitAtLinks } from '../../context/split-at-links.js';
import { codeBlockWithoutFences, type MessageBlock, splitIntoMessageBlocks } from '../message-blocks.js';
import { splitAtSearchHits } from '../search-hits.js';
import { translate, translateCount } from '../translate.js';
import { ExternalLink } from './elements.js';

interface MessageTextProps {
  text: string;
  /** The prefix for the HTML ids of collapsed parts. */
  id: string;
  /** Whether web addresses in the text become links. */
  links: boolean;
  /** The searched words, which are highlighted in the text. */
  hits?: readonly string[];
}

/** The text of a message: code blocks, collapsed quotations and signatures, links and highlighted search hits. */
export const MessageText: FC<MessageTextProps> = ({ text, id, links, hits = [] }) => (
  <>
    {splitIntoMessageBlocks(text).map((block, index) => (
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
          <Marked text={codeBlockWithoutFences(block.text)} hits={hits} />
        </code>
      </pre>
    );
  if (!block.folded) return <Lines {...props} />;
  const lines = block.text.trim().split('\n').length;
  return (
    <details class={`folded folded-${block.kind}`} id={`fold-${id}`}>
      <summary>{block.kind === 'quote' ? translateCount('quoted', lines) : translate('signature')}</summary>
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
    {(links ? splitAtLinks(text) : [{ text, href: undefined }]).map((part) =>
      part.href ? (
        <ExternalLink href={part.href}>
          <Marked text={part.text} hits={hits} />
        </ExternalLink>
      ) : (
        <Marked text={part.text} hits={hits} />
      ),
    )}
  </>
);

const Marked: FC<{ text: string; hits: readonly string[] }> = ({ text, hits }) => (
  <>{splitAtSearchHits(text, hits).map(({ text: run, hit }) => (hit ? <mark>{run}</mark> : run))}</>
);

/** Splits a text at inline code in backticks. */
function inlineCode(text: string): { code: boolean; text: string }[] {
  return text
    .split(/(`[^`\n]+`)/)
    .filter((part) => part !== '')
    .map((part) => {
      const code = part.length > 2 && part.startsWith('`') && part.endsWith('`');
      return { code, text: code ? part.slice(1, -1) : part };
    });
}
