import type { z } from 'zod';

/** Says what a schema expected, for an issue without a message of its own. */
export const expectedValueMessage: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return types[issue.expected] ?? `a value of type ${issue.expected}`;
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return sized(issue.origin, `at least ${issue.minimum}`);
    case 'too_big':
      return sized(issue.origin, `at most ${issue.maximum}`);
    case 'unrecognized_keys':
      return 'known keys only';
    default:
      return 'another value';
  }
};

const types: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  date: 'a Date',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function sized(origin: string, size: string): string {
  if (origin === 'string') return `a text of ${size} characters`;
  if (origin === 'array') return `a list of ${size}`;
  return `a number of ${size}`;
}
