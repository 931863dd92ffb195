import type pg from 'pg';

/** A column of a result: its name, and the oid of its type. */
export interface ResultColumn {
  name: string;
  dataTypeID: number;
}

interface Connection {
  parse(message: { name: string; text: string; types: number[] }): void;
  describe(message: { type: 'S'; name: string }): void;
  sync(): void;
}

/** The columns that a statement would return, as Postgres describes them without running it. */
export function describeStatement(client: pg.Client, text: string): Promise<ResultColumn[]> {
  return new Promise((resolve, reject) => {
    let columns: ResultColumn[] = [];
    let failure: Error | undefined;
    const query: object = {
      submit(connection: Connection) {
        connection.parse({ name: '', text, types: [] });
        connection.describe({ type: 'S', name: '' });
        connection.sync();
      },
      handleRowDescription(message: { fields: ResultColumn[] }) {
        columns = message.fields;
      },
      handleError(error: Error) {
        failure ??= error;
      },
      handleReadyForQuery() {
        if (failure) reject(failure);
        else resolve(columns);
      },
    };
    client.query(query as pg.Submittable);
  });
}
