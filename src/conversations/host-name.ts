import { z } from 'zod';
import { toStorableText } from '../foundation/redact.js';

/** What an index of Postgres holds with room to spare; it refuses some 2,700 bytes, and counts no characters. */
const maxHostNameBytes = 1000;

/** The host's own name for somebody, kept to the letter; what Postgres would change is refused. */
export const hostName = z
  .string()
  .min(1)
  .refine((value) => toStorableText(value) === value, 'a text without NUL and lone surrogates')
  .refine((value) => Buffer.byteLength(value) <= maxHostNameBytes, `a text of at most ${maxHostNameBytes} bytes`);
