import type { Cutoffs, RetentionCounts } from '../domain/protect/retention.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'
import { AGES } from './retention-store.ts'

// What core/store/retention-store.ts deletes, as counts: test/db/retention.test.ts holds the two together.
const IS_QUIET = (cutoff: string) => `t.first_event_at < ${instantOf(cutoff)} and t.last_event_at < ${instantOf(cutoff)}`
const IS_FREE = `not exists (select from held_ticket h where h.ticket_key = t.ticket_key)
  and not exists (select from pending_event p where p.ticket_key = t.ticket_key)`

/** Alerts that are due, without those that a kept one refers to, however many steps away. */
const DUE_ALERTS = `with recursive base as (
    select a.id from alert a where a.ended_at < ${instantOf('$1')} and not exists (select from held_alert h where h.alert_id = a.id)
       and not exists (select from alert_transition n where n.alert_id = a.id and n.at >= ${instantOf('$1')})),
  link as (select id, suppressed_by as target from alert where suppressed_by is not null union all select id, merged_into from alert where merged_into is not null),
  kept as (select target from link where id not in (select id from base) union select l.target from link l join kept k on l.id = k.target),
  due as (select id from base where id not in (select target from kept))`

const number = async (sql: Sql, text: string, values: readonly unknown[]): Promise<number> => {
  const { rows } = await sql.query<{ n: number }>(text, [...values])
  return Number(rows[0]?.n ?? 0)
}

/** How much is due by these cutoffs and not held, without touching it: what a run would delete. May take long; runs without a time limit. */
export async function countDue(tx: Tx, cutoffs: Cutoffs): Promise<RetentionCounts> {
  await tx.query(`select set_config('statement_timeout', '0', true)`)
  const { rawEvents, text, aggregates, alerts, logs } = cutoffs
  const histories = await number(
    tx,
    `select count(*) as n from ticket t join event e using (ticket_key) where not t.is_erased and ${IS_QUIET('$1')} and ${IS_FREE}`,
    [rawEvents],
  )
  const strays = await number(
    tx,
    `select count(*) as n from event t where t.occurred_at < ${instantOf('$1')} and not exists (select from ticket k where k.ticket_key = t.ticket_key) and ${IS_FREE}`,
    [rawEvents],
  )
  return {
    texts: await number(tx, `select count(*) as n from ticket t where not t.is_frozen and ${IS_QUIET('$1')} and ${IS_FREE}`, [text]),
    events: histories + strays,
    cells: await number(tx, `select (select count(*) from cell where bin_at < ${instantOf('$1')} and ${AGES}) + (select count(*) from cell_sketch where bin_at < ${instantOf('$1')}) as n`, [aggregates]),
    alerts: await number(tx, `${DUE_ALERTS} select count(*) as n from due`, [alerts]),
    transitions: await number(tx, `${DUE_ALERTS} select count(*) as n from alert_transition where alert_id in (select id from due)`, [alerts]),
    notifications: await number(
      tx,
      `${DUE_ALERTS} select count(*) as n from outbox o join alert a on a.id = o.alert_id
        where a.id in (select id from due)
           or (o.created_at < ${instantOf('$2')} and a.ended_at is not null and not exists (select from held_alert h where h.alert_id = a.id))`,
      [alerts, logs],
    ),
    audit: await number(
      tx,
      `select count(*) as n from audit_log a where a.at < ${instantOf('$1')}
          and a.subject not in (select kind || ' ' || alert_id from held_alert cross join (values ('alert'), ('case')) as k (kind))
          and a.subject not in (select 'ticket ' || ticket_key from held_ticket)`,
      [logs],
    ),
    quarantined: await number(
      tx,
      `select count(*) as n from quarantine q where q.received_at < case when q.code = 'fold_failed' then ${instantOf('$2')} else ${instantOf('$1')} end
          and not exists (select from held_ticket h where h.ticket_key = coalesce(q.item ->> 'ticket_key',
            concat_ws(':', q.item ->> 'province_code', q.item ->> 'source_system', q.item ->> 'ticket_id')))`,
      [text, rawEvents],
    ),
    trials: await number(tx, `select count(*) as n from rule_trial where coalesce(stopped_at, ends_at) < ${instantOf('$1')}`, [alerts]),
  }
}

/** How much is due by these cutoffs and stays because it is held. */
export async function countHeld(tx: Tx, { rawEvents, text, alerts }: Cutoffs): Promise<Partial<RetentionCounts>> {
  const held = 'from held_ticket h join ticket t using (ticket_key)'
  return {
    texts: await number(tx, `select count(*) as n ${held} where not t.is_frozen and ${IS_QUIET('$1')}`, [text]),
    events: await number(tx, `select count(*) as n ${held} join event e using (ticket_key) where not t.is_erased and ${IS_QUIET('$1')}`, [rawEvents]),
    alerts: await number(tx, `select count(*) as n from held_alert h join alert a on a.id = h.alert_id where a.ended_at < ${instantOf('$1')}`, [alerts]),
  }
}
