import { types } from 'node:util';
import { toStorableText } from '../foundation/redact.js';

/** Reads the text fields of a posted body; files are dropped. */
export interface FormFields {
  /** The field, or an empty text. */
  text(name: string): string;
  /** Every value of a field that may occur more than once. */
  all(name: string): string[];
  /** Names of all fields. */
  names: readonly string[];
}

export interface FieldLimits {
  /** Limit for the whole body, in bytes. */
  maxBytes: number;
  maxFields: number;
}

/** Room for the longest message in four-byte letters, and the other fields. */
export const defaultFieldLimits: FieldLimits = { maxBytes: 16 * 1024 * 1024, maxFields: 100_000 };

/** A list of names and values; names may repeat. */
type Entries = Iterable<readonly [name: string, value: string]>;

export function fieldsOf(entries: Entries, names?: readonly string[]): FormFields {
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
 * Reads the result of the host's body parser. It takes only texts and lists of texts and calls nothing on it: no
 * getter, no `toString`, no Proxy trap. The limits apply to it too.
 */
export function fieldsOfObject(body: object, { maxBytes, maxFields }: FieldLimits): FormFields | 'too large' {
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

/** A text, a list, or `qs`' form of a long list: an object with the keys 0, 1, 2, … */
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

/** Keys of plain data only; the field limit stops at an object with a million keys. */
function ownKeys(value: object): string[] {
  return types.isProxy(value) || ArrayBuffer.isView(value) ? [] : Object.keys(value);
}

function ownValue(holder: object, name: string): unknown {
  const property = Object.getOwnPropertyDescriptor(holder, name);
  return property && 'value' in property ? property.value : undefined;
}

const lengthOf = (list: object) => ownValue(list, 'length') as number;
