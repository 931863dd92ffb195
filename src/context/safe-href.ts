/**
 * Returns the normalized URL in an untrusted text if it is safe to link: http, https or mailto; else undefined. Refuses
 * control characters and spaces, because browsers drop them and may then read another scheme, and user names, which can
 * imitate a host.
 */
export function toSafeHref(text: string): string | undefined {
  if (text.length > 2000 || !/^(?:https?:\/\/|mailto:)[^\s\p{C}"'<>\\]+$/iu.test(text)) return undefined;
  if (!URL.canParse(text)) return undefined;
  const { href, hostname, protocol, username, password } = new URL(text);
  return protocol === 'mailto:' || (hostname !== '' && username === '' && password === '') ? href : undefined;
}
