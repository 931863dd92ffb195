/** Tells open workspace pages, in every process, that a conversation has changed. */
export interface ChangeFeed {
  /** Call it after the commit; it returns at once, never throws and may be merged with others. */
  changed(conversationId: string): void;
  /**
   * Calls `listener` with the ids of conversations that changed anywhere; an empty list means that any may have. Answers
   * how to stop. After `close` nothing is heard any more.
   */
  subscribe(listener: ChangeListener): () => void;
  close(): Promise<void>;
}

export type ChangeListener = (conversationIds: readonly string[]) => void;
