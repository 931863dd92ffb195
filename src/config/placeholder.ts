const words =
  'change-?_?me|todo|tbd|xxx+|replace-?_?me|example|placeholder|secret|none|null|undefined|your[-_ ].*|<.*>|\\[.*\\]|\\{\\{.*\\}\\}';
const isWord = new RegExp(`^(?:${words})$`, 'i');
const hosts =
  /@(?:<[^>]*>|\[?(?:your[-_]?)?(?:db[-_]?)?host(?:name)?\]?|(?:[\w-]+\.)?example\.(?:com|org|net))(?=[:/?]|$)/i;

/**
 * Whether a connection string is a placeholder that was never replaced, such as `postgres://user@<host>:<port>/app`.
 */
export function isPlaceholderUrl(value: string): boolean {
  return isWord.test(value.trim()) || hosts.test(value) || /:(?:<?port>?)(?=\/|$)/i.test(value);
}
