/** From the ground up. A file may import, for run time, from its own layer and from those above it in this list. */
export const layers: Record<string, readonly string[]> = {
  foundation: ['foundation', 'runtime'],
  contracts: ['contracts', 'validation'],
  'the host': ['config', 'gen', 'host-project', 'embedded-postgres'],
  infrastructure: ['db', 'telemetry', 'http'],
  'deliveries and wake-ups': ['deliveries', 'agenda', 'change-feed', 'events'],
  'the domain': [
    'conversations',
    'sla',
    'drafts',
    'outbound',
    'context',
    'audit',
    'customers',
    'report',
    'tail',
    'pending-actions',
  ],
  'what runs it': ['worker', 'ops', 'workspace', 'portal', 'testing', 'doctor', 'ai', 'webhooks'],
  'the instance': ['instance', 'within'],
  'the package': ['index', 'transactions', 'server-mounts', 'nest', 'fastify'],
  'the command line': ['cli'],
};
