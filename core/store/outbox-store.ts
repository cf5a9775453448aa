import { type Withdrawal, withdrawn } from '../domain/notification/decide-send.ts'
import { type Outcome, written } from '../domain/notification/outcome.ts'
import type { Instant } from '../domain/time.ts'
import type { AlertState, ChannelName, Severity } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, joined } from './columns.ts'

/** One thing to be said to one person or endpoint by one channel. */
export interface NewDelivery {
  readonly deliveryId: string
  readonly channel: ChannelName
  /** A user's id (in_app) or an endpoint's id (webhook). */
  readonly target: string
  readonly payload: unknown
}

/** Where the deliveries of a step belong. */
export interface DeliveryPlace {
  readonly alertId: string
  readonly runId: string
  readonly step: number
  readonly round: number
  readonly dueAt: Instant
}

/** Queues a step's deliveries in the transaction that fires it; unique per step, round, channel and target. Returns how many. */
export async function insertDeliveries(tx: Tx, place: DeliveryPlace, items: readonly NewDelivery[], createdAt: Instant): Promise<number> {
  if (items.length === 0) return 0
  const text = (pick: (item: NewDelivery) => string) => joined(items.map(pick))
  const { rowCount } = await tx.query(
    `insert into outbox (delivery_id, alert_id, escalation_id, step, round, channel, target, payload, state, due_at, created_at)
     select delivery_id::uuid, $1, $2, $3, $10, channel, target, payload::jsonb, 'queued', to_timestamp($4::float8 / 1000), to_timestamp($5::float8 / 1000)
       from unnest(${column('$6')}, ${column('$7')}, ${column('$8')}, ${column('$9')}) as d (delivery_id, channel, target, payload)`,
    [
      place.alertId,
      place.runId,
      place.step,
      place.dueAt,
      createdAt,
      text((item) => item.deliveryId),
      text((item) => item.channel),
      text((item) => item.target),
      text((item) => JSON.stringify(item.payload)),
      place.round,
    ],
  )
  return rowCount ?? 0
}

/** Why what waits for an alert is not to be sent any more. */
export interface AlertWithdrawal {
  readonly alertId: string
  readonly withdrawal: Withdrawal
}

/** Takes back what waits for alerts: rows never called become `cancelled`, an unconfirmed one is not repeated. Calls on the wire run on. */
export async function cancelWaiting(tx: Tx, withdrawals: readonly AlertWithdrawal[]): Promise<void> {
  if (withdrawals.length === 0) return
  const outcomes = withdrawals.map(({ withdrawal }) => withdrawn(withdrawal))
  await tx.query(
    `update outbox o set state = case o.state when 'queued' then 'cancelled' else 'failed' end,
            outcome = case o.state when 'queued' then w.uncalled else w.unconfirmed end
       from unnest(${column('$1')}, ${column('$2')}, ${column('$3')}) as w (alert_id, uncalled, unconfirmed)
      where o.alert_id = w.alert_id::bigint and o.state in ('queued', 'ambiguous')`,
    [
      joined(withdrawals.map(({ alertId }) => alertId)),
      joined(outcomes.map(({ uncalled }) => written(uncalled))),
      joined(outcomes.map(({ unconfirmed }) => written(unconfirmed))),
    ],
  )
}

/** A row that is due, with what decides whether it is still to be sent; locked until the transaction ends. */
export interface DueDelivery {
  readonly id: string
  readonly deliveryId: string
  readonly alertId: string
  readonly step: number
  readonly channel: string
  readonly target: string
  readonly payload: Record<string, unknown>
  readonly state: 'queued' | 'sending' | 'ambiguous'
  readonly attempts: number
  readonly unconfirmedCalls: number
  readonly createdAt: Instant
  readonly runIsOver: boolean
  readonly purpose: 'answer' | 'handling'
  readonly alertState: AlertState
  readonly severity: Severity
  readonly ackedSeverity: Severity | null
  readonly isLateDetected: boolean
  readonly regionCode: string
  readonly regionPath: string
}

/**
 * The row longest due that nobody else is at: queued, unconfirmed, or being sent by a worker whose claim has run out. Its alert's row is
 * share-locked, so that an acknowledgement commits either before this claim, which then sees it, or after it. A target with
 * `perTarget` calls in flight waits, lest one slow endpoint hold everybody.
 */
