import assert from 'node:assert/strict';
import { explainImportFailure } from '../../src/config/import-failure.js';

describe('config/import-failure', () => {
  const explain = (error: unknown) => explainImportFailure(error, '/host');
  const thrown = (name: string, message: string, stack = '', more = {}) =>
    Object.assign(new Error(message), { name, stack, ...more });

  it('gives the message with the kind of the error, unless that says nothing', () => {
    assert.equal(explain(thrown('TypeError', 'no')), 'TypeError: no');
    assert.equal(explain(thrown('Error', 'no')), 'no');
    assert.equal(explain('text'), 'text');
    assert.match(explain({ message: 'm'.repeat(2000) }), /^m{1000}$/);
  });

  it('leaves out places that the message of a loader repeats', () => {
    assert.equal(
      explain(thrown('Error', "Cannot find module 'a'\nRequire stack:\n- /host/b.js")),
      "Cannot find module 'a'",
    );
    assert.equal(explain(thrown('Error', 'ParseError: Missing\n /host/a.ts:1:2')), 'SyntaxError: Missing');
    assert.equal(explain(thrown('Error', 'TRANSFORM_ERROR: Missing \n')), 'SyntaxError: Missing');
    assert.equal(explain(thrown('Error', 'a ParseError: b')), 'a ParseError: b');
  });

  it('shows no password of a URL', () => {
    assert.doesNotMatch(explain(thrown('Error', 'at postgres://u:hunter2@h/d')), /hunter2/);
  });

  it('adds the first place in a file of the host', () => {
    const stack = (...places: string[]) => ['Error: no', ...places.map((place) => `    at ${place}`)].join('\n');
    const placed = (...places: string[]) => explain(thrown('Error', 'no', stack(...places)));
    assert.equal(placed('f (/host/src/a.js:3:4)'), 'no (src/a.js:3)');
    assert.equal(placed('/host/a.js:3:4'), 'no (a.js:3)');
    assert.equal(placed('f (file:///host/a%20b.js:3:4)'), 'no (a b.js:3)');
    assert.equal(placed('f (/host/node_modules/x/a.js:1:2)', 'g (/host/b.js:5:6)'), 'no (b.js:5)');
    assert.equal(placed('f (node:internal/a:1:2)', 'g (<anonymous>)'), 'no');
    const own = new URL('../../src/cli/main.ts', import.meta.url).pathname;
    assert.equal(placed(`f (${own}:1:2)`, 'g (/host/b.js:5:6)'), 'no (b.js:5)');
    const required = thrown('Error', 'no', stack('g (/host/b.js:5:6)'), { requireStack: ['/host/c.js'] });
    assert.equal(explain(required), 'no (c.js)');
  });
});
