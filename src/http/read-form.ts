import type { IncomingMessage } from 'node:http';
import { types } from 'node:util';
import {
  defaultFormLimits,
  emptyFormFields,
  type FormFields,
  type FormLimits,
  parsedFormFields,
  toFormFields,
} from './fields.js';

/** Why a posted form could not be read. `already read`: the stream was consumed, and no parsed body can be found. */
export type FormReadFailure = 'too large' | 'too slow' | 'malformed' | 'already read';

export interface FormReadOptions {
  limits?: FormLimits;
  /** The content types to accept. Default: forms only. */
  accepts?: readonly ('form' | 'json')[];
  /** How long to wait for the next bytes of the body, in milliseconds. */
  idleMs?: number;
}

const defaultIdleMs = 30_000;

type Kind = 'urlencoded' | 'multipart' | 'json';

/**
 * Reads the fields of a posted form from the request's stream, or from the body that a host's parser left. Call it
 * after identification and origin check. Never rejects.
 */
export async function readForm(
  request: Request,
  incoming?: IncomingMessage,
  { limits = defaultFormLimits, accepts = ['form'], idleMs = defaultIdleMs }: FormReadOptions = {},
): Promise<FormFields | FormReadFailure> {
  try {
    const type = request.headers.get('content-type') ?? '';
    const kind = kindOf(type);
    if (!kind || !accepts.includes(kind === 'json' ? 'json' : 'form')) return emptyFormFields;
    if (Number(request.headers.get('content-length')) > limits.maxBytes) return 'too large';
    if (incoming && wasRead(incoming)) return await fieldsOfParsed(incoming, { type, kind }, limits);
    if (request.bodyUsed || request.body?.locked) return 'already read';
    if (!/^(?:identity)?$/i.test(request.headers.get('content-encoding') ?? '')) return 'malformed';
    const body = await readBody(request, limits.maxBytes, idleMs);
    return typeof body === 'string' ? body : await fieldsOfBytes(body, { type, kind }, limits);
  } catch {
    // The multipart body is incomplete, or the connection was closed.
    return 'malformed';
  }
}

function kindOf(type: string): Kind | undefined {
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) return 'urlencoded';
  if (/^multipart\/form-data\b/i.test(type)) return 'multipart';
  return /^application\/json\b/i.test(type) ? 'json' : undefined;
}

/** Parsers set `body: {}` on requests they did not read, so check the stream, not the body. */
function wasRead(incoming: IncomingMessage): boolean {
  return incoming.readableDidRead || incoming.readableEnded;
}

interface BodyType {
  type: string;
  kind: Kind;
}

async function fieldsOfParsed(
  incoming: IncomingMessage,
  type: BodyType,
  limits: FormLimits,
): Promise<FormFields | FormReadFailure> {
  const { body, rawBody } = leftOn(incoming);
  for (const left of [body, rawBody]) {
    const bytes = typeof left === 'string' ? Buffer.from(left.slice(0, limits.maxBytes + 1)) : left;
    if (types.isUint8Array(bytes)) return fieldsOfBytes(bytes, type, limits);
    if (typeof bytes !== 'object' || bytes === null || types.isProxy(bytes)) continue;
    if (Object.keys(bytes).length > 0) return parsedFormFields(bytes, limits);
  }
  return hadBody(incoming) ? 'already read' : emptyFormFields;
}

/** The body that the host's parser left on the request; its getter may throw. */
function leftOn(incoming: IncomingMessage): { body?: unknown; rawBody?: unknown } {
  const holder = incoming as { body?: unknown; rawBody?: unknown };
  const read = (name: 'body' | 'rawBody') => {
    try {
      return holder[name];
    } catch {
      return undefined;
    }
  };
  return { body: read('body'), rawBody: read('rawBody') };
}

function hadBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Reads the body and counts bytes: Content-Length may be absent. */
async function readBody(request: Request, maxBytes: number, idleMs: number): Promise<Buffer | FormReadFailure> {
  const chunks: Uint8Array[] = [];
  const reader = request.body?.getReader();
  let size = 0;
  for (;;) {
    const read = await nextChunk(reader, idleMs);
    if (read === 'too slow') return stopReading(reader, read);
    if (read.done) return Buffer.concat(chunks);
    size += read.value.byteLength;
    if (size > maxBytes) return stopReading(reader, 'too large');
    chunks.push(read.value);
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function nextChunk(
  reader: Reader | undefined,
  idleMs: number,
): Promise<Awaited<ReturnType<Reader['read']>> | 'too slow'> {
  if (!reader) return { done: true, value: undefined };
  let timer: NodeJS.Timeout | undefined;
  const idle = new Promise<'too slow'>((resolve) => {
    timer = setTimeout(resolve, idleMs, 'too slow');
  });
  try {
    return await Promise.race([reader.read(), idle]);
  } finally {
    clearTimeout(timer);
  }
}

/** Cancels the body without waiting for its rest. */
function stopReading(reader: Reader | undefined, why: FormReadFailure): FormReadFailure {
  reader?.cancel().catch(() => {});
  return why;
}

async function fieldsOfBytes(
  bytes: Uint8Array,
  { type, kind }: BodyType,
  limits: FormLimits,
): Promise<FormFields | FormReadFailure> {
  if (byteLengthOf(bytes) > limits.maxBytes) return 'too large';
  if (kind === 'multipart')
    return partsOf(bytes, type) > limits.maxFields ? 'too large' : fieldsOfMultipart(bytes, type);
  const text = new TextDecoder().decode(bytes);
  if (kind === 'json') return fieldsOfJson(text, limits);
  if (countOf('&', text) >= limits.maxFields) return 'too large';
  return toFormFields(new URLSearchParams(text));
}

/** Uses the platform's getter: the host may have set its own `byteLength` property. */
function byteLengthOf(bytes: Uint8Array): number {
  return typedArrayLength.call(bytes);
}

const typedArrayLength = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'byteLength')
  ?.get as () => number;

/** Counts the parts of a multipart body by their boundary, which is cheap: each costs the parser far more. */
function partsOf(bytes: Uint8Array, type: string): number {
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type);
  const separator = `\r\n--${boundary?.[1] ?? boundary?.[2]}\r\n`;
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, byteLengthOf(bytes));
  let count = 1;
  for (let at = body.indexOf(separator); at >= 0; at = body.indexOf(separator, at + 1)) count += 1;
  return count;
}

async function fieldsOfMultipart(bytes: Uint8Array, type: string): Promise<FormFields> {
  const body = bytes as Uint8Array<ArrayBuffer>;
  const form = await new Response(body, { headers: { 'content-type': type } }).formData();
  const texts: [string, string][] = [];
  for (const [name, value] of form) if (typeof value === 'string') texts.push([name, value]);
  return toFormFields(texts);
}

function fieldsOfJson(text: string, limits: FormLimits): FormFields | 'too large' {
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
    ? parsedFormFields(parsed, limits)
    : emptyFormFields;
}

function countOf(letter: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(letter); at >= 0; at = text.indexOf(letter, at + 1)) count += 1;
  return count;
}
