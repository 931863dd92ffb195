import type { Services, WorkspaceContext } from '../handler.js';
import { countNewer } from '../queries/thread-messages.js';
import type { ThreadState } from './conversation.js';

/**
 * What came after the newest message that the sender of this form had read, as the answer to it; null when nothing did.
 * A form that does not say what its sender had read counts as one whose sender has read nothing.
 */
export async function findCollision(
  c: WorkspaceContext,
  { runtime }: Services,
  conversationId: string,
): Promise<ThreadState | null> {
  const newer = await countNewer(runtime, conversationId, c.get('form').text('seen'));
  return newer > 0 ? collision(newer) : null;
}

function collision(newer: number): ThreadState {
  const title = `${newer} new message${newer === 1 ? '' : 's'} since you opened this.`;
  const text = 'Nothing was sent, and your text is kept. Read what came in, then send it or change it.';
  return { status: 409, notice: { tone: 'conflict', title, text } };
}
