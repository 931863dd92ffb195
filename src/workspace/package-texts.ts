/** Translates the English texts that other parts of the package produce. An unknown text is returned unchanged. */
import type { WorkspaceTextKey } from './strings/strings.js';
import { t, tCount } from './translate.js';

type Phrase = [pattern: RegExp, say: (groups: Record<string, string>) => string];

function translate(phrases: readonly Phrase[], text: string): string {
  for (const [pattern, say] of phrases) {
    const found = pattern.exec(text);
    if (found) return say(found.groups ?? {});
  }
  return text;
}

/** The texts of system messages, as they are stored in conversations. */
const systemLines: Phrase[] = [
  [/^Conversation resolved$/, () => t('actResolved')],
  [/^Conversation reopened$/, () => t('actReopened')],
  [/^Conversation archived$/, () => t('actArchived')],
];

export const translateSystemMessage = (content: string): string => translate(systemLines, content);

const foundValues: Phrase[] = [
  [/^(?:nothing|none)$/, () => t('foundNothing')],
  [/^an empty text$/, () => t('foundBlank')],
  [/^a text of (?<count>\d+) characters?$/, ({ count }) => tCount('foundText', Number(count))],
  [/^a list of (?<count>\d+)$/, ({ count }) => tCount('foundList', Number(count))],
  [/^somebody who is not in the list$/, () => t('foundStranger')],
];

export const translateFoundValue = (found: string): string => translate(foundValues, found);

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
  return key ? t(key) : path;
}

/** The reasons why SLA terms are invalid; the field names in them are those of the host's provider. */
const termProblems: Phrase[] = [
  [
    /^(?<field>\w+): expected whole minutes from 1 to (?<max>\d+) \(ten years\), found (?<found>.+)$/,
    (groups) => t('termsMinutes', groups),
  ],
  [
    /^breachMinutes: expected at least responseMinutes \((?<least>\d+)\), found (?<found>\d+)$/,
    (groups) => t('termsOrder', groups),
  ],
  [/^expected one policy for a priority, found several$/, () => t('termsRepeated')],
];

export const translateTermsProblem = (reason: string): string => translate(termProblems, reason);

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
  return key ? t(key) : part;
}

const ratings: Partial<Record<string, WorkspaceTextKey>> = { positive: 'ratingPositive', negative: 'ratingNegative' };

export function csatRatingText(rating: unknown): string {
  const key = ratings[String(rating)];
  return key ? t(key) : String(rating ?? '');
}
