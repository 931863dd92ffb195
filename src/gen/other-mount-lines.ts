/** The mount lines for a framework that has none of its own: a handler, and how to call it. */
import { fetchHandlerMountLines } from './lazy-mount-lines.js';
import { type MountCode, portalMountCallCode, workspaceMountCallCode } from './mount-lines.js';
import type { PartlySupportedFramework } from './other-frameworks.js';

export function genericMountLines({ title, handler, call }: PartlySupportedFramework): MountCode {
  const unknown = `your ${title} application. init does not know this framework: find the place where`;
  if (handler === 'fetch')
    return {
      title: `${unknown} requests are standard Request objects with an unread body, and call supportResponse there`,
      file: 'support',
      isLazy: true,
      lines: [...fetchHandlerMountLines(false), ...call],
      typedLines: [...fetchHandlerMountLines(true), ...call],
    };
  return {
    title: `${unknown} requests are Node's request and response, before a body parser, and call supportHandler there`,
    file: 'server',
    lines: [...nodeLines(false), ...call],
    typedLines: ["import type { IncomingMessage, ServerResponse } from 'node:http';", ...nodeLines(true), ...call],
  };
}

const nodeLines = (isTyped: boolean) => [
  'const operations = cairnloop.operations();',
  `const workspace = cairnloop.${workspaceMountCallCode};`,
  `const portal = cairnloop.${portalMountCallCode};`,
  isTyped
    ? 'const supportHandler = (req: IncomingMessage, res: ServerResponse, next: () => void) =>'
    : 'const supportHandler = (req, res, next) =>',
  '  operations.node(req, res, () => workspace.node(req, res, () => portal.node(req, res, next)));',
];
