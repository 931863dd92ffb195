import { type Scheduled, scheduleAction } from '../../pending-actions/schedule.js';
import type { Services, WorkspaceContext } from '../handler.js';
import { defaultTakeBackSeconds } from '../mount-options.js';

/** What an operator asks for; who it is, is known. */
export type Asked = Omit<Scheduled, 'actor' | 'thenResolve'> & { thenResolve?: boolean };

/**
 * Stores the action to be carried out in some seconds, and returns the notice's word. Without the script a page cannot
 * show the countdown, so its forms act at once, also where the host switched it off.
 */
export async function laterOrNow(
  c: WorkspaceContext,
  services: Services,
  asked: Asked,
  now: () => Promise<string>,
): Promise<string> {
  const { takeBackSeconds = defaultTakeBackSeconds } = services.options;
  if (takeBackSeconds === 0 || c.get('form').text('later') !== '1') return now();
  const whole = { thenResolve: false, ...asked, actor: c.get('frame').operator };
  const action = await scheduleAction(services.runtime, whole, takeBackSeconds * 1000);
  // The same form was sent before, and its message is there.
  if (!action) return 'reply';
  services.actions.arm(action.inMs + slackMs);
  return asked.kind === 'resolve' ? 'pending-resolve' : 'pending-reply';
}

/** So much later the database's clock has surely passed the time. */
const slackMs = 20;
