import { z } from 'zod';
import type { Customer } from '../contracts/domain.js';
import { toStorableText } from '../foundation/redact.js';
import { strictObjectSchema } from '../validation/input.js';

export const maxCustomerName = 200;

/** A text on a single line, because lists show it: line breaks and repeated spaces become one space. */
const line = (words: string, max: number) =>
  z
    .string(words)
    .transform((given) => toStorableText(given).replace(/\s+/g, ' ').trim())
    .pipe(z.string().min(1, words).max(max, words));

/** The customer's name and address in `conversations.open`. Absent and null are the same. */
export const customerSchema = strictObjectSchema({
  name: line(`a text of 1 to ${maxCustomerName} characters`, maxCustomerName).nullish(),
  email: line('an e-mail address of at most 320 characters', 320)
    .pipe(z.string().regex(/^[^\s@]+@[^\s@]+$/, 'an e-mail address of at most 320 characters'))
    .nullish(),
}).transform(({ name, email }): Customer | null => {
  const known = { ...(name && { name }), ...(email && { email }) };
  return Object.keys(known).length > 0 ? known : null;
});
