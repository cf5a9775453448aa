import type { KnownAlert } from '../domain/abnormal/reconcile.ts'
import type { AlertState, Severity } from '../domain/vocabulary.ts'
import type { Tx } from '../platform/database.ts'
import { column, joined } from './columns.ts'

interface KnownRow {
  id: number
  ticketKey: string
  ruleId: string
  severity: Severity
  state: AlertState
  cause: string | null
  endedBy: 'user' | 'engine' | null
  floor: Severity | null
  isQuiet: boolean
}

/** Every alert that these tickets ever had, by ticket: the live ones, and the ended ones with who ended them. */
export async function loadKnownAlerts(tx: Tx, ticketKeys: readonly string[]): Promise<Map<string, KnownAlert[]>> {
  const known = new Map<string, KnownAlert[]>()
  if (ticketKeys.length === 0) return known
  const { rows } = await tx.query<KnownRow>(
    `select a.id, a.ticket_key as "ticketKey", a.rule_id as "ruleId", a.severity, a.state, a.quiet_by is not null as "isQuiet",
            coalesce((select t.detail ->> 'cause' from alert_transition t where t.alert_id = a.id and t.detail ->> 'cause' is not null order by t.id desc limit 1),
                     a.facts ->> 'cause') as cause,
            (select t.actor_kind from alert_transition t
              where t.alert_id = a.id and t.to_state = a.state and t.from_state is distinct from t.to_state order by t.id desc limit 1) as "endedBy",
            (select max(t.to_severity) from alert_transition t where t.alert_id = a.id and t.move = 'upgrade'
              and (t.actor_kind = 'user' or t.detail ->> 'because' = 'handling_over')) as floor
       from alert a where a.ticket_key = any(${column('$1')}) and a.kind = 'abnormal' order by a.id`,
    [joined(ticketKeys)],
  )
  for (const { id, ticketKey, cause, endedBy, floor, isQuiet, ...row } of rows) {
    const list = known.get(ticketKey) ?? []
    list.push({
      ...row,
      alertId: String(id),
      ...(cause === null ? {} : { cause }),
      ...(floor === null ? {} : { floor }),
      ...(isQuiet ? { isQuiet } : {}),
      ...(endedBy === null ? {} : { endedBy: endedBy === 'user' ? 'person' : 'engine' }),
    })
    known.set(ticketKey, list)
  }
  return known
}

/** The open case that each of these tickets is linked to, the oldest where there are several (domain.md 4.1-6). */
export async function loadLinkedCases(tx: Tx, ticketKeys: readonly string[]): Promise<Map<string, string>> {
  if (ticketKeys.length === 0) return new Map()
  const { rows } = await tx.query<{ ticketKey: string; caseId: string }>(
    `select c.ticket_key as "ticketKey", min(c.alert_id)::text as "caseId"
       from case_ticket c join alert a on a.id = c.alert_id
      where c.ticket_key = any(${column('$1')}) and a.state in ('open', 'acknowledged', 'handling') group by c.ticket_key`,
    [joined(ticketKeys)],
  )
  return new Map(rows.map(({ ticketKey, caseId }) => [ticketKey, caseId]))
}
