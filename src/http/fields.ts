import { types } from 'node:util';
import { toStorableText } from '../foundation/redact.js';

/** The fields of a posted body, as text. Files are left out: no form of ours has any. */
export interface Fields {
  /** The field, or an empty text. */
  text(name: string): string;
  /** Every value of a field that may stand there more than once. */
  all(name: string): string[];
  /** What was sent, whatever it holds. */
  names: readonly string[];
}

export interface FieldLimits {
  /** Of the whole body, in bytes. */
  maxBytes: number;
  maxFields: number;
}

/** Room for a message of the longest kind, written in letters of four bytes, and its other fields. */
export const defaultLimits: FieldLimits = { maxBytes: 16 * 1024 * 1024, maxFields: 100_000 };

/** A list of names and values; names may repeat. */
type Entries = Iterable<readonly [name: string, value: string]>;

export function fieldsOf(entries: Entries, names?: readonly string[]): Fields {
  const values = new Map<string, string[]>();
  for (const [name, value] of entries) {
    const list = values.get(name);
    if (list) list.push(value);
    else values.set(name, [value]);
  }
  // Browsers send line breaks as CRLF.
  const all = (name: string) => (values.get(name) ?? []).map((value) => toStorableText(value.replaceAll('\r\n', '\n')));
  return { all, text: (name) => all(name)[0] ?? '', names: names ?? [...values.keys()] };
}

export const noFields = fieldsOf([]);

/**
 * What a body parser of the host's made of a body. Only text and lists of text are taken, and nothing of it is called:
 * no getter, no `toString`, no trap of a Proxy. Whoever parsed it, the limits hold.
 */
export function fieldsOfObject(body: object, { maxBytes, maxFields }: FieldLimits): Fields | 'too large' {
  const entries: [string, string][] = [];
  let room = maxBytes;
  const names = ownKeys(body);
  for (const name of names) {
    for (const value of textsIn(ownValue(body, name), maxFields)) {
      room -= Buffer.byteLength(value);
      if (room < 0 || entries.push([name, value]) > maxFields) return 'too large';
    }
  }
  return fieldsOf(entries, names);
}

/** A text, a list of them, or what `qs` makes of a long list: an object with the keys 0, 1, 2, … */
function textsIn(value: unknown, maxFields: number): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return [];
  const indices = Array.isArray(value) ? lengthOf(value) : ownKeys(value).length;
  const texts: string[] = [];
  for (let index = 0; index < Math.min(indices, maxFields + 1); index += 1) {
    const item = ownValue(value, String(index));
    if (typeof item === 'string') texts.push(item);
    else if (!Array.isArray(value)) return [];
  }
  return texts;
}

/** Anything but plain data has no keys here; an object with a million keys is cut off by the limit on fields. */
function ownKeys(value: object): string[] {
  return types.isProxy(value) || ArrayBuffer.isView(value) ? [] : Object.keys(value);
}

function ownValue(holder: object, name: string): unknown {
  const property = Object.getOwnPropertyDescriptor(holder, name);
  return property && 'value' in property ? property.value : undefined;
}

const lengthOf = (list: object) => ownValue(list, 'length') as number;
