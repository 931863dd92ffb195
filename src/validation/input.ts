import { z } from 'zod';
import type { Actor } from '../contracts/domain.js';
import { describeInputValue } from '../foundation/describe-value.js';
import { CairnloopError, type ConfigProblem } from '../foundation/errors.js';
import { redact, toStorableJson, toStorableText } from '../foundation/redact.js';
import { expectedValueMessage } from './input-messages.js';
import { unknownKeyProblem } from './known-keys.js';

/** The longest text of a message, in characters. */
export const maxContentLength = 1_000_000;

/** The largest `metadata` that is accepted, in bytes of JSON. */
export const maxMetadataBytes = 65_536;

/**
 * The schema of text that Postgres can store: NUL is dropped and lone surrogates are replaced, both of which customers
 * send.
 */
export const storableTextSchema = (maxLength: number) => {
  const words = `a text of 1 to ${maxLength} characters`;
  return z.string(words).transform(toStorableText).pipe(z.string().trim().min(1, words).max(maxLength, words));
};

/** The schema of a name or key, of at most 500 characters. */
export const nameOrKeySchema = storableTextSchema(500);

/** The schema of an id of the host's. It is not trimmed: ids that differ in a space are different ids. */
export const exactIdSchema = (maxLength: number) => {
  const words = `a text of 1 to ${maxLength} characters that is not blank`;
  return z.string(words).transform(toStorableText).pipe(z.string().max(maxLength, words).regex(/\S/, words));
};

/** The schema of a message's text, which is stored unchanged, with its white space. */
export const messageContentSchema = z
  .string()
  .transform(toStorableText)
  .pipe(z.string().max(maxContentLength).regex(/\S/, 'a text that is not blank'));

/**
 * The schema of a customer's text. A text that is too long is cut, not refused; `truncatedFrom` has its original
 * length.
 */
export const customerTextSchema = z
  .string()
  .transform((given): { content: string; truncatedFrom?: number } => {
    const content = toStorableText(given);
    if (content.length <= maxContentLength) return { content };
    return { content: toStorableText(content.slice(0, maxContentLength)), truncatedFrom: content.length };
  })
  .refine(({ content }) => /\S/.test(content), 'a text that is not blank');

/**
 * The schema of a map from the host, which returns a copy that can be stored. Only the copy is read, because getters
 * may throw.
 */
export const metadataMapSchema = z
  .custom<Record<string, unknown>>(isMap, 'an object')
  .transform((given, context): Record<string, unknown> => {
    const stored = toStorableJson(given);
    const problem = isMap(stored) ? tooLarge(stored) : 'an object that can be read';
    if (isMap(stored) && !problem) return stored;
    context.addIssue({ code: 'custom', message: problem ?? '' });
    return z.NEVER;
  });

/** The schema {@link metadataMapSchema} with the default `{}`. */
export const metadataSchema = z._default(metadataMapSchema, {});
/** Says that metadata is too large: it is for a few values, because every reader of the conversation gets all of it. */
function tooLarge(stored: Record<string, unknown>): string | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(stored));
  return bytes > maxMetadataBytes
    ? `an object of at most ${maxMetadataBytes} bytes as JSON (this one has ${bytes})`
    : undefined;
}

function isMap(value: unknown): value is Record<string, unknown> {
  try {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const prototype = Object.getPrototypeOf(value);
    return prototype === null || Object.getPrototypeOf(prototype) === null;
  } catch {
    return false;
  }
}

/** The schema of an actor's name. An empty name counts as absent. */
const optionalName = z
  .string()
  .max(500)
  .transform((given) => toStorableText(given).trim() || undefined);

export const actorSchema: z.ZodType<Actor, Actor> = strictObjectSchema({
  id: exactIdSchema(500),
  name: optionalName.optional(),
}).transform(({ id, name }) => (name === undefined ? { id } : { id, name }));

const pageWords = 'a whole number from 1 to 200';

/** The schema of `cursor`: the `nextCursor` of the page before, null for the first page. */
export const pageCursorSchema = z.string().nullish();

