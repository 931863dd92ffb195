import { defineCommand } from '../command.js';
import { customerEraseCommand } from './customer/erase.js';
import { customerExportCommand } from './customer/export.js';

export const customerCommand = defineCommand({
  examples: [
    'cairnloop customer export cust-7 --output cust-7.json',
    'cairnloop customer erase cust-7 --dry-run',
    'cairnloop customer erase cust-7 --reason "Request 4711 of 3 March"',
  ],
  subcommands: {
    export: {
      ...customerExportCommand,
      summary: 'Print everything that is stored about a customer as one JSON document',
    },
    erase: { ...customerEraseCommand, summary: 'Erase everything that is stored about a customer' },
  },
});
