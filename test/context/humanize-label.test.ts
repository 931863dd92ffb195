import assert from 'node:assert/strict';
import { humanizeLabel } from '../../src/context/humanize-label.js';

describe('context/humanize-label', () => {
  const labels: Record<string, string> = {
    lifetimeValue: 'Lifetime value',
    lifetime_value: 'Lifetime value',
    'lifetime-value': 'Lifetime value',
    name: 'Name',
    userID: 'User ID',
    userIDs: 'User IDs',
    HTTPStatus: 'HTTP status',
    HTTP_STATUS: 'HTTP STATUS',
    'billing.addressLine2': 'Billing address line2',
    MRR: 'MRR',
    über_uns: 'Über uns',
    顧客名: '顧客名',
    'Lifetime Value (EUR)': 'Lifetime Value (EUR)',
    'already in words': 'already in words',
    __proto__x: 'Proto x',
    _: '_',
    '': '',
  };
  for (const [key, label] of Object.entries(labels)) {
    it(`CP10 turns ${JSON.stringify(key)} into ${JSON.stringify(label)}`, () =>
      assert.equal(humanizeLabel(key), label));
  }
});
