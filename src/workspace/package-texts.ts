/** Translates the English texts that other parts of the package produce. An unknown text is returned unchanged. */
import type { WorkspaceTextKey } from './strings/strings.js';
import { translate, translateCount } from './translate.js';

type Phrase = [pattern: RegExp, say: (groups: Record<string, string>) => string];

function translateByPhrases(phrases: readonly Phrase[], text: string): string {
  for (const [pattern, say] of phrases) {
    const found = pattern.exec(text);
    if (found) return say(found.groups ?? {});
  }
  return text;
}

/** The texts of system messages, as they are stored in conversations. */
const systemLines: Phrase[] = [
  [/^Conversation resolved$/, () => translate('actResolved')],
  [/^Conversation reopened$/, () => translate('actReopened')],
  [/^Conversation archived$/, () => translate('actArchived')],
];

export const translateSystemMessage = (content: string): string => translateByPhrases(systemLines, content);

const foundValues: Phrase[] = [
  [/^(?:nothing|none)$/, () => translate('foundNothing')],
  [/^an empty text$/, () => translate('foundBlank')],
  [/^a text of (?<count>\d+) characters?$/, ({ count }) => translateCount('foundText', Number(count))],
  [/^a list of (?<count>\d+)$/, ({ count }) => translateCount('foundList', Number(count))],
  [/^somebody who is not in the list$/, () => translate('foundStranger')],
];

export const translateFoundValue = (found: string): string => translateByPhrases(foundValues, found);

const fields: Partial<Record<string, WorkspaceTextKey>> = {
  addTags: 'tags',
  assignee: 'owner',
  content: 'message',
  owner: 'owner',
  priority: 'priority',
  reason: 'fieldReason',
  subject: 'fieldSubject',
  tags: 'tags',
  until: 'until',
};

/** Returns the displayed name of an input field, by its path in an operation's input, such as `addTags.0`. */
export function inputFieldName(path: string): string {
  const key = fields[path.replace(/\.\d+$/, '')];
  return key ? translate(key) : path;
}

/** The reasons why SLA terms are invalid; the field names in them are those of the host's provider. */
const termProblems: Phrase[] = [
  [
    /^(?<field>\w+): expected whole minutes from 1 to (?<max>\d+) \(ten years\), found (?<found>.+)$/,
    (groups) => translate('termsMinutes', groups),
  ],
  [
    /^breachMinutes: expected at least responseMinutes \((?<least>\d+)\), found (?<found>\d+)$/,
    (groups) => translate('termsOrder', groups),
  ],
  [/^expected one policy for a priority, found several$/, () => translate('termsRepeated')],
];

export const translateSlaTermsProblem = (reason: string): string => translateByPhrases(termProblems, reason);

const parts: Partial<Record<string, WorkspaceTextKey>> = {
  audit: 'partAudit',
  cli: 'partCli',
  customer: 'partCustomer',
  drafts: 'partDrafts',
  host: 'partHost',
  policy: 'partPolicy',
  retention: 'partRetention',
  sla: 'partSla',
  snooze: 'partSnooze',
  worker: 'partWorker',
};

/** Returns the displayed name of a system actor such as `system:sla`, by the part of its id after the colon. */
export function systemActorName(part: string): string {
  const key = parts[part];
  return key ? translate(key) : part;
}

const ratings: Partial<Record<string, WorkspaceTextKey>> = { positive: 'ratingPositive', negative: 'ratingNegative' };

export function csatRatingText(rating: unknown): string {
  const key = ratings[String(rating)];
  return key ? translate(key) : String(rating ?? '');
}
