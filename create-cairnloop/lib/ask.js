import { cancel, isCancel, select, text } from '@clack/prompts';
import { frameworks } from './application.js';

/** The person at the terminal pressed Ctrl-C. */
export class Cancelled extends Error {}

/** Asks for what the flags leave open. */
export async function ask(given, { defaults, checks }) {
  const folder = given.folder ?? (await answered(textOf('Folder', defaults.folder, checks.folder)));
  const framework =
    given.framework ??
    (await answered(
      select({
        message: 'Framework',
        options: Object.entries(frameworks).map(([value, { title }]) => ({ value, label: title })),
      }),
    ));
  const database =
    given.database ??
    (await answered(textOf('Database: "embedded", or the URL of a Postgres', defaults.database, checks.database)));
  return { ...given, folder, framework, database };
}

const textOf = (message, defaultValue, check) =>
  text({ message, placeholder: defaultValue, defaultValue, validate: (value) => check(value || defaultValue) });

async function answered(question) {
  const answer = await question;
  if (!isCancel(answer)) return answer;
  cancel('Nothing was written.');
  throw new Cancelled();
}
