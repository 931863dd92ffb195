import type { ConfigCompileProblem } from '../../gen/host-snapshot.js';
import { tsconfigIncludeLine } from '../../gen/tsconfig-changes.js';
import {
  createBlockedFinding,
  createOkFinding,
  createToCheckFinding,
  type DoctorCheck,
  defineCheck,
  type FindingWithoutCode,
} from './check.js';

/** The oldest version of Node that this package runs on. */
const oldestNode = [20, 19] as const;

const nodeVersion = defineCheck({
  code: 'NODE_VERSION',
  title: 'Node version',
  needs: null,
  judge: (_, { nodeVersion: version }) => {
    const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
    const wanted = oldestNode.join('.');
    if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]))
      return createOkFinding(`Node ${version}.`);
    return createBlockedFinding(
      `Node ${version} is older than ${wanted}, the oldest that Cairnloop runs on.`,
      'nvm install 22',
    );
  },
});

const copies = defineCheck({
  code: 'COPIES',
  title: 'copies of cairnloop',
  needs: 'installation',
  judge: ({ copies, isDependency, isOwn, version, packageManager }) => {
    if (!isDependency) {
      const message = `cairnloop ${version} is running, but this package does not depend on it, so its code cannot import it.`;
      return createToCheckFinding(
        message,
        `${packageManager} ${packageManager === 'npm' ? 'install' : 'add'} cairnloop`,
      );
    }
    if (copies.length === 1) return createOkFinding(`One copy of cairnloop is installed, version ${version}.`);
    const listed = copies.map((copy) => `${copy.version} in ${copy.folder}`).join(' and ');
    const why = 'metrics and telemetry of one copy do not include those of another';
    const message = `There are ${copies.length} copies of cairnloop (${listed}): ${why}.`;
    return createToCheckFinding(
      message,
      isOwn ? dedupe[packageManager] : 'npx cairnloop doctor, which runs the copy that is installed in this package',
    );
  },
});

const dedupe = { npm: 'npm dedupe', pnpm: 'pnpm dedupe', yarn: 'yarn dedupe', bun: 'bun install --force' };

const packages = defineCheck({
  code: 'PACKAGES',
  title: 'versions of packages',
  needs: 'installation',
  judge: ({ pinned, packageManager }) => {
    const wrong = pinned.filter(({ expected, found }) => expected !== found);
    if (wrong.length === 0)
      return createOkFinding(`${pinned.map(({ name, found }) => `${name} ${found}`).join(', ')}.`);
    return wrong.map(({ name, expected, found }) => {
      const message = `${name} must be ${expected}, found ${found ?? 'none'}; other versions lock and repeat jobs differently.`;
      return createToCheckFinding(message, `${packageManager} install`);
    });
  },
});

const envFile = defineCheck({
  code: 'ENV_FILE',
  title: '.env',
  needs: 'envFile',
  judge: ({ present, unreadable, ignored, tracked, read = [] }) => {
    const others = read.filter((file) => file !== '.env');
    const also = others.length > 0 ? ` The command line reads ${read.join(', ')}.` : '';
    if (!present) return createOkFinding(`There is no .env file.${also}`);
    if (unreadable !== null) {
      const message = `.env cannot be read (${unreadable}), so no other command runs, and what it sets is missing here.`;
      return createBlockedFinding(message, 'let the user that runs cairnloop read .env, or remove it');
    }
    if (tracked)
      return createToCheckFinding(
        '.env is in the git repository, and with it every secret in it.',
        'git rm --cached .env',
      );
    if (ignored) return createOkFinding(`.env stays out of the git repository.${also}`);
    return createToCheckFinding(
      'git does not ignore .env: the next commit may include it.',
      "echo '.env' >> .gitignore",
    );
  },
});

const build = defineCheck({
  code: 'BUILD',
  title: 'build of the config',
  needs: 'build',
  judge: ({ strayConfig, tool = { kind: 'tsc' }, shadow, unread, config }) => {
    if (shadow) {
      const message = `${shadow.tsconfig} makes the build resolve the package cairnloop to ${shadow.folder}, so code that imports cairnloop fails at startup.`;
      return createBlockedFinding(
        message,
        `rename ${shadow.folder}, e.g. to ${shadow.folder}-modules, and the imports of it`,
      );
    }
    if (strayConfig) return strayConfigCheck(strayConfig);
    if (tool.kind === 'bundler' && !tool.holdsConfig) {
      const message = `The build by ${tool.name} leaves ${config} out: where only its output is deployed, cairnloop worker has no config.`;
      return createToCheckFinding(message, tool.fix ?? null);
    }
    if (tool.kind === 'unknown') {
      const message = `build not checked: what "${tool.script}" makes of ${config} is not known; cairnloop worker needs the config, or its compiled form, where it runs.`;
      return createToCheckFinding(message, null);
    }
    if (unread) return createToCheckFinding(`build not checked: the tsconfig cannot be read: ${unread}`, null);
    return createOkFinding('The build of the host works with the config as it is.');
  },
});

function strayConfigCheck(strayConfig: ConfigCompileProblem): FindingWithoutCode {
  const { tsconfig, folder, reason } = strayConfig;
  const elsewhere = folder === 'src' ? ', or move the config into src' : '';
  const fix = `put ${tsconfigIncludeLine(strayConfig)} into ${tsconfig}${elsewhere}`;
  return createToCheckFinding(`The build by ${tsconfig} breaks: ${reason}.`, fix);
}

const operator = defineCheck({
  code: 'OPERATOR',
  title: 'operator function of the workspace',
  needs: 'mounts',
  judge: (mounts) => {
    if (mounts.length === 0) return createOkFinding('No workspace is mounted in the sources of this package.');
    return mounts.map(({ place, operator }) => {
      if (operator === 'none') {
        const message = `${place} mounts the workspace without an operator function, so nobody is let in.`;
        return createBlockedFinding(message, `add operator: (request) => currentUser(request) at ${place}`);
      }
      if (operator === 'constant') {
        const message = `${place} returns the same operator for every request: everybody who reaches the page may write to customers.`;
        return createToCheckFinding(
          message,
          `make the operator function at ${place} read the session of the request that it gets`,
        );
      }
      return createOkFinding(
        `${place} mounts the workspace${operator === 'function' ? ' with an operator function' : ''}.`,
      );
    });
  },
});

export const hostChecks: readonly DoctorCheck[] = [nodeVersion, copies, packages, envFile, build, operator];
