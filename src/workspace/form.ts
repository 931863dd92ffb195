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

/** The form of a request; `too large` and `malformed` are no forms. What is of another type has no fields, and no token. */
export async function readForm(request: Request): Promise<FormFields | 'too large' | 'malformed'> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)) return fieldsOf(new FormData());
  try {
    const body = await readBody(request);
    // A response of the platform's own: a request may be a stand-in of the server's, which cannot be wrapped in another.
    return body ? fieldsOf(await new Response(body, { headers: { 'content-type': type } }).formData()) : 'too large';
  } catch {
    // A multipart body without its end, or a connection without one.
    return 'malformed';
  }
}

/** The body, counted while it is read: not every request says beforehand how long it is. Null when it is too large. */
async function readBody(request: Request): Promise<Blob | null> {
  if (Number(request.headers.get('content-length')) > maxFormBytes) return null;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const reader = request.body?.getReader();
  let size = 0;
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    size += read.value.byteLength;
    if (size > maxFormBytes) {
      // Whatever else comes is not waited for.
      reader?.cancel().catch(() => {});
      return null;
    }
    chunks.push(read.value);
  }
  return new Blob(chunks);
}

function fieldsOf(data: FormData): FormFields {
  const all = (name: string) =>
    data
      .getAll(name)
      .filter((value) => typeof value === 'string')
      // Browsers send line breaks as CRLF.
      .map((value) => toStorableText(value.replaceAll('\r\n', '\n')));
  return { all, text: (name) => all(name)[0] ?? '' };
}
