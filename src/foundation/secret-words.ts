/** The names of secrets, and how a name and its value are written, as sources of regular expressions. */

export const redactedMark = '[redacted]';

export type Pattern = readonly [pattern: RegExp, replacement: string | ((...found: string[]) => string)];

/** What "password" is called in the languages of hosts and of translated error messages. */
const translated =
  'kennwort|contrase[ñn]a|mot[-_ ]de[-_ ]passe|senha|wachtwoord|has[łl]o|şifre|парол[ья]|密[码碼]|パスワード|비밀번호';
/** Words before "key" that mean a secret; "primary", "public" and "cache" do not. */
const keyKinds = [
  'account|access|admin|api|auth|client|consumer|deploy|encryption|functions|hmac|license|master|private|project',
  'secret|service|session|shared|sharedaccess|signing|ssh|storage|subscription|webhook|write',
].join('|');
/** Matches a name whose value is secret, such as `password`. `PWD` alone is no secret: it is the working directory. */
export const name = `(?:pass(?:wor[dt]s?|wds?|phrases?|code)|${translated}|(?<!\\b|\\bOLD)pwd|pwd(?!=(?:[/\\\\]|[A-Z]:))|secrets?|(?<!unexpected\\s)token|credentials?|(?:${keyKinds})[-_ ]?key|sig(?:nature)?|_auth)(?:[-_ ]?(?:key|key_base|hash|value|id|base64))?`;
/** Matches a whole identifier that ends in the name of a secret, e.g. `spring.datasource.password`, `DB_PASSWORD`. */
export const identifier = `(?<![\\w:.-])[\\w:.-]{0,60}?${name}`;
export const quote = `(?:\\\\*["'\`]|&quot;|&#3[49];|%22|\\\\+u002[27])`;
const assigned = `(?:=>|:=|={1,3}(?![=>])|:(?![=:])|%3D|%3A)`;
/** Matches the separator between a name and its value: `": `, `' => `, `] => `, `"]=> string(8) `. */
export const separator = `${quote}?\\]?\\s*${assigned}\\s*(?:string\\(\\d+\\)\\s*)?`;
/** Excludes words in the place of a secret value that are none, such as `undefined` and `[redacted]`. */
export const noValue = `(?!\\s*(?:undefined|null|nil|none|true|false|expected)(?![\\w-])|\\s*(?:\\[redacted\\]|string\\(\\d))`;
export const quoted = `\\\\+"[^"\\\\]*\\\\+"|\\\\+'[^'\\\\]*\\\\+'|&quot;.*?&quot;|"(?:[^"\\\\]|\\\\.)*"?|'(?:[^'\\\\]|\\\\.)*'?|\`[^\`]*\`?`;
/**
 * Matches a secret value without quotes around it. A quote inside belongs to it, unless it looks like the end of the
 * text around it.
 */
const bare = `[^\\s"'\`]+(?:["'\`](?![,:;\\s)}\\]]|$)[^\\s"'\`]*)*`;
export const value = `${noValue}(?:${quoted}|[A-Z]\\w{0,30}\\((?:${quoted})|${bare})`;

/** Matches a text that may hold the name of a secret. */
export const nameHint = new RegExp(`pass|pwd|secret|token|credential|key|sig|_auth|identified|${translated}`, 'i');