export async function lockDueDelivery(tx: Tx, now: Instant, perTarget: number): Promise<DueDelivery | undefined> {
  const { rows } = await tx.query<DueDelivery>(
    `select o.id::text, o.delivery_id as "deliveryId", o.alert_id::text as "alertId", o.step, o.channel, o.target, o.payload, o.state, o.attempts,
            o.unconfirmed_calls as "unconfirmedCalls", o.created_at as "createdAt",
            (select e.stopped_at is not null from escalation e where e.id = o.escalation_id) as "runIsOver",
            (select e.purpose from escalation e where e.id = o.escalation_id) as purpose, a.state as "alertState", a.severity,
            a.acked_severity as "ackedSeverity", a.late_detected as "isLateDetected", a.region_code as "regionCode", a.region_path as "regionPath"
       from outbox o join alert a on a.id = o.alert_id
      where o.state in ('queued', 'sending', 'ambiguous') and o.due_at <= to_timestamp($1::float8 / 1000)
        and (o.state <> 'sending' or o.claimed_until <= to_timestamp($1::float8 / 1000))
        and $2 > (select count(*) from outbox f where f.state = 'sending' and f.channel = o.channel and f.target = o.target
                   and f.claimed_until > to_timestamp($1::float8 / 1000))
      order by o.due_at limit 1 for update of o skip locked for share of a skip locked`,
    [now, perTarget],
  )
  return rows[0]
}

const REPEATING: Outcome = { zh: '重发未获证实的通知', en: 'repeating an unconfirmed call' }

/** Marks a row as being called under a fencing token until `claimedUntil`. */
export async function claimDelivery(
  tx: Tx,
  id: string,
  claim: { token: string; until: Instant; isRepeat: boolean; unconfirmedCalls: number },
): Promise<void> {
  await tx.query(
    `update outbox set state = 'sending', claim_token = $2::uuid, claimed_until = to_timestamp($3::float8 / 1000), attempts = attempts + 1,
            unconfirmed_calls = $4, outcome = case when $5 then $6 else outcome end
      where id = $1`,
    [id, claim.token, claim.until, claim.unconfirmedCalls, claim.isRepeat, written(REPEATING)],
  )
}

/** Ends a row without a call: no longer wanted, or nothing more may be tried. */
export async function settleDelivery(tx: Tx, id: string, state: 'cancelled' | 'failed', outcome: Outcome): Promise<void> {
  await tx.query('update outbox set state = $2, outcome = $3, claim_token = null, claimed_until = null where id = $1', [id, state, written(outcome)])
}

/** What the alert of a claimed row looks like now; undefined when the claim is no longer this worker's. */
export async function loadDemand(
  sql: Sql,
  id: string,
  token: string,
): Promise<Pick<DueDelivery, 'runIsOver' | 'purpose' | 'alertState' | 'severity' | 'ackedSeverity' | 'isLateDetected'> | undefined> {
  const { rows } = await sql.query<Pick<DueDelivery, 'runIsOver' | 'purpose' | 'alertState' | 'severity' | 'ackedSeverity' | 'isLateDetected'>>(
    `select e.stopped_at is not null as "runIsOver", e.purpose, a.state as "alertState", a.severity, a.acked_severity as "ackedSeverity", a.late_detected as "isLateDetected"
       from outbox o join alert a on a.id = o.alert_id join escalation e on e.id = o.escalation_id
      where o.id = $1 and o.claim_token = $2::uuid and o.state = 'sending'`,
    [id, token],
  )
  return rows[0]
}

/** What became of a claimed row. */
export interface DeliveryResult {
  readonly state: 'queued' | 'sent' | 'failed' | 'ambiguous' | 'cancelled'
  readonly dueAt: Instant | null
  readonly sentAt: Instant | null
  readonly unconfirmedCalls: number
  readonly outcome: Outcome
}

/** Writes what became of a call (a client that has confirmed already makes it `delivered`); false when the claim is no longer this worker's: then nothing is written (invariant 7). */
export async function finishDelivery(sql: Sql, id: string, token: string, result: DeliveryResult): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update outbox set state = case when $3 = 'sent' and delivered_at is not null then 'delivered' else $3 end, due_at = coalesce(to_timestamp($4::float8 / 1000), due_at), sent_at = to_timestamp($5::float8 / 1000),
            unconfirmed_calls = $6, outcome = $7, claim_token = null, claimed_until = null
      where id = $1 and claim_token = $2::uuid and state = 'sending'`,
    [id, token, result.state, result.dueAt, result.sentAt, result.unconfirmedCalls, written(result.outcome)],
  )
  return rowCount === 1
}
