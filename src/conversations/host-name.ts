import { z } from 'zod';
import { toStorableText } from '../foundation/redact.js';

/** Fits a Postgres index entry, which is limited to some 2700 bytes. */
const maxHostNameBytes = 1000;

/** The host's own id, stored exactly; ids that Postgres would change are refused. */
export const hostName = z
  .string()
  .min(1)
  .refine((value) => toStorableText(value) === value, 'a text without NUL and lone surrogates')
  .refine((value) => Buffer.byteLength(value) <= maxHostNameBytes, `a text of at most ${maxHostNameBytes} bytes`);
