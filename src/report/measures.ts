/** SQL for what reports count of a conversation. Retention keeps the same figures of a removed conversation. */

/**
 * SQL joins that find a conversation's first customer message (`asked`) and the first answer to it (`answered`), by two
 * index scans.
 */
export const firstResponseJoinsSql = (s: string, conversationId: string) => `
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

/**
 * SQL for the outcome of an SLA clock: `met`, `breached` or `running`; null if it ended because tracking was switched
 * off.
 */
export const slaOutcomeSql = (sla: string) => `CASE
        WHEN ${sla}.status = 'fulfilled' AND ${sla}.ended_by <> 'tracking_off' THEN 'met'
        WHEN ${sla}.status = 'breached' THEN 'breached'
        WHEN ${sla}.status = 'active' THEN 'running' END`;
