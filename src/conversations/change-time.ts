/**
 * SQL for the time of a change to the locked row `c`: never before the row's last change. Otherwise a statement that
 * began before it and waited for the lock would write a message that sorts too early.
 */
export function timeOfChangeSql(s: string, c: string): string {
  return `greatest(${s}.clock(), ${c}.updated_at)`;
}
