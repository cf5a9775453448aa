import type { Collective, Gathered } from '../domain/notification/collective.ts'
import { type Outcome, written } from '../domain/notification/outcome.ts'
import type { Storm } from '../domain/notification/storm.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { DEMAND, type DueDelivery } from './outbox-store.ts'
import { column, instantOf, joined } from './columns.ts'

/** One person on one channel. */
export interface Line {
  readonly target: string
  readonly channel: string
}

/**
 * What a person was told singly by a channel, locked until the transaction ends: of two workers the second sees what the first has let go. Who has a page of the
 * person locked does not wait for it (`waits`): null where somebody else is at it.
 */
export async function lockStorm(tx: Tx, { target, channel }: Line, waits: boolean): Promise<Storm | null> {
  await tx.query('insert into page_storm (target, channel) values ($1, $2) on conflict do nothing', [target, channel])
  const { rows } = await tx.query<Storm>(`select singles, next_at as "nextAt" from page_storm where target = $1 and channel = $2 for update ${waits ? '' : 'skip locked'}`, [target, channel])
  return rows[0] ?? null
}

/** Keeps it. */
export async function saveStorm(tx: Tx, { target, channel }: Line, { singles, nextAt }: Storm): Promise<void> {
  await tx.query(`update page_storm set singles = $3::jsonb, next_at = ${instantOf('$4')} where target = $1 and channel = $2`, [target, channel, JSON.stringify(singles), nextAt])
}

const WAITS = `o.target = $1 and o.channel = $2 and o.state in ('queued', 'ambiguous') and not o.is_urgent and o.carried_by is null and o.together is null and o.attempts = 0`

/** Whether anything for this person has waited since `at` or before for the next message of a storm. */
export async function isHeld(tx: Tx, { target, channel }: Line, at: Instant): Promise<boolean> {
  const { rows } = await tx.query<{ is: boolean }>(`select exists (select from outbox o where ${WAITS} and o.due_at <= ${instantOf('$3')}) as is`, [target, channel, at])
  return rows[0]?.is === true
}

/** Lets a page wait for the message that says it with others; what follows on its silence is put off as long. */
export async function holdDelivery(tx: Tx, id: string, until: Instant, why: Outcome): Promise<void> {
  await tx.query(
    `update outbox set fallback_at = fallback_at + greatest(${instantOf('$2')} - due_at, interval '0'), due_at = ${instantOf('$2')}, outcome = $3 where id = $1`,
    [id, until, written(why)],
  )
}

/** A page that waits, with what decides whether it is still to be said. */
export type WaitingPage = Pick<DueDelivery, 'id' | 'unconfirmedCalls' | 'runIsOver' | 'purpose' | 'alertState' | 'severity' | 'ackedSeverity' | 'isLateDetected'> & { readonly payload: Gathered }

/** So many are said in one message; whatever is over waits for the next. */
const MOST_TOGETHER = 2_000

/** Everything else that is due for this person by this channel, locked as a claim locks it; whatever somebody else is at is left for the next time. */
export async function lockWaitingWith(tx: Tx, { target, channel, id }: Line & { readonly id: string }, now: Instant): Promise<WaitingPage[]> {
  const { rows } = await tx.query<WaitingPage>(
    `select o.id::text, o.payload, o.unconfirmed_calls as "unconfirmedCalls", ${DEMAND} from outbox o join alert a on a.id = o.alert_id
      where ${WAITS} and o.due_at <= ${instantOf('$3')} and o.id <> $4 order by o.id limit ${MOST_TOGETHER} for update of o skip locked for share of a skip locked`,
    [target, channel, now, id],
  )
  return rows
}

/** How many there are, whoever is at them; at most as many as one message says. */
export async function countWaitingWith(tx: Tx, { target, channel, id }: Line & { readonly id: string }, now: Instant): Promise<number> {
  const { rows } = await tx.query<{ n: number }>(`select count(*)::int as n from outbox o where ${WAITS} and o.due_at <= ${instantOf('$3')} and o.id <> $4`, [target, channel, now, id])
  return Math.min(rows[0]?.n ?? 0, MOST_TOGETHER)
}

/** Makes one delivery say what the others have to say too: one call for all of them, which is a repeat where it is one for any. */
export async function carry(tx: Tx, carrier: Pick<DueDelivery, 'id' | 'deliveryId' | 'unconfirmedCalls'>, together: Collective, others: readonly string[], why: Outcome): Promise<void> {
  const values = [carrier.id, JSON.stringify(together), written(why), carrier.unconfirmedCalls]
  await tx.query('update outbox set together = $2::jsonb, outcome = $3, unconfirmed_calls = $4 where id = $1', values)
  await tx.query(`update outbox set carried_by = $1::uuid, state = 'queued', outcome = $2 where id = any (select unnest(${column('$3')})::bigint)`, [carrier.deliveryId, written(why), joined(others)])
}

/** Forgets whoever was told nothing since `before`: he is as one who was never told. */
export async function pruneStorms(sql: Sql, before: Instant): Promise<void> {
  await sql.query(
    `delete from page_storm where coalesce(next_at, '-infinity') < ${instantOf('$1')} and not exists (select from jsonb_array_elements(singles) s where (s ->> 'at')::float8 >= $1)`,
    [before],
  )
}
