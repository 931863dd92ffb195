import { type PendingActionRequest, schedulePendingAction } from '../../pending-actions/schedule.js';
import type { WorkspaceContext, WorkspaceServices } from '../handler.js';
import { defaultTakeBackSeconds } from '../mount-options.js';

/** An action that an operator requests, without its actor. */
export type RequestedOperatorAction = Omit<PendingActionRequest, 'actor' | 'thenResolve'> & { thenResolve?: boolean };

/**
 * Stores an operator's action for later execution, and returns the name of the notice to show. Executes it at once
 * without the page's script, which shows the countdown, or if the host set 0 seconds.
 */
export async function scheduleOrRunAction(
  c: WorkspaceContext,
  services: WorkspaceServices,
  asked: RequestedOperatorAction,
  now: () => Promise<string>,
): Promise<string> {
  const delayMs = takeBackDelayMs(c, services);
  if (delayMs === 0) return now();
  const whole = { thenResolve: false, ...asked, actor: c.get('pageContext').operator };
  const action = await schedulePendingAction(services.runtime, whole, delayMs);
  // The same form was sent before, so its action exists already.
  if (!action) return 'reply';
  services.actions.arm(action.inMs + dueTimerMarginMs);
  return asked.kind === 'resolve' ? 'pending-resolve' : 'pending-reply';
}

/** How long an operator's action can be taken back, in milliseconds; 0 if it is executed at once. */
export function takeBackDelayMs(c: WorkspaceContext, { options }: WorkspaceServices): number {
  const { takeBackSeconds = defaultTakeBackSeconds } = options;
  return c.get('form').text('later') === '1' ? takeBackSeconds * 1000 : 0;
}

/** Margin added to a timer, in milliseconds, so that the database's clock has passed the due time when it fires. */
export const dueTimerMarginMs = 20;
