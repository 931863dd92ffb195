import { z } from 'zod';
import { toStorableText } from '../foundation/redact.js';

/** Maximum size of a host's id, in bytes: it must fit an index entry, which Postgres limits to some 2700 bytes. */
const maxHostNameBytes = 1000;

/** An id of the host, stored exactly; an id that Postgres would change is refused. */
export const hostIdSchema = z
  .string()
  .min(1)
  .refine((value) => toStorableText(value) === value, 'a text without NUL and lone surrogates')
  .refine((value) => Buffer.byteLength(value) <= maxHostNameBytes, `a text of at most ${maxHostNameBytes} bytes`);
