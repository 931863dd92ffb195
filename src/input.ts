import { z } from 'zod';
import type { Actor } from './domain.js';
import { CairnloopError, type ConfigProblem } from './errors.js';
import { toStorableJson, toStorableText } from './redact.js';

/** The longest text that a message may hold, in characters. */
export const maxContentLength = 1_000_000;

/** Text that Postgres can hold: it refuses NUL and lone surrogates, which customers do send. */
export const text = (maxLength: number) =>
  z.string().transform(toStorableText).pipe(z.string().trim().min(1).max(maxLength));

/** A name or key: short text on one line. */
export const name = text(500);

/** What somebody says to somebody: kept to the letter, white space too. */
export const content = z
  .string()
  .transform(toStorableText)
  .pipe(z.string().max(maxContentLength).regex(/\S/, 'a text that is not blank'));

/**
 * What a customer wrote, however it came. Customers are not refused for length: what is over the limit is cut, and
 * `truncatedFrom` tells.
 */
export const customerText = z
  .string()
  .transform((given): { content: string; truncatedFrom?: number } => {
    const content = toStorableText(given);
    if (content.length <= maxContentLength) return { content };
    return { content: toStorableText(content.slice(0, maxContentLength)), truncatedFrom: content.length };
  })
  .refine(({ content }) => /\S/.test(content), 'a text that is not blank');

export const metadata = z
  .record(z.string(), z.unknown())
  .default({})
  .transform((value) => toStorableJson(value) as Record<string, unknown>);

export const actor: z.ZodType<Actor> = z.object({ id: name, name: name.optional() });

export const id = z.string().min(1);

/** How many items a page of a list holds: 50 unless told, 200 at most. */
export const pageLimit = z.number().int().min(1).max(200).default(50);

/** Parses the input of a public call. Throws `INPUT_INVALID` with every problem. */
export function parseInput<Schema extends z.ZodType>(
  operation: string,
  schema: Schema,
  input: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => problemOf(issue, input));
  throw new CairnloopError('INPUT_INVALID', { operation, problems });
}

function problemOf(issue: z.core.$ZodIssue, input: unknown): ConfigProblem {
  const found = issue.path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    input,
  );
  return { path: issue.path.join('.') || 'input', expected: issue.message, found: describe(found) };
}

/** Names what was found without repeating it: input may hold what a log must not. */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return value.trim() === '' ? 'an empty text' : `a text of ${value.length} characters`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return `a value of type ${typeof value}`;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text can be an id of ours at all; anything else would make Postgres refuse the statement. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && uuidPattern.test(value);
}
