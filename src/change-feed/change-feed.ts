/** Notifies open pages, in every process, of changed conversations. */
export interface ChangeFeed {
  /** Call it after the commit; it returns at once, never throws and may be merged with others. */
  changed(conversationId: string): void;
  /**
   * Calls `listener` with the ids of changed conversations; an empty list means that any may have changed. Returns a
   * function that unsubscribes. After `close` nothing is called.
   */
  subscribe(listener: ChangeListener): () => void;
  close(): Promise<void>;
}

export type ChangeListener = (conversationIds: readonly string[]) => void;
