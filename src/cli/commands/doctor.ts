import path from 'node:path';
import type { CollectDoctorFactsOptions } from '../../doctor/collect-facts.js';
import type { DoctorFacts } from '../../doctor/facts.js';
import type { FindingSummary } from '../../doctor/finding.js';
import type { DoctorFix } from '../../doctor/fix.js';
import { CairnloopError, type ErrorCode, isCairnloopError } from '../../foundation/errors.js';
import { configOption, cwdOption, declareOptions, defineCommand, jsonOption } from '../command.js';
import type { OptionValues } from '../command-input.js';
import type { CliIo } from '../io.js';

const options = declareOptions([
  cwdOption,
  configOption,
  { flags: '--strict', description: 'also exit 1 on [check] findings' },
  {
    flags: '--profile <name>',
    description: 'judge by the rules for a development or a production machine',
    choices: ['development', 'production'],
    default: 'development',
  },
  { flags: '--probe', description: 'call the read-only methods of the host modules once, with sample data' },
  { flags: '--fix', description: 'fix what is safe to fix: pending migrations, a .env that git would commit' },
  { flags: '--dry-run', description: 'with --fix: print the fixes and change nothing' },
  jsonOption,
]);

type DoctorOptions = OptionValues<typeof options>;

export const doctorCommand = defineCommand({
  options,
  examples: ['cairnloop doctor', 'cairnloop doctor --strict --profile production', 'cairnloop doctor --fix --dry-run'],
  exitCodes: { 1: 'there are [blocked] findings or, with --strict, [check] findings' },
  run: async ({ options }, io) => {
    refuseLoneDryRun(options);
    const host = await locateHost(options, io);
    const [{ collectDoctorFacts }, { runDoctorChecks }, { formatFindings, summarizeFindings }] = await Promise.all([
      import('../../doctor/collect-facts.js'),
      import('../../doctor/checks.js'),
      import('../../doctor/finding.js'),
    ]);
    const facts = await collectDoctorFacts(host);
    const fixes = options.fix ? await fixFindings(facts, host, options, io) : [];
    const findings = runDoctorChecks(
      fixes.some(({ outcome }) => outcome === 'done') ? await collectDoctorFacts(host) : facts,
    );
    const summary = summarizeFindings(findings);
    return {
      text: formatFindings(findings),
      json: { findings: findings.map(({ notChecked: _, ...shown }) => shown), summary, ...(options.fix && { fixes }) },
      exitCode: exitCodeOf(summary, options),
    };
  },
});

function refuseLoneDryRun({ dryRun, fix }: DoctorOptions): void {
  if (!dryRun || fix) return;
  throw new CairnloopError('USAGE', {
    message: '--dry-run expected --fix on the same command line, found none.',
    hint: 'Without --fix, doctor changes nothing.',
  });
}

/** Finds the host's folder. A folder without a package.json is accepted, because doctor reports that as a finding. */
async function locateHost(options: DoctorOptions, io: CliIo): Promise<CollectDoctorFactsOptions> {
  const [{ findHostFolder }, { loadEnvFiles }] = await Promise.all([
    import('../../host-project/find-package.js'),
    import('../../config/env-files.js'),
  ]);
  const cwd = path.resolve(io.cwd, options.cwd ?? '.');
  const root = findHostFolder(cwd, options.config);
  // Errors of the config's code become findings, and so does an unreadable `.env`.
  io.host?.start(root);
  unless('ENV_FILE_UNREADABLE', () => loadEnvFiles(root), undefined);
  const configFile = options.config && path.resolve(cwd, options.config);
  return {
    root,
    configFile,
    profile: options.profile,
    probe: options.probe ?? false,
    takeFailures: () => io.host?.take() ?? [],
  };
}

/** Returns `otherwise` if `find` throws the error `code`, which a finding reports. */
function unless<T>(code: ErrorCode, find: () => T, otherwise: T): T {
  try {
    return find();
  } catch (error) {
    if (isCairnloopError(error) && error.code === code) return otherwise;
    throw error;
  }
}

async function fixFindings(
  facts: DoctorFacts,
  host: CollectDoctorFactsOptions,
  { dryRun }: DoctorOptions,
  io: CliIo,
): Promise<DoctorFix[]> {
  const { planDoctorFixes, applyDoctorFixes } = await import('../../doctor/fix.js');
  const fixes = dryRun ? planDoctorFixes(facts) : await applyDoctorFixes(facts, host);
  for (const { code, action, outcome, reason } of fixes) {
    io.stderr.write(`${outcome} ${code}: ${action}${reason ? ` (${reason})` : ''}\n`);
  }
  if (fixes.length === 0) io.stderr.write('Nothing to fix.\n');
  return fixes;
}

function exitCodeOf({ blocked, check }: FindingSummary, { strict }: DoctorOptions): number {
  return blocked > 0 || (strict && check > 0) ? 1 : 0;
}
