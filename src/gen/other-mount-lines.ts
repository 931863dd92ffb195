/** The mount in a framework without lines of its own: a handler, and how it is called there. */
import { fetchLines } from './lazy-mount-lines.js';
import { type MountLines, portal, workspace } from './mount-lines.js';
import type { OtherFramework } from './other-frameworks.js';

export function otherMountLines({ title, handler, call }: OtherFramework): MountLines {
  const unknown = `your ${title} application. It is none of the frameworks that init knows, so check where`;
  if (handler === 'fetch')
    return {
      title: `${unknown} requests have the standard Request, whose body nobody has read, and call supportResponse there`,
      file: 'support',
      isLazy: true,
      lines: [...fetchLines(false), ...call],
      typedLines: [...fetchLines(true), ...call],
    };
  return {
    title: `${unknown} requests have Node's request and response, before a body parser, and call supportHandler there`,
    file: 'server',
    lines: [...nodeLines(false), ...call],
    typedLines: ["import type { IncomingMessage, ServerResponse } from 'node:http';", ...nodeLines(true), ...call],
  };
}

const nodeLines = (isTyped: boolean) => [
  'const operations = cairnloop.operations();',
  `const workspace = cairnloop.${workspace};`,
  `const portal = cairnloop.${portal};`,
  isTyped
    ? 'const supportHandler = (req: IncomingMessage, res: ServerResponse, next: () => void) =>'
    : 'const supportHandler = (req, res, next) =>',
  '  operations.node(req, res, () => workspace.node(req, res, () => portal.node(req, res, next)));',
];
