import type { CanaryStep, CanaryTrace } from '../domain/escalation/canary.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'
import { ALERT_RECORD } from './retention-store.ts'

const MS = (time: string) => `(extract(epoch from ${time}) * 1000)::float8`

/** What is written down of the three youngest canaries, and of the last that was acknowledged; for the engine and for an outside watcher. */
export async function loadCanaryTraces(sql: Sql): Promise<CanaryTrace[]> {
  const { rows } = await sql.query<CanaryTrace & { readonly steps: CanaryStep[] }>(
    `with shown as (
       (select id from alert where kind = 'canary' order by opened_at desc limit 3) union
       (select id from alert where kind = 'canary' and acked_at is not null order by opened_at desc limit 1))
     select a.opened_at as "openedAt", a.acked_at as "acknowledgedAt",
            array(select jsonb_build_object('step', s.step, 'firedAt', ${MS('s.fired_at')}, 'isCalled', coalesce(o.call_begun, false), 'receivedAt', ${MS('o.delivered_at')})
                    from escalation e join escalation_step s on s.escalation_id = e.id and s.round = 0
                    left join outbox o on o.escalation_id = e.id and o.step = s.step and o.round = 0 and o.channel = 'canary'
                   where e.alert_id = a.id order by s.step) as steps
       from alert a join shown using (id) order by a.opened_at desc`,
  )
  return rows
}

/** The canary and the step of a page, by the page's delivery id; undefined when it is none of a canary. */
export async function findCanaryPage(sql: Sql, deliveryId: string): Promise<{ readonly alertId: string; readonly step: number } | undefined> {
  const { rows } = await sql.query<{ alertId: string; step: number }>(
    `select a.id::text as "alertId", o.step from outbox o join alert a on a.id = o.alert_id and a.kind = 'canary' where o.delivery_id = $1::uuid and o.channel = 'canary'`,
    [deliveryId],
  )
  return rows[0]
}

/** Canaries that were raised by `before` and have not ended. */
export async function findLateCanaries(sql: Sql, before: Instant): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `select id::text from alert where kind = 'canary' and ended_at is null and opened_at <= ${instantOf('$1')} order by opened_at`,
    [before],
  )
  return rows.map(({ id }) => id)
}

/** Deletes at most `limit` canaries that were raised before an instant and have ended, each with its whole record; returns how many. */
export async function deleteCanaries(tx: Tx, before: Instant, limit: number): Promise<number> {
  const { rows } = await tx.query<{ id: string }>(
    `select id::text from alert where kind = 'canary' and opened_at < ${instantOf('$1')} and ended_at is not null order by opened_at limit $2 for update skip locked`,
    [before, limit],
  )
  if (rows.length === 0) return 0
  const ids = rows.map(({ id }) => id)
  for (const [table, where] of ALERT_RECORD) await tx.query(`delete from ${table} where ${where}`, [ids])
  return ids.length
}
