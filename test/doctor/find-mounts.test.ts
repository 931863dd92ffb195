import assert from 'node:assert/strict';
import { findWorkspaceMounts, findWorkspaceMountsInText } from '../../src/doctor/find-mounts.js';
import { tempHost } from '../support/temp-host.js';

describe('doctor/find-mounts', () => {
  for (const [call, operator] of [
    ["cairnloop.workspace({ basePath: '/support', operator: (request) => user(request) })", 'function'],
    ['cairnloop.workspace({ operator })', 'function'],
    ['cairnloop.workspace({ async operator(request) { return session(request) } })', 'function'],
    ["cairnloop.workspace({ operator: () => ({ id: 'admin' }) })", 'constant'],
    ["cairnloop.workspace({ operator: async () => ({ id: 'admin' }) })", 'constant'],
    ["cairnloop\n  .workspace ({ basePath: '/support' })", 'none'],
    ['cairnloop.workspace()', 'none'],
    ['cairnloop.workspace({ ...options })', 'unknown'],
    ['cairnloop.workspace(options)', 'unknown'],
  ] as const) {
    it(`reads ${call.replace(/\s+/g, ' ')} as ${operator}`, () => {
      assert.deepEqual(
        findWorkspaceMountsInText(call).map((mount) => mount.operator),
        [operator],
      );
    });
  }

  it('finds mounts in the sources of the host and nowhere else', () => {
    const mount = "import { createCairnloop } from 'cairnloop';\n\napp.use(cairnloop.workspace({}));\n";
    const host = tempHost({
      'package.json': {},
      'src/server.ts': mount,
      'src/vscode.ts': 'editor.workspace({});',
      'dist/server.js': mount,
      'node_modules/other/index.js': mount,
    });
    assert.deepEqual(findWorkspaceMounts(host.folder), [{ place: 'src/server.ts:3', operator: 'none' }]);
    host.remove();
  });
});
