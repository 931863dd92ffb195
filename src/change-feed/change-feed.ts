/** Whether only operators see a change (a note, a draft, a tag), or the customer as well. */
export type ChangeScope = 'internal' | 'visible';

/** Notifies open pages, in every process, of changed conversations. */
export interface ChangeFeed {
  /**
   * Call it after the commit; it returns at once, never throws and may be merged with others. The scope defaults to
   * `internal`, so that a change reaches customers only where it is declared visible.
   */
  changed(conversationId: string, scope?: ChangeScope): void;
  /**
   * Calls `listener` with the ids of changed conversations, with scope `visible` only of those in which the customer sees
   * a change; an empty list means that any may have changed. Returns a function that unsubscribes. After `close` nothing
   * is called.
   */
  subscribe(listener: ChangeListener, scope?: ChangeScope): () => void;
  /** Short-lived messages between open pages of all processes. They are not stored. */
  readonly news: NewsChannel;
  close(): Promise<void>;
}

export type ChangeListener = (conversationIds: readonly string[]) => void;

/** Short texts from every process to every process, this one included, each at most once. */
export interface NewsChannel {
  /** At most 7000 bytes. Returns at once and never throws; what cannot be sent is lost. */
  say(text: string): void;
  /** `missed` is called when the connection is up, at first and after a loss. Returns how to stop. */
  hear(listener: (text: string) => void, missed: () => void): () => void;
}
