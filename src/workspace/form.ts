import { toStorableText } from '../redact.js';

/** The fields of a posted form, as text. Files are left out: no form of ours has any. */
export interface FormFields {
  /** The field, or an empty text. */
  text(name: string): string;
  /** Every value of a field that may stand there more than once. */
  all(name: string): string[];
}

/** Room for a message of the longest kind, written in letters of four bytes, and its other fields. */
export const maxFormBytes = 16 * 1024 * 1024;

/** Reads a posted form; what is no form has no fields, and so no token either. */
export async function readForm(request: Request): Promise<FormFields> {
  const type = request.headers.get('content-type') ?? '';
  const isForm = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type);
  const data = isForm ? await request.formData() : new FormData();
  const all = (name: string) =>
    data
      .getAll(name)
      .filter((value) => typeof value === 'string')
      // Browsers send line breaks as CRLF.
      .map((value) => toStorableText(value.replaceAll('\r\n', '\n')));
  return { all, text: (name) => all(name)[0] ?? '' };
}
