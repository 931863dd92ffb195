import type { ContextEntry, ContextSection } from '../context/normalize-context.js';

/** The text of a saved reply with its variables replaced. */
export interface FilledReplyText {
  text: string;
  /** Names of the variables without a known value; they stay in the text. */
  missing: string[];
}

/** The values that replace the variables of a saved reply. */
export interface ReplyVariableValues {
  customer: { id: string | null; name: string | null };
  operator: { id: string; name?: string | undefined };
  conversation: { subject: string | null; priority: string };
  sections: readonly ContextSection[];
}

const variable = /\{\{\s*([^{}\n]{1,200}?)\s*\}\}/g;

/** Whether the text of a saved reply has variables that may need the customer's facts. */
export function savedReplyNeedsCustomerFacts(text: string): boolean {
  return [...text.matchAll(variable)].some(([, name = '']) => /^(?:context\.|customer\.name)/i.test(name));
}

/**
 * Fills in the variables of a saved reply: `{{customer.name}}`, `{{customer.id}}`, `{{operator.name}}`,
 * `{{conversation.subject}}`, `{{conversation.priority}}`, and facts as `{{context.Active plan.tier}}`: the section's
 * header, then the labels below it. Case, spaces and dashes in a variable's name do not matter. Variables inside a
 * filled-in value are not replaced.
 */
export function fillSavedReply(body: string, values: ReplyVariableValues): FilledReplyText {
  const missing = new Set<string>();
  const text = body.replace(variable, (whole, name: string) => {
    const value = variableValue(name, values);
    if (value !== null && value.trim() !== '') return value;
    missing.add(name);
    return whole;
  });
  return { text, missing: [...missing] };
}

function variableValue(
  name: string,
  { customer, operator, conversation, sections }: ReplyVariableValues,
): string | null {
  const [group = '', ...rest] = name.split('.').map(plain);
  const [field = ''] = rest;
  switch (group) {
    case 'customer':
      return field === 'name' ? (customer.name ?? nameIn(sections)) : field === 'id' ? customer.id : null;
    case 'operator':
      return field === 'name' ? (operator.name ?? operator.id) : null;
    case 'conversation':
      return field === 'subject' ? conversation.subject : field === 'priority' ? conversation.priority : null;
    case 'context':
      return factOf(rest, sections);
    default:
      return null;
  }
}

/** Finds the customer's name: the value of a fact with the label "Name". */
function nameIn(sections: readonly ContextSection[]): string | null {
  const found = sections.map(({ entries }) => entryOf(['name'], entries)).find((name) => name !== null);
  return found ?? null;
}

/** Finds a fact by its section and labels. A fact of the section "Details" is also found without naming the section. */
function factOf(names: readonly string[], sections: readonly ContextSection[]): string | null {
  const [header = '', ...labels] = names;
  const section = sections.find((one) => plain(one.header) === header);
  const details = sections.find((one) => plain(one.header) === 'details');
  return (section && entryOf(labels, section.entries)) ?? (details && entryOf(names, details.entries)) ?? null;
}

function entryOf([label, ...rest]: readonly string[], entries: readonly ContextEntry[]): string | null {
  const value = entries.find((entry) => plain(entry.label) === label)?.value;
  if (!value) return null;
  if (value.kind === 'group') return entryOf(rest, value.entries);
  return rest.length === 0 && value.kind === 'text' && value.presentation !== 'empty' ? value.text : null;
}

const plain = (name: string) => name.toLowerCase().replace(/[\s_-]+/g, '');
