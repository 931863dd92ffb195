import { types } from 'node:util';
import { toStorableText } from '../foundation/redact.js';

/** The text fields of a posted form; files are dropped. */
export interface FormFields {
  /** The first value of a field, or an empty string. */
  text(name: string): string;
  /** Every value of a field that may occur more than once. */
  all(name: string): string[];
  /** The names of all fields of the form. */
  names: readonly string[];
}

export interface FormLimits {
  /** Size limit of the request's body, in bytes. */
  maxBytes: number;
  maxFields: number;
}

/** Room for the longest message in four-byte characters, and for the other fields. */
export const defaultFormLimits: FormLimits = { maxBytes: 16 * 1024 * 1024, maxFields: 100_000 };

/** Field names with their values; a name may occur more than once. */
type Entries = Iterable<readonly [name: string, value: string]>;

export function toFormFields(entries: Entries, names?: readonly string[]): FormFields {
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

export const emptyFormFields = toFormFields([]);

/**
 * Reads fields from the result of the host's body parser. It accepts only strings and lists of strings and runs no code
 * of that result: no getter, no `toString`, no Proxy trap. The limits apply to it too.
 */
export function parsedFormFields(body: object, { maxBytes, maxFields }: FormLimits): FormFields | 'too large' {
  const entries: [string, string][] = [];
  let room = maxBytes;
  const names = ownKeys(body);
  for (const name of names) {
    for (const value of textsIn(ownValue(body, name), maxFields)) {
      room -= Buffer.byteLength(value);
      if (room < 0 || entries.push([name, value]) > maxFields) return 'too large';
    }
  }
  return toFormFields(entries, names);
}

/**
 * The strings in a field's value, which is a string, a list, or what `qs` makes of a long list: an object with the keys
 * 0, 1, 2, …
 */
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

/**
 * The keys of an object, none for a Proxy or a typed array. The field limit also bounds an object with a million keys.
 */
function ownKeys(value: object): string[] {
  return types.isProxy(value) || ArrayBuffer.isView(value) ? [] : Object.keys(value);
}

function ownValue(holder: object, name: string): unknown {
  const property = Object.getOwnPropertyDescriptor(holder, name);
  return property && 'value' in property ? property.value : undefined;
}

const lengthOf = (list: object) => ownValue(list, 'length') as number;
