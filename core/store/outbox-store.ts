import { type Withdrawal, withdrawn } from '../domain/notification/decide-send.ts'
import { type Outcome, written } from '../domain/notification/outcome.ts'
import type { Instant } from '../domain/time.ts'
import type { AlertState, ChannelName, LadderChannel, Severity } from '../domain/vocabulary.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, joined } from './columns.ts'

/** One thing to be said to one person or endpoint by one channel. */
export interface NewDelivery {
  readonly deliveryId: string
  /** Of a page that is not sent the ladder's word. */
  readonly channel: ChannelName | LadderChannel
  /** A user's id, or an endpoint's (webhook). */
  readonly target: string
  readonly payload: unknown
  /** Why it is not sent; null for what is. */
  readonly refused: Outcome | null
  /** When its silence counts as not told; null when nothing follows on it. */
  readonly fallbackAt: Instant | null
}

/** Where the deliveries of a step belong. */
export interface DeliveryPlace {
  readonly alertId: string
  readonly runId: string
  readonly step: number
  readonly round: number
  readonly dueAt: Instant
  /** Orange and red are called first. */
  readonly isUrgent: boolean
  /** The delivery id of the page on whose silence these follow. */
  readonly fallbackOf?: string
}

/** Queues a step's deliveries, or writes down why one is not sent; once per step, round, channel and target, however often it is asked for. Returns how many were new. */
export async function insertDeliveries(tx: Tx, place: DeliveryPlace, items: readonly NewDelivery[], createdAt: Instant): Promise<number> {
  if (items.length === 0) return 0
  const text = (pick: (item: NewDelivery) => string) => joined(items.map(pick))
  const { rowCount } = await tx.query(
    `insert into outbox (delivery_id, alert_id, escalation_id, step, round, channel, target, payload, state, due_at, created_at, outcome, fallback_at, is_urgent, fallback_of)
     select delivery_id::uuid, $1, $2, $3, $14, channel, target, payload::jsonb, case when refused is null then 'queued' else 'refused' end,
            to_timestamp($4::float8 / 1000), to_timestamp($5::float8 / 1000), refused, to_timestamp(fallback_at::float8 / 1000), $12, $13::uuid
       from unnest(${column('$6')}, ${column('$7')}, ${column('$8')}, ${column('$9')}, ${column('$10')}, ${column('$11')})
         as d (delivery_id, channel, target, payload, refused, fallback_at)
     on conflict (escalation_id, step, round, channel, target) do nothing`,
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
      joined(items.map(({ refused }) => (refused === null ? null : written(refused)))),
      joined(items.map(({ fallbackAt }) => fallbackAt)),
      place.isUrgent,
      place.fallbackOf ?? null,
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
  /** Its payload says several alerts: it carries others (domain.md 7.4). */
  readonly isTogether: boolean
  readonly state: 'queued' | 'sending' | 'ambiguous'
  readonly dueAt: Instant
  readonly attempts: number
  readonly unconfirmedCalls: number
  /** Of a claim that ran out: its worker had begun its call. */
  readonly callBegun: boolean
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

/** What decides whether a delivery `o` of an alert `a` is still to be said. */
export const DEMAND = `(select e.stopped_at is not null from escalation e where e.id = o.escalation_id) as "runIsOver",
            (select e.purpose from escalation e where e.id = o.escalation_id) as purpose, a.state as "alertState", a.severity,
            a.acked_severity as "ackedSeverity", a.late_detected as "isLateDetected"`

/**
 * The row of orange or red, then of any other colour, longest due that nobody else is at: queued, unconfirmed, or being sent by a worker whose claim has run out. Its alert's row is
 * share-locked, so that an acknowledgement commits either before this claim, which then sees it, or after it. A target with
 * `perTarget` calls in flight waits, lest one slow endpoint hold everybody. With `id` that row alone, if all this holds of it.
 */
export async function lockDueDelivery(tx: Tx, now: Instant, perTarget: number, id: string | null = null): Promise<DueDelivery | undefined> {
  const { rows } = await tx.query<DueDelivery>(
    `select o.id::text, o.delivery_id as "deliveryId", o.alert_id::text as "alertId", o.step, o.channel, o.target, coalesce(o.together, o.payload) as payload, o.together is not null as "isTogether",
            o.state, o.attempts, o.due_at as "dueAt", o.unconfirmed_calls as "unconfirmedCalls", o.call_begun as "callBegun", o.created_at as "createdAt", ${DEMAND}, a.region_code as "regionCode", a.region_path as "regionPath"
       from outbox o join alert a on a.id = o.alert_id
      where o.state in ('queued', 'sending', 'ambiguous') and (o.carried_by is null or o.state <> 'queued') and o.due_at <= to_timestamp($1::float8 / 1000)
        and (o.state <> 'sending' or o.claimed_until <= to_timestamp($1::float8 / 1000))
        and $2 > (select count(*) from outbox f where f.state = 'sending' and f.channel = o.channel and f.target = o.target
                   and f.claimed_until > to_timestamp($1::float8 / 1000))${id === null ? '' : ' and o.id = $3'}
      order by o.is_urgent desc, o.due_at limit 1 for update of o skip locked for share of a skip locked`,
    id === null ? [now, perTarget] : [now, perTarget, id],
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
            call_begun = false, unconfirmed_calls = $4, outcome = case when $5 then $6 else outcome end
      where id = $1`,
    [id, claim.token, claim.until, claim.unconfirmedCalls, claim.isRepeat, written(REPEATING)],
  )
}

/** Gives a claimed row back that was not called: it is due again at once, and the claim counts for nothing. */
export async function releaseDelivery(sql: Sql, id: string, token: string): Promise<void> {
  await sql.query(`update outbox set state = 'queued', attempts = attempts - 1, claim_token = null, claimed_until = null where id = $1 and claim_token = $2::uuid and not call_begun`, [id, token])
}

/** Ends a row without a call: no longer wanted, or nothing more may be tried. */
export async function settleDelivery(tx: Tx, id: string, state: 'cancelled' | 'failed', outcome: Outcome): Promise<void> {
  await tx.query('update outbox set state = $2, outcome = $3, claim_token = null, claimed_until = null where id = $1', [id, state, written(outcome)])
}

/** A limit is used up: the row waits, visibly; `switchesAt` is when another channel takes over, unless it has already or none follows. */
export async function postponeDelivery(tx: Tx, id: string, until: Instant, outcome: Outcome, switchesAt: Instant | null): Promise<void> {
  await tx.query(
    `update outbox set due_at = to_timestamp($2::float8 / 1000), outcome = $3,
            fallback_at = case when $4::float8 is null or fallback_at is null then fallback_at else least(fallback_at, to_timestamp($4::float8 / 1000)) end
      where id = $1`,
    [id, until, written(outcome), switchesAt],
  )
}

/**
 * Writes down that the call of a claimed row begins, so that a claim that runs out before has called nobody; what its alert looks like now. Undefined when the claim is
 * no longer this worker's: then nothing is written.
 */
export async function beginCall(
  sql: Sql,
  id: string,
  token: string,
): Promise<Pick<DueDelivery, 'runIsOver' | 'purpose' | 'alertState' | 'severity' | 'ackedSeverity' | 'isLateDetected'> | undefined> {
  const { rows } = await sql.query<Pick<DueDelivery, 'runIsOver' | 'purpose' | 'alertState' | 'severity' | 'ackedSeverity' | 'isLateDetected'>>(
    `update outbox o set call_begun = true from alert a, escalation e
      where o.id = $1 and o.claim_token = $2::uuid and o.state = 'sending' and a.id = o.alert_id and e.id = o.escalation_id
     returning e.stopped_at is not null as "runIsOver", e.purpose, a.state as "alertState", a.severity, a.acked_severity as "ackedSeverity", a.late_detected as "isLateDetected"`,
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
  /** When its silence counts as not told from now on, unless the fallback has started; left out: as before. */
  readonly fallbackAt?: Instant | null
  /** Of a channel whose acceptance counts as delivered. */
  readonly deliveredAt?: Instant | null
  /** It was not called: whatever it carries is said anew. */
  readonly isDropped?: boolean
}

/**
 * Writes what became of a call (a client that has confirmed already makes it `delivered`), for what it carries too; false when the claim is no longer this worker's:
 * then nothing is written (invariant 7).
 */
export async function finishDelivery(sql: Sql, id: string, token: string, result: DeliveryResult): Promise<boolean> {
  const { rows } = await sql.query<{ written: number }>(
    `with own as (
       update outbox set state = case when $3 = 'sent' and coalesce(delivered_at, to_timestamp($9::float8 / 1000)) is not null then 'delivered' else $3 end,
              delivered_at = coalesce(delivered_at, to_timestamp($9::float8 / 1000)), due_at = coalesce(to_timestamp($4::float8 / 1000), due_at), sent_at = to_timestamp($5::float8 / 1000),
              unconfirmed_calls = $6, outcome = $7, claim_token = null, claimed_until = null,
              fallback_at = case when fallback_at is null or delivered_at is not null then null else coalesce(to_timestamp($8::float8 / 1000), fallback_at) end
        where id = $1 and claim_token = $2::uuid and state = 'sending' returning delivery_id, state, sent_at, delivered_at),
     carried as (
       update outbox m set state = own.state, sent_at = own.sent_at, delivered_at = own.delivered_at, outcome = $7,
              fallback_at = case when m.fallback_at is null or own.delivered_at is not null then null else coalesce(to_timestamp($8::float8 / 1000), m.fallback_at) end
         from own where m.carried_by = own.delivery_id and m.state = 'queued' and own.state in ('sent', 'delivered', 'failed') and not $10)
     select count(*)::int as written from own`,
    [
      id,
      token,
      result.state,
      result.dueAt,
      result.sentAt,
      result.unconfirmedCalls,
      written(result.outcome),
      result.fallbackAt ?? null,
      result.deliveredAt ?? null,
      result.isDropped === true,
    ],
  )
  return rows[0]?.written === 1
}
