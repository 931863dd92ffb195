/** `internal`: only operators see the change (a note, a draft, a tag). `visible`: the customer sees it as well. */
export type ChangeVisibility = 'internal' | 'visible';

/** Notifies open pages, in every process, of changed conversations. */
export interface ChangeFeed {
  /**
   * Announces a changed conversation; call it after the commit. Returns at once and never throws; announcements may be
   * merged. The scope defaults to `internal`: customers are notified only of changes declared `visible`.
   */
  changed(conversationId: string, scope?: ChangeVisibility): void;
  /**
   * Calls `listener` with the ids of changed conversations; with scope `visible`, only of those whose change the
   * customer sees. An empty list means that any conversation may have changed. Returns a function that unsubscribes. No
   * listener is called after `close`.
   */
  subscribe(listener: ChangeListener, scope?: ChangeVisibility): () => void;
  /** A channel for short-lived messages between the processes that serve open pages. Messages are not stored. */
  readonly broadcast: ProcessBroadcast;
  close(): Promise<void>;
}

export type ChangeListener = (conversationIds: readonly string[]) => void;

/** Broadcasts short texts to every process, the sender included. Each process receives a text at most once. */
export interface ProcessBroadcast {
  /** Broadcasts a text of at most 7000 bytes. Returns at once and never throws; a text that cannot be sent is lost. */
  say(text: string): void;
  /**
   * Calls `listener` with every text, and `missed` each time the connection is established, because texts sent before
   * may have been missed. Returns a function that unsubscribes.
   */
  hear(listener: (text: string) => void, missed: () => void): () => void;
}
