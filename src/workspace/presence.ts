import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { NewsChannel } from '../change-feed/change-feed.js';
import type { Actor } from '../contracts/domain.js';

/** Which operators have a conversation open, and which of them are writing, in every process. Nothing of it is stored. */
export interface Presence {
  /** Somebody has opened a conversation; call what it returns when their page is gone. */
  enter(operator: Actor, conversationId: string): () => void;
  /** Somebody writes in it; forgotten after {@link typingMs} unless it is said again. */
  typing(operator: Actor, conversationId: string): void;
  /** Everybody who is somewhere. */
  present(): readonly Present[];
  /** Calls `listener` when that has changed. Returns how to stop. */
  subscribe(listener: () => void): () => void;
  close(): void;
}

export interface Present {
  operator: Actor;
  conversationId: string;
  isTyping: boolean;
}

/** A page that reconnects is away for a moment: only after it, in milliseconds, is it gone. */
const graceMs = 4_000;
export const typingMs = 6_000;
/** Each process repeats who is there, so that one that has died is noticed. */
const repeatMs = 10_000;
/** What a process has said counts for so long. */
const staleMs = 25_000;
/** Listeners are told of several changes at once. */
const gatherMs = 150;
/** Entries in one payload: it stays below Postgres' 8000 bytes with the longest names. */
const perPayload = 6;
/** More people than a team has: what is beyond is left out. */
const maxEntries = 1000;

const entry = z.tuple([z.string(), z.string().nullable(), z.string()]);

/** What processes tell each other: who is here, who left, who writes; or that they want to know. */
const newsInput = z.object({
  from: z.string(),
  here: z.array(entry).optional(),
  gone: z.array(z.tuple([z.string(), z.string()])).optional(),
  typing: z.array(entry).optional(),
  asks: z.literal(true).optional(),
});

type News = z.output<typeof newsInput>;
type Entry = z.output<typeof entry>;

interface Kept {
  operator: Actor;
  conversationId: string;
  until: number;
}

export function createPresence(channel: NewsChannel): Presence {
  const self = randomUUID();
  const own = new Map<string, Kept & { pages: number }>();
  const others = new Map<string, Kept>();
  const typists = new Map<string, Kept>();
  const listeners = new Set<() => void>();
  let telling: NodeJS.Timeout | undefined;

  const changed = () => {
    telling ??= setTimeout(() => {
      telling = undefined;
      for (const listener of listeners) listener();
    }, gatherMs);
    telling.unref();
  };

  const say = (news: Omit<News, 'from'>) => channel.say(JSON.stringify({ from: self, ...news }));

  function sayHere(entries: Kept[]): void {
    for (let from = 0; from < entries.length; from += perPayload)
      say({ here: entries.slice(from, from + perPayload).map(entryOf) });
  }

  function leave(key: string): void {
    const kept = own.get(key);
    if (!kept || kept.pages > 0) return;
    own.delete(key);
    say({ gone: [[kept.operator.id, kept.conversationId]] });
    changed();
  }

  function hear(payload: string): void {
    const news = parse(payload);
    if (!news || news.from === self) return;
    const until = Date.now() + staleMs;
    for (const entry of news.here ?? []) keep(others, `${news.from} ${keyOf(entry)}`, entry, until);
    for (const [operatorId, conversationId] of news.gone ?? [])
      others.delete(`${news.from} ${operatorId} ${conversationId}`);
    for (const entry of news.typing ?? []) keep(typists, keyOf(entry), entry, Date.now() + typingMs);
    if (news.asks) sayHere([...own.values()]);
    else changed();
  }

  function forgetStale(): void {
    const now = Date.now();
    for (const map of [others, typists]) {
      for (const [key, { until }] of map) if (until < now && map.delete(key)) changed();
    }
  }

  let stop: (() => void) | undefined;

  /** Listens from the first stream on: before it nobody wants to know. */
  function start(): () => void {
    const unsubscribe = channel.hear(hear, () => say({ asks: true }));
    const timers = [setInterval(() => sayHere([...own.values()]), repeatMs), setInterval(forgetStale, 1000)];
    for (const timer of timers) timer.unref();
    return () => {
      unsubscribe();
      for (const timer of timers) clearInterval(timer);
    };
  }

  return {
    enter(operator, conversationId) {
      const key = `${operator.id} ${conversationId}`;
      const before = own.get(key);
      own.set(key, { operator, conversationId, until: Number.POSITIVE_INFINITY, pages: (before?.pages ?? 0) + 1 });
      if (!before) sayHere([{ operator, conversationId, until: 0 }]);
      changed();
      let left = false;
      return () => {
        const kept = own.get(key);
        if (left || !kept) return;
        left = true;
        kept.pages -= 1;
        setTimeout(leave, graceMs, key).unref();
      };
    },
    typing(operator, conversationId) {
      const kept = { operator, conversationId, until: Date.now() + typingMs };
      const isNew = !typists.has(`${operator.id} ${conversationId}`);
      typists.set(`${operator.id} ${conversationId}`, kept);
      say({ typing: [entryOf(kept)] });
      if (isNew) changed();
    },
    present() {
      const all = new Map<string, Present>();
      for (const { operator, conversationId } of [...own.values(), ...others.values()]) {
        const key = `${operator.id} ${conversationId}`;
        all.set(key, { operator, conversationId, isTyping: typists.has(key) });
      }
      return [...all.values()];
    },
    subscribe(listener) {
      listeners.add(listener);
      stop ??= start();
      return () => listeners.delete(listener);
    },
    close() {
      stop?.();
      clearTimeout(telling);
      listeners.clear();
    },
  };
}

/** Names are cut: 60 characters tell who it is, and keep a payload within its limit. */
const entryOf = ({ operator, conversationId }: Kept): Entry => [
  operator.id,
  operator.name?.slice(0, 60).replace(/[\uD800-\uDBFF]$/, '') ?? null,
  conversationId,
];

const keyOf = ([operatorId, , conversationId]: Entry) => `${operatorId} ${conversationId}`;

function keep(map: Map<string, Kept>, key: string, [id, name, conversationId]: Entry, until: number): void {
  if (!map.has(key) && map.size >= maxEntries) return;
  map.set(key, { operator: name ? { id, name } : { id }, conversationId, until });
}

/** Another version of the package may say other things: what it does not understand, a process passes over. */
function parse(payload: string): News | null {
  try {
    const parsed = newsInput.safeParse(JSON.parse(payload));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
