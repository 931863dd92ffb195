import { defineCommand } from '../command.js';
import { auditAnchorCommand } from './audit/anchor.js';
import { auditExportCommand } from './audit/export.js';
import { auditListCommand } from './audit/list.js';
import { auditVerifyCommand } from './audit/verify.js';

export const auditCommand = defineCommand({
  examples: [
    'cairnloop audit list --action sla. --limit 20',
    'cairnloop audit verify',
    'cairnloop audit export > audit.jsonl',
  ],
  subcommands: {
    list: { ...auditListCommand, summary: 'List recorded events, newest first' },
    verify: { ...auditVerifyCommand, summary: 'Verify that no sealed event was changed or removed' },
    anchor: { ...auditAnchorCommand, summary: 'Print the end of the hash chain, to keep elsewhere as proof' },
    export: { ...auditExportCommand, summary: 'Print the whole audit record as JSON lines' },
  },
});
