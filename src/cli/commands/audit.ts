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
    list: { ...list, summary: 'Show what was recorded, newest first' },
    verify: { ...verify, summary: 'Check that nothing was changed or removed since it was sealed' },
    anchor: { ...anchor, summary: 'Print the end of the chain, to be kept elsewhere as a proof' },
    export: { ...exportRecord, summary: 'Print the whole record as JSON lines' },
  },
});
