/**
 * The address behind a foreign text if it is one that may be followed: http, https or mailto, written out as itself.
 * With control characters or spaces inside it is none, as browsers drop them and would find another scheme; nor is one
 * with a user name, which can pass for a host.
 */
export function safeHref(text: string): string | undefined {
  if (text.length > 2000 || !/^(?:https?:\/\/|mailto:)[^\s\p{C}"'<>\\]+$/iu.test(text)) return undefined;
  if (!URL.canParse(text)) return undefined;
  const { href, hostname, protocol, username, password } = new URL(text);
  return protocol === 'mailto:' || (hostname !== '' && username === '' && password === '') ? href : undefined;
}
