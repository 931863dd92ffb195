/** Whether operators alone see a change (a note, a draft, a tag), or the customer as well. */
export type ChangeScope = 'internal' | 'visible';

/** Tells open pages, in every process, that a conversation has changed. */
export interface ChangeFeed {
  /**
   * Call it after the commit; it returns at once, never throws and may be merged with others. Internal unless told: a
   * change that is not declared visible reaches no customer.
   */
  changed(conversationId: string, scope?: ChangeScope): void;
  /**
   * Calls `listener` with the ids of conversations that changed anywhere, with scope `visible` only those in which the
   * customer sees a change; an empty list means that any may have. Returns how to stop. After `close` nothing is heard.
   */
  subscribe(listener: ChangeListener, scope?: ChangeScope): () => void;
  close(): Promise<void>;
}

export type ChangeListener = (conversationIds: readonly string[]) => void;
