import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TempHost, tempHost } from '../../support/temp-host.js';
import type { RecordedCall } from '../../support/worker-process.js';

export interface FaultHost extends TempHost {
  /** Every call so far: one line when it began, another when it ended well. */
  calls(): TimedCall[];
  /** How many calls have ended well. */
  delivered(): number;
  /** Lets every callback fail, as its provider would when it is away, until called again with false. */
  away(isAway: boolean): void;
  /** Lets those callbacks go that wait at the gate, and all that come to it later. */
  openGate(): void;
  /** Changes the config of the processes that start from now on. */
  configure(config: object): void;
}

export type TimedCall = RecordedCall & { time: number; truncated?: true };

/**
 * A host whose Notifier does what the conversation's subject says: `sleep <ms>`, `gate`, `throw <bytes>`, `exit`, `loop`,
 * `oom`; nothing for any other subject. It writes its calls to a file, because the database may be what is away.
 */
export function faultHost(databaseUrl: string, config: object = {}): FaultHost {
  const settings = { database: { url: databaseUrl }, ops: { host: '127.0.0.1', port: 0 } };
  const host = tempHost({
    'package.json': { type: 'module' },
    'settings.json': { ...settings, ...config },
    'cairnloop.config.mjs': configFile,
  });
  const file = join(host.folder, 'calls.jsonl');
  return {
    ...host,
    delivered: () => (existsSync(file) ? readFileSync(file, 'utf8').split('"at":"end"').length - 1 : 0),
    away: (isAway) => host.write('away', isAway ? 'yes' : ''),
    openGate: () => host.write('gate-is-open', ''),
    configure: (changed) => host.write('settings.json', JSON.stringify({ ...settings, ...changed })),
    calls() {
      const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
      // A worker that was killed may have left half a line.
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      return whole
        .split('\n')
        .filter(Boolean)
        .map(parseOrNone)
        .filter((call) => call !== null);
    },
  };
}

/** Half a line of a killed worker takes the beginning of the next one with it. */
function parseOrNone(line: string): TimedCall | null {
  try {
    return JSON.parse(line);
  } catch {
    return JSON.parse(line.slice(line.lastIndexOf('{"at"'))) as TimedCall;
  }
}

const configFile = `
  import { appendFileSync, readFileSync, existsSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  import { defineConfig, ok, err } from 'cairnloop';

  const beside = (name) => new URL(name, import.meta.url);
  const isAway = () => existsSync(beside('away')) && readFileSync(beside('away'), 'utf8') === 'yes';
  const hoard = [];
  const deeds = {
    sleep: (ms) => sleep(Number(ms)),
    gate: async () => { while (!existsSync(beside('gate-is-open'))) await sleep(20); },
    throw: (bytes) => { throw new Error('x'.repeat(Number(bytes))); },
    exit: () => process.exit(9),
    loop: () => { for (;;); },
    oom: () => { for (;;) hoard.push(new Array(1e6).fill(Math.random())); },
  };
  const told = async (method, conversation, { deliveryId, attempt }, messageId) => {
    const { messagesTruncated: truncated } = conversation;
    const call = { method, conversationId: conversation.id, messageId, deliveryId, attempt, pid: process.pid, truncated };
    const write = (at) => appendFileSync(beside('calls.jsonl'), JSON.stringify({ at, time: Date.now(), ...call }) + '\\n');
    write('start');
    if (isAway()) throw new Error('the provider is away');
    const [deed, argument] = (conversation.subject ?? '').split(' ');
    const doing = deeds[deed]?.(argument);
    if (doing) await doing;
    write('end');
  };
  export default defineConfig({
    ...JSON.parse(readFileSync(beside('settings.json'), 'utf8')),
    notifier: {
      onConversationResolved: (conversation, metadata) => told('onConversationResolved', conversation, metadata),
      onSlaBreach: (conversation, sla, metadata) => told('onSlaBreach', conversation, metadata),
      onOutboundTriggered: (message, conversation) => told('onOutboundTriggered', conversation, message.metadata),
      onReply: (message, conversation, metadata) => told('onReply', conversation, metadata, message.id),
    },
    slaPolicyProvider: {
      getActivePolicies: () => ok([{ priority: 'normal', responseMinutes: 60, breachMinutes: 240 }]),
      setPolicy: () => err('read-only'),
    },
  });
`;
