/**
 * The time at which a conversation changes whose locked row a statement knows as `c`. One that waited for the lock began
 * before the change that held it: by the clock alone its message would sort before that one's.
 */
export function changeTime(s: string, c: string): string {
  return `greatest(${s}.clock(), ${c}.updated_at)`;
}
