import { z } from 'zod';
import { describeFoundValue } from '../foundation/describe-found.js';
import { CairnloopError } from '../foundation/errors.js';
import type { LiveUpdateSettings } from '../http/live-streams.js';
import { isObject, suggestKnownWord } from './known-keys.js';

/** The schema of each mount option; its description says what the option expects. */
export type MountOptionSchemas<Options> = { [K in keyof Required<Options>]: z.ZodType<Options[K]> };

/**
 * Validates and copies mount options. Throws `MOUNT_OPTION_INVALID` for the first wrong or unknown one: a misspelt
 * `operator` must not leave the page without access control.
 */
export function parseMountOptions<Options extends object>(
  helper: string,
  schemas: MountOptionSchemas<Options>,
  given: unknown,
): Options {
  const refuse = (option: string, expected: string, found: string) =>
    new CairnloopError('MOUNT_OPTION_INVALID', { helper, option, expected, found });
  if (given !== undefined && !isObject(given)) throw refuse('options', 'an object', describeFoundValue(given));
  const known = Object.keys(schemas);
  const unknown = Object.keys(given ?? {}).find((option) => !known.includes(option));
  if (unknown !== undefined) {
    const expected = suggestKnownWord('option', unknown, known) ?? `one of ${known.join(', ')}`;
    throw refuse(unknown, expected, 'an unknown option');
  }
  const rows = Object.entries<z.ZodType>(schemas);
  const read = rows.map(([option, schema]) => {
    const expected = schema.description ?? 'another value';
    const value = readOption(given, option);
    if (value === unreadable) throw refuse(option, expected, 'a value that throws when it is read');
    if (!schema.safeParse(value).success)
      throw refuse(option, expected, value === undefined ? 'nothing' : describeFoundValue(value));
    return [option, value] as const;
  });
  return Object.fromEntries(read.filter(([, value]) => value !== undefined)) as Options;
}

const unreadable = Symbol('unreadable');

function readOption(options: unknown, option: string): unknown {
  try {
    return (options as Record<string, unknown> | undefined)?.[option];
  } catch {
    return unreadable;
  }
}

/** The schema of a mount option that must be given. `expected` is the message for anything that is wrong in it. */
export function requiredMountOption<Value>(expected: string, schema: z.ZodType<Value>): z.ZodType<Value> {
  return z.custom<Value>((value) => schema.safeParse(value).success).describe(expected);
}

/** The schema of a mount option that may be absent; otherwise as {@link requiredMountOption}. */
export function optionalMountOption<Value>(expected: string, schema: z.ZodType<Value>): z.ZodType<Value | undefined> {
  return requiredMountOption(expected, schema.optional());
}

/** The schema of a function of the host's, which is returned unchanged. */
export function hostFunctionSchema<Value>(): z.ZodType<Value> {
  return z.custom<Value>((value) => typeof value === 'function');
}

export const nonBlankTextSchema = z.string().regex(/\S/);
export const hostNameListSchema: z.ZodType<readonly string[]> = z.array(z.string().min(1));

/** The schema of the path under which a page is mounted. Router patterns are refused. */
export const basePathOption = requiredMountOption(
  'a path that begins with "/" and holds only letters, digits, "-", "_", "." and "~"',
  z.string().regex(/^(?:\/|(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+\/?)$/),
);

export const liveSettingsOption = optionalMountOption<LiveUpdateSettings>(
  'an object such as { perPerson: 20, recheckMs: 20_000 }, with recheckMs at most 60 000',
  z.strictObject({
    perPerson: z.int().min(1).max(10_000).exactOptional(),
    recheckMs: z.int().min(1).max(60_000).exactOptional(),
  }),
);
