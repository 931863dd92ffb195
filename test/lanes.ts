/** How `test/run.ts` orders the test files. */

/** They load the machine with workers of their own, so that two of them at a time would wait for each other. */
export const heavyFiles = ['test/faults/**/*.test.ts', 'test/workspace/concurrent-operators.test.ts'];

/** The longest of the others, longest first: begun late, one of them would run on while the other processes are idle. */
export const longFiles = [
  'test/workspace/accidental-actions.test.ts',
  'test/workspace/appearance.test.ts',
  'test/workspace/typing.test.ts',
  'test/workspace/triage-by-keyboard.test.ts',
  'test/workspace/key-layouts.test.ts',
  'test/examples/frameworks.test.ts',
  'test/docs/readme-host.test.ts',
  'test/workspace/operator-day.test.ts',
  'test/worker/uncaught.test.ts',
  'test/cli/hosts.test.ts',
  'test/cli/commands/deliveries.test.ts',
  'test/hosts/hosts.test.ts',
  'test/cli/gen.test.ts',
  'test/cli/config-secrets.test.ts',
  'test/create/create-cairnloop.test.ts',
  'test/workspace/take-back.test.ts',
  'test/workspace/keys.test.ts',
  'test/db/search-upgrade.test.ts',
  'test/cli/builds.test.ts',
  'test/cli/commands/doctor.test.ts',
];
