import { type Outcome, written } from '../domain/notification/outcome.ts'
import type { Instant } from '../domain/time.ts'
import type { AlertState, ChannelName, LadderChannel, Role, Severity } from '../domain/vocabulary.ts'
import type { Tx } from '../platform/database.ts'

/** A page whose silence has lasted too long, with its alert; locked until the transaction ends. */
export interface SilentPage {
  readonly id: string
  readonly deliveryId: string
  readonly alertId: string
  readonly runId: string
  readonly step: number
  readonly round: number
  readonly purpose: 'answer' | 'handling'
  readonly channel: ChannelName | LadderChannel
  readonly target: string
  readonly payload: Record<string, unknown>
  readonly runIsOver: boolean
  readonly alertState: AlertState
  readonly severity: Severity
  readonly ackedSeverity: Severity | null
  readonly regionCode: string
  readonly regionPath: string
}

/** The page that has been silent longest; as with a claim, an acknowledgement commits either before this look, which then sees it, or after it. */
export async function lockSilentPage(tx: Tx, now: Instant): Promise<SilentPage | undefined> {
  const { rows } = await tx.query<SilentPage>(
    `select o.id::text, o.delivery_id as "deliveryId", o.alert_id::text as "alertId", o.escalation_id::text as "runId", o.step, o.round, o.channel, o.target, o.payload,
            (select e.purpose from escalation e where e.id = o.escalation_id) as purpose,
            (select e.stopped_at is not null from escalation e where e.id = o.escalation_id) as "runIsOver", a.state as "alertState", a.severity,
            a.acked_severity as "ackedSeverity", a.region_code as "regionCode", a.region_path as "regionPath"
       from outbox o join alert a on a.id = o.alert_id
      where o.fallback_at <= to_timestamp($1::float8 / 1000) order by o.fallback_at, o.id limit 1 for update of o skip locked for share of a skip locked`,
    [now],
  )
  return rows[0]
}

/** Nothing more follows on this page's silence; what is to be said of it is added to its outcome. */
export async function endFallback(tx: Tx, id: string, more: Outcome | null): Promise<void> {
  await tx.query(
    `update outbox set fallback_at = null, outcome = case when $2::text is null then outcome when outcome is null then $2 else outcome || '；' || $2 end where id = $1`,
    [id, more === null ? null : written(more)],
  )
}

/** What one person has been told of a step already. */
export async function loadSaid(tx: Tx, page: Pick<SilentPage, 'runId' | 'step' | 'round' | 'target'>): Promise<Map<string, 'told' | 'refused'>> {
  const { rows } = await tx.query<{ channel: string; said: 'told' | 'refused' }>(
    `select channel, case when state = 'refused' then 'refused' else 'told' end as said from outbox where escalation_id = $1 and step = $2 and round = $4 and target = $3`,
    [page.runId, page.step, page.target, page.round],
  )
  return new Map(rows.map(({ channel, said }) => [channel, said]))
}

/** Everybody else who holds the position of a person called by a step and has not been told of that step, with the position. */
export async function findOthersOfPosition(tx: Tx, page: Pick<SilentPage, 'runId' | 'step' | 'round' | 'target'>): Promise<{ readonly userId: string; readonly role: Role; readonly regionCode: string }[]> {
  const { rows } = await tx.query<{ userId: string; role: Role; regionCode: string }>(
    `select u.id as "userId", u.role, u.region_code as "regionCode" from app_user called
       join app_user u on u.role = called.role and u.region_code = called.region_code and u.disabled_at is null and u.id <> called.id
      where called.id = $3::uuid
        and not exists (select from outbox o where o.escalation_id = $1 and o.step = $2 and o.round = $4 and o.target = u.id::text) order by u.id`,
    [page.runId, page.step, page.target, page.round],
  )
  return rows
}
