import type { AlertLimit } from '../domain/alert/limit.ts'
import type { Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** A limit and whose it is. */
export interface LimitRow extends AlertLimit {
  readonly alertId: string
}

/** The limits of these alerts, without a scope: for the engine, which holds their locks. */
export async function loadLimits(tx: Tx, alertIds: readonly string[]): Promise<LimitRow[]> {
  const { rows } = await tx.query<LimitRow>(
    `select alert_id::text as "alertId", clock, due_at as "dueAt", severity, met_at as "metAt", lifted_at as "liftedAt" from alert_limit where alert_id = any($1::bigint[])`,
    [alertIds],
  )
  return rows
}

/** Stores limits as they are now. Each alert and clock once. */
export async function saveLimits(tx: Tx, limits: readonly LimitRow[]): Promise<void> {
  if (limits.length === 0) return
  await tx.query(
    `insert into alert_limit (alert_id, clock, due_at, severity, met_at, lifted_at)
     select alert_id::bigint, clock, ${instantOf('due_at')}, severity::smallint, ${instantOf('met_at')}, ${instantOf('lifted_at')}
       from unnest(${[1, 2, 3, 4, 5, 6].map((place) => column(`$${place}`)).join(', ')}) as l (alert_id, clock, due_at, severity, met_at, lifted_at)
     on conflict (alert_id, clock) do update
       set due_at = excluded.due_at, severity = excluded.severity, met_at = excluded.met_at, lifted_at = excluded.lifted_at`,
    [
      joined(limits.map(({ alertId }) => alertId)),
      joined(limits.map(({ clock }) => clock)),
      joined(limits.map(({ dueAt }) => dueAt)),
      joined(limits.map(({ severity }) => severity)),
      joined(limits.map(({ metAt }) => metAt)),
      joined(limits.map(({ liftedAt }) => liftedAt)),
    ],
  )
}
