import { strict as assert } from 'node:assert';
import { isCairnloopError } from '../../src/foundation/errors.js';
import { readWorkspaceOptions, type WorkspaceOptions } from '../../src/workspace/mount-options.js';

const refusal = (options: unknown) => {
  try {
    readWorkspaceOptions(options as WorkspaceOptions);
  } catch (error) {
    if (isCairnloopError(error) && error.code === 'MOUNT_OPTION_INVALID') return error.message;
    throw error;
  }
  return null;
};

describe('the options of a mount', () => {
  it('get their defaults', () => {
    const operator = () => null;
    assert.deepEqual(readWorkspaceOptions({ basePath: '/support', operator }), {
      base: '/support',
      operator,
      title: 'Support',
      signInUrl: undefined,
      strings: {},
      styles: undefined,
      hosts: undefined,
    });
  });

  it('normalize the root and a trailing slash', () => {
    assert.equal(readWorkspaceOptions({ basePath: '/' }).base, '');
    assert.equal(readWorkspaceOptions({ basePath: '/a/b/' }).base, '/a/b');
  });

  for (const basePath of [
    undefined,
    '',
    'support',
    'https://x.example',
    '//evil.example',
    '/a?b',
    '/a#b',
    '/a b',
    '/a\\b',
    7,
    '/:id',
    '/a/:id',
    '/*',
    '/a*',
    '/a/*rest',
    '/{a}',
    '/a{/:b}',
    '/(a|b)',
    '/a+',
    '/[a]',
    '/^a$',
    '/a|b',
    '/a!',
    '/%61',
    '/a%2fb',
    '/ä',
    '/a\n',
    '/.',
    '/..',
    '/a/../b',
    '/a/./b',
    '/a//b',
    '//',
    '/a;b',
    '/a"b',
    "/a'b",
    '/<a>',
    ['/a'],
    { toString: () => '/a' },
  ]) {
    it(`refuse ${JSON.stringify(basePath)} as a base path`, () => {
      assert.match(refusal({ basePath }) ?? '', /option "basePath": expected a path that begins with "\/"/);
    });
  }

  it('refuse an unknown option and name the closest known one', () => {
    assert.match(refusal({ basePath: '/', operater: () => null }) ?? '', /option "operater".*did you mean "operator"/);
  });

  it('accept a path of plain segments', () => {
    for (const basePath of ['/a', '/a/b', '/a.b/c-d_e~f', '/...', '/.well-known/support', '/A1'])
      assert.equal(readWorkspaceOptions({ basePath }).base, basePath);
  });

  it('refuse inherited property names as options, and an option that throws when it is read', () => {
    const strange = ['toString', 'constructor', 'hasOwnProperty', '__proto__', 'valueOf'];
    for (const option of strange) {
      const options = JSON.parse(`{"basePath":"/","${option}":1}`);
      assert.match(refusal(options) ?? '', new RegExp(`option "${option}"`));
    }
    const throwing = Object.defineProperty({}, 'basePath', { enumerable: true, get: () => assert.fail('read') });
    assert.match(refusal(throwing) ?? '', /option "basePath".*throws when it is read/);
    for (const given of [null, 5, '/support', [], () => {}]) assert.match(refusal(given) ?? '', /option "options"/);
  });

  it('refuse options of a wrong kind', () => {
    assert.match(refusal({ basePath: '/', operator: { id: 'static' } }) ?? '', /option "operator"/);
    assert.match(refusal({ basePath: '/', title: 3 }) ?? '', /option "title"/);
    assert.match(refusal({ basePath: '/', hosts: 'localhost' }) ?? '', /option "hosts"/);
    assert.match(refusal(undefined) ?? '', /option "basePath"/);
  });

  it('accept whole takeBackSeconds from 0 to 60, and refuse every other value, saying so', () => {
    for (const takeBackSeconds of [0, 1, 5, 60])
      assert.equal(readWorkspaceOptions({ basePath: '/', takeBackSeconds }).takeBackSeconds, takeBackSeconds);
    for (const takeBackSeconds of [-1, 61, 1.5, '5', Number.NaN, Number.POSITIVE_INFINITY, null])
      assert.match(
        refusal({ basePath: '/', takeBackSeconds }) ?? '',
        /option "takeBackSeconds": expected a whole number of seconds from 0 to 60, found /,
        String(takeBackSeconds),
      );
  });

  it('accept a path or a web address as signInUrl, and refuse every other kind of link', () => {
    for (const signInUrl of ['/login', '/login?next=%2Fsupport#a', 'https://id.example/in', 'http://localhost:3000/'])
      assert.equal(readWorkspaceOptions({ basePath: '/', signInUrl }).signInUrl, signInUrl);
    for (const signInUrl of [
      'login',
      '',
      '//evil.example',
      '/\\evil.example',
      '/\tevil',
      'javascript:alert(1)',
      'data:text/html,x',
      'https://',
      ' https://id.example',
      'ftp://id.example',
      5,
      null,
    ])
      assert.match(
        refusal({ basePath: '/', signInUrl }) ?? '',
        /option "signInUrl": expected a path/,
        String(signInUrl),
      );
  });
});
