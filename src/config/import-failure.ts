import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { maskUrls } from '../foundation/describe-found.js';
import { errorText, redact } from '../foundation/redact.js';

const ownFolder = fileURLToPath(new URL('..', import.meta.url));

/** Explains why a host's file could not be imported: the error, and the line of the host's files where it occurred. */
export function explainImportFailure(error: unknown, cwd: string): string {
  const message = errorMessage(error);
  const place = hostPlace(error);
  return place ? `${message} (${relative(cwd, place)})` : message;
}

function errorMessage(error: unknown): string {
  const { name, message } = Object(error) as Partial<Error>;
  const text = typeof message === 'string' ? message : errorText(error, 1000);
  const prefix = typeof name === 'string' && name !== 'Error' ? `${name}: ` : '';
  return maskUrls(redact(prefix + withoutPlaces(text))).slice(0, 1000);
}

/** Removes the file names that Node and jiti add to some messages, because the place is printed separately. */
function withoutPlaces(message: string): string {
  return (message.split('\nRequire stack:')[0] as string)
    .replace(/\s*\n\s*\S+:\d+:\d+\s*$/, '')
    .replace(/^ParseError: |^TRANSFORM_ERROR: /, 'SyntaxError: ')
    .trim();
}

/** The first stack frame in the host's own files, as `file:line`. */
function hostPlace(error: unknown): string | undefined {
  const { stack = '', requireStack = [] } = Object(error) as { stack?: string; requireStack?: string[] };
  const frames = stack.matchAll(/(?:^|[\s(])((?:file:\/\/|\/|[A-Z]:\\)[^\n()]*?):(\d+)(?::\d+)?\)?\s*$/gm);
  const places = [...frames].map(([, file = '', line]) => `${toPath(file)}:${line}`);
  return [...requireStack, ...places].find(isHostFile);
}

function toPath(file: string): string {
  return file.startsWith('file://') ? fileURLToPath(file) : file;
}

function isHostFile(place: string): boolean {
  return isAbsolute(place) && !place.includes(`${sep}node_modules${sep}`) && !place.startsWith(ownFolder);
}
