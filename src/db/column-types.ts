import pg from 'pg';

const { builtins, getTypeParser } = pg.types;

const parsers = new Map<number, (text: string) => unknown>([
  [builtins.TIMESTAMPTZ, (text) => new Date(text)],
  [builtins.JSON, JSON.parse],
  [builtins.JSONB, JSON.parse],
]);

/**
 * How columns become values. A host may have changed pg's parsers, which are those of the whole process; times and JSON
 * are Cairnloop's own matter. V8 reads a time in less than half of what pg's parser takes for it.
 */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text' = 'text') =>
    (format === 'text' && parsers.get(oid)) || getTypeParser(oid, format)) as typeof getTypeParser,
};