/** The schema of `limit`, the number of items on a page: 1 to 200, by default 50. */
export const pageLimitSchema = z.int(pageWords).min(1, pageWords).max(200, pageWords).default(50);

/** A Date that Postgres can store and that is written with four digits of the year. */
export const moment = (words = 'a Date of the years 1 to 9999') =>
  z.date(words).min(new Date('0001-01-01T00:00:00Z'), words).max(new Date('9999-12-31T23:59:59.999Z'), words);

/** The schema of an object that may have these keys only: otherwise a misspelt key would be ignored silently. */
export function strictObjectSchema<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape> {
  const unknown = z.unknown().superRefine((_, context) => {
    context.addIssue({ code: 'custom', params: { known: Object.keys(shape) } });
  });
  // Refuse the key `__proto__`, which JSON.parse can create and zod ignores.
  const own = z.unknown().superRefine((value, context) => {
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__'))
      context.addIssue({ code: 'custom', path: ['__proto__'], params: { known: Object.keys(shape) } });
  });
  return own.pipe(z.object(shape).catchall(unknown)) as unknown as z.ZodObject<Shape>;
}

/** Makes the schema of a public call's input. TypeScript requires a field for every documented key, and no other. */
export function createInputSchema<Input>() {
  return <Shape extends FieldsOf<Input>>(
    shape: Shape & Record<Exclude<keyof Shape, keyof Input>, never>,
  ): z.ZodObject<Shape> => strictObjectSchema<Shape>(shape);
}

type FieldsOf<Input> = { [Key in keyof Required<Input>]: z.ZodType<unknown, Input[Key]> };

/** A schema that checks only that an object has no other keys than these. Its values are checked elsewhere. */
export function knownKeysSchema(known: readonly string[]): z.ZodType<unknown> {
  return z.unknown().superRefine((value, context) => {
    if (!isMap(value)) return;
    for (const key of Object.keys(value).filter((one) => !known.includes(one)))
      context.addIssue({ code: 'custom', path: [key], params: { known } });
  });
}

/** Parses the input of a public call. Throws `INPUT_INVALID` with every problem. */
export function parseInput<Schema extends z.ZodType>(
  operation: string,
  schema: Schema,
  input: unknown,
): z.output<Schema> {
  const problems = problemsOf(schema, input);
  if (!Array.isArray(problems)) return problems.data;
  throw new CairnloopError('INPUT_INVALID', { operation, problems });
}

/** Returns the problems of an input, or its parsed value. */
function problemsOf<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): ConfigProblem[] | { data: z.output<Schema> } {
  try {
    const parsed = schema.safeParse(input, { error: expectedValueMessage });
    return parsed.success ? { data: parsed.data } : parsed.error.issues.map((issue) => problemOf(issue, input));
  } catch {
    // A getter of the input threw, or the input is a proxy that throws.
    return [{ path: 'input', expected: 'an object that can be read', found: 'an object that throws when it is read' }];
  }
}

function problemOf(issue: z.core.$ZodIssue, input: unknown): ConfigProblem {
  const path = issue.path.map(String).join('.') || 'input';
  const known = issue.code === 'custom' ? (issue.params?.known as string[] | undefined) : undefined;
  if (known) return unknownKeyProblem(path, String(issue.path.at(-1)), known);
  const found = issue.path.reduce<unknown>((value, key) => Object(value)[key], input);
  return { path, expected: issue.message, found: shownWord(issue, found) ?? describeInputValue(found) };
}

/**
 * Shows the value itself only where a keyword, id or number was expected: that is never text which a customer wrote.
 */
function shownWord({ code }: z.core.$ZodIssue, found: unknown): string | undefined {
  const isWord = typeof found === 'string' && /^[\w.:+-]{1,60}$/.test(found);
  const isShown = code === 'invalid_value' || code === 'invalid_format';
  return isWord && isShown ? `"${redact(found)}"` : undefined;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a value is a UUID. Postgres rejects a statement with any other id. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && uuidPattern.test(value);
}
