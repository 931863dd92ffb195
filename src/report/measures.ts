/** SQL for what a report counts of a conversation, which retention keeps of one that it removes. */

/** Joins that find the first question (`asked`) and the first answer to it (`answered`): two index scans a conversation. */
export const firstResponse = (s: string, conversationId: string) => `
      LEFT JOIN LATERAL (
        SELECT m.created_at AS at, m.id FROM ${s}.messages m WHERE m.conversation_id = ${conversationId} AND m.role = 'customer'
        ORDER BY m.created_at, m.id LIMIT 1
      ) asked ON true
      LEFT JOIN LATERAL (
        SELECT m.created_at AS at FROM ${s}.messages m
        WHERE m.conversation_id = ${conversationId} AND m.role IN ('operator', 'automation')
          AND (m.created_at, m.id) > (asked.at, asked.id)
        ORDER BY m.created_at, m.id LIMIT 1
      ) answered ON true`;

/** A clock that ended because tracking was switched off was neither met nor breached. */
export const clockOutcome = (sla: string) => `CASE
        WHEN ${sla}.status = 'fulfilled' AND ${sla}.ended_by <> 'tracking_off' THEN 'met'
        WHEN ${sla}.status = 'breached' THEN 'breached'
        WHEN ${sla}.status = 'active' THEN 'running' END`;
