/**
 * The time of a change to the locked row `c`. A statement that waited for the lock began before the change that held
 * it; by the clock alone its message would sort first.
 */
export function changeTime(s: string, c: string): string {
  return `greatest(${s}.clock(), ${c}.updated_at)`;
}
