import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { Node, Project, type Symbol as Property, SyntaxKind, type Type } from 'ts-morph';
import { type Statement, statementsByName } from '../../src/db/statement.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { describeStatement, type ResultColumn } from '../support/describe-statement.js';
import { migrated } from '../support/started-host.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What a column becomes in JavaScript, by the oid of its type; others stay text. */
const kinds = new Map<number, Kind>([
  [16, 'boolean'],
  ...[21, 23, 26, 700, 701].map((oid): [number, Kind] => [oid, 'number']),
  ...[114, 3802].map((oid): [number, Kind] => [oid, 'json']),
  [1184, 'time'],
  ...[1003, 1005, 1007, 1009, 1015, 1016, 2951].map((oid): [number, Kind] => [oid, 'list']),
]);

type Kind = 'boolean' | 'number' | 'json' | 'time' | 'list' | 'text';

/** What a type of a row says that its value is. */
function kindOf(declared: Type): Kind {
  const type = declared.getNonNullableType();
  if (type.isBoolean() || type.isBooleanLiteral()) return 'boolean';
  if (type.isArray() || type.isTuple() || type.isReadonlyArray()) return 'list';
  if (type.getText().includes('Timestamp') || type.getSymbol()?.getName() === 'Date') return 'time';
  const parts = type.isUnion() ? type.getUnionTypes() : [type];
  if (parts.some((part) => part.getSymbol()?.getName() === 'Date')) return 'time';
  if (parts.every((part) => part.isString() || part.isStringLiteral() || part.isTemplateLiteral())) return 'text';
  return parts.every((part) => part.isNumber() || part.isNumberLiteral()) ? 'number' : 'json';
}

interface Declared {
  name: string;
  row: Type;
  /** Where the types are used. */
  at: Node;
}

/** Every statement that is declared with a literal name. */
function declaredStatements(): Declared[] {
  const project = new Project({ tsConfigFilePath: `${root}tsconfig.json`, skipAddingFilesFromTsConfig: true });
  const files = project.addSourceFilesAtPaths(`${root}src/**/*.{ts,tsx}`);
  return files.flatMap((file) =>
    file.getDescendantsOfKind(SyntaxKind.CallExpression).flatMap((call) => {
      const [name] = call.getArguments();
      if (call.getExpression().getText() !== 'declareStatement' || !Node.isStringLiteral(name)) return [];
      const [, row] = call.getType().getTypeArguments();
      return row ? [{ name: name.getLiteralValue(), row, at: call }] : [];
    }),
  );
}

function faultOf(property: Property, columns: readonly ResultColumn[], at: Node): string | null {
  const name = property.getName();
  const column = columns.find((one) => one.name === name);
  if (!column) return property.isOptional() ? null : `${name} is no column`;
  const [wanted, found] = [kindOf(property.getTypeAtLocation(at)), kinds.get(column.dataTypeID) ?? 'text'];
  return wanted === found || found === 'json' ? null : `${name} is ${found}, declared as ${wanted}`;
}

describe('the row type of every statement', () => {
  let database: TestDatabase;
  let client: pg.Client;

  before(async () => {
    database = await createTestDatabase(migrated);
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  after(async () => {
    await client.end();
    await database.drop();
  });

  it('names columns that Postgres returns, of types that they become', async function () {
    this.timeout(240_000);
    const declared = declaredStatements();
    assert.ok(declared.length > 100, `${declared.length} statements`);
    for (const path of new Set(declared.map(({ at }) => at.getSourceFile().getFilePath()))) await import(path);
    const faults: string[] = [];
    for (const { name, row, at } of declared) {
      const { text } = statementsByName.get(name) as Statement;
      const columns = await describeStatement(client, text('cairnloop'));
      for (const property of row.getProperties()) {
        const fault = faultOf(property, columns, at);
        if (fault) faults.push(`${name}: ${fault}`);
      }
    }
    assert.deepEqual(faults, []);
  });
});
