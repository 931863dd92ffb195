import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { pino } from 'pino';
import { askAutomationPolicy } from '../../src/drafts/apply-policy.js';
import { withTimeout } from '../../src/foundation/with-timeout.js';
import { activePolicies, setPolicy } from '../../src/sla/policies.js';

const never = new Promise<never>(() => {});
const slaPolicyProvider = { getActivePolicies: () => never, setPolicy: () => never };
const terms = { responseMinutes: 1, breachMinutes: 2 };
const runtime = (provider: unknown) =>
  ({ config: { slaPolicyProvider: provider }, log: pino({ level: 'silent' }) }) as never;

/** By a clock that the test moves: how long a host's module may hang before the answer goes on without it. */
describe('a host module that hangs', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  const hanging: [call: string, ms: number, ask: () => unknown][] = [
    ['any call', 1234, () => withTimeout(1234, 'call', () => never)],
    ['automationPolicy.decide', 5000, () => askAutomationPolicy({ decide: () => never }, {} as never, {} as never)],
    ['slaPolicyProvider.getActivePolicies', 3000, () => activePolicies(runtime(slaPolicyProvider))],
    [
      'slaPolicyProvider.setPolicy',
      3000,
      () => setPolicy(runtime({ ...slaPolicyProvider, getActivePolicies: () => [] }), 'high', terms),
    ],
  ];
  for (const [call, ms, ask] of hanging) {
    it(`is abandoned after ${ms} ms and not before (${call})`, async () => {
      let over = false;
      const end = () => {
        over = true;
      };
      const answer = Promise.resolve(ask()).then(end, end);
      await turnOfTheLoop();
      mock.timers.tick(ms - 1);
      await turnOfTheLoop();
      assert.equal(over, false);
      mock.timers.tick(1);
      await turnOfTheLoop();
      assert.equal(over, true);
      await answer;
    });
  }
});
