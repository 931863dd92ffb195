/** Recognises the methods that `gen` wrote and nobody has finished, by the text of the functions. Pure. */
import type { HostModules } from '../config/config-types.js';

const rules = {
  'notifier.onConversationResolved': onlyLogs('conversation resolved'),
  'notifier.onSlaBreach': onlyLogs('SLA breached'),
  'notifier.onOutboundTriggered': onlyReturns(/\berr\)?\(\s*["'`]not_implemented["'`]\s*\)/),
  'notifier.onReply': onlyReturns(/\berr\)?\(\s*["'`]not_implemented["'`]\s*\)/),
  'contextProvider.getContext': onlyReturns(/\bok\)?\(\s*\{\s*\}\s*\)/),
  'automationPolicy.decide': onlyReturns(/["'`]require_approval["'`]/),
  'slaPolicyProvider.getActivePolicies': onlyReturns(/\bok\)?\(\s*\w+\s*\)/),
} as const satisfies Record<string, (text: string) => boolean>;

/**
 * A method that a template leaves to the host. For `getActivePolicies` it means that the terms are a list in its file.
 */
export type UnfinishedMethod = keyof typeof rules;

export function unfinishedMethods(modules: HostModules): UnfinishedMethod[] {
  return (Object.keys(rules) as UnfinishedMethod[]).filter((name) => {
    const [key, method] = name.split('.') as [keyof HostModules, string];
    const found: unknown = Object(modules[key])[method];
    return typeof found === 'function' && rules[name](codeOf(found));
  });
}

function codeOf(method: object): string {
  return Function.prototype.toString.call(method).replace(/\/\*[\s\S]*?\*\/|(?<=^|[\s;{}])\/\/.*$/gm, '');
}

/**
 * Matches a method, a function or an arrow, compiled or not, that only returns the value: `(0, cairnloop_1.err)('…')`.
 */
function onlyReturns(value: RegExp): (text: string) => boolean {
  const whole = new RegExp(`^[^{}]*(?:\\{\\s*return\\b|=>)[^{}"'\`]*${value.source}\\s*;?\\s*\\}?\\s*$`);
  return (text) => whole.test(text);
}

/**
 * Matches a function that does nothing but log the template's line: its text has two `(`, one of the parameters and one
 * of the log call.
 */
function onlyLogs(line: string): (text: string) => boolean {
  return (text) => text.includes(line) && text.split('(').length === 3;
}
