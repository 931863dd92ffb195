import { defineCommand } from '../command.js';
import { anchor } from './audit/anchor.js';
import { exportRecord } from './audit/export.js';
import { list } from './audit/list.js';
import { verify } from './audit/verify.js';

export const command = defineCommand({
  examples: [
    'cairnloop audit list --action sla. --limit 20',
    'cairnloop audit verify',
    'cairnloop audit export > audit.jsonl',
  ],
  subcommands: {
    list: { ...list, summary: 'List recorded events, newest first' },
    verify: { ...verify, summary: 'Verify that no sealed event was changed or removed' },
    anchor: { ...anchor, summary: 'Print the end of the hash chain, to keep elsewhere as proof' },
    export: { ...exportRecord, summary: 'Print the whole record as JSON lines' },
  },
});
