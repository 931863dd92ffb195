/**
 * The normalised address of a foreign text if it is safe to link: http, https or mailto. Control characters or spaces
 * make it unsafe, because browsers drop them and may find another scheme; so does a user name, which can imitate a
 * host.
 */
export function safeHref(text: string): string | undefined {
  if (text.length > 2000 || !/^(?:https?:\/\/|mailto:)[^\s\p{C}"'<>\\]+$/iu.test(text)) return undefined;
  if (!URL.canParse(text)) return undefined;
  const { href, hostname, protocol, username, password } = new URL(text);
  return protocol === 'mailto:' || (hostname !== '' && username === '' && password === '') ? href : undefined;
}
