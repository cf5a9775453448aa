import type { MoveRequest } from '../../core/domain/alert/alert.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import type { Severity } from '../../core/domain/vocabulary.ts'
import { type MoveOrder, openAlerts } from '../../core/engine/alert-life.ts'
import type { AlertSpec } from '../../core/engine/new-alert.ts'
import { saveSettings } from '../../core/engine/settings.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { T } from './alert-builders.ts'
import { type AlertWorld, SPEC } from './alert-world.ts'

type Request = Omit<MoveRequest, 'reason'>

interface Part {
  readonly severity: Severity
  readonly kind?: 'risk' | 'abnormal'
  /** Moves that the engine, or where it is an `ack` the manager, makes beforehand. */
  readonly before?: readonly Request[]
  readonly request: Request
}

const ACK: Request = { move: 'ack' }
const MITIGATE: Request = { move: 'mitigate' }

/** Moves of the engine whose cost in statements is one for all; the last two are refused. */
const PLAIN: Readonly<Record<string, Part>> = {
  'an upgrade of what waits': { severity: 1, request: { move: 'upgrade', toSeverity: 3 } },
  'an upgrade of what was answered': { severity: 2, before: [ACK], request: { move: 'upgrade', toSeverity: 4 } },
  'a downgrade of what waits': { severity: 3, request: { move: 'downgrade', toSeverity: 1 } },
  'a downgrade of what was answered': { severity: 3, before: [ACK], request: { move: 'downgrade', toSeverity: 2 } },
  'a suppression': { severity: 2, request: { move: 'suppress' } },
  'the end of a suppression': { severity: 2, before: [{ move: 'suppress' }], request: { move: 'unsuppress' } },
  'a downgrade of what is suppressed': { severity: 3, before: [{ move: 'suppress' }], request: { move: 'downgrade', toSeverity: 2 } },
  'an end of what waits': { severity: 2, request: { move: 'auto_resolve' } },
  'an end of what was answered': { severity: 4, before: [ACK], request: { move: 'auto_resolve' } },
  'a retraction': { severity: 2, request: { move: 'retract' } },
  'a note': { severity: 2, request: { move: 'note' } },
  'a relapse': { severity: 2, kind: 'risk', before: [MITIGATE], request: { move: 'relapse', toSeverity: 3 } },
  'a suppression that comes too late': { severity: 2, before: [ACK], request: { move: 'suppress' } },
  'an upgrade to a lower colour': { severity: 2, request: { move: 'upgrade', toSeverity: 1 } },
}

/** Moves of cases, which cost statements of their own. */
const RARE: Readonly<Record<string, Part>> = {
  'a mitigation of what speaks for tickets': { severity: 2, kind: 'risk', request: MITIGATE },
  'a proposal': { severity: 3, kind: 'risk', request: { move: 'propose_downgrade', toSeverity: 2 } },
}

/** Alerts of every kind of life with a move for each. */
export interface Scene {
  readonly orders: readonly MoveOrder[]
  /** What each order is, for messages. */
  readonly names: readonly string[]
}

const specOf = (part: Part, key: string, index: number): AlertSpec => ({
  ...SPEC,
  severity: part.severity,
  openedAt: T,
  ...(part.kind === 'risk' ? { ruleId: `MR-0${(index % 9) + 1}` } : { kind: 'abnormal', ruleId: 'AT-02', ticketKey: `32:eoms:${key}` }),
})

/** Every case has the tickets whose own alerts stay suppressed. */
async function makeCases(world: AlertWorld): Promise<void> {
  await world.pool.query(`
    insert into risk_case (alert_id, matter, first_true_at, last_true_at) select id, 'template', opened_at, opened_at from alert where kind = 'risk';
    insert into ticket (ticket_key, province_code, region_code, region_path, kind, phenomenon_l2, status, is_valid, customer_key, accepted_at, is_overdue, fold,
                        updated_at)
    select ticket_key, '32', region_code, region_path, 'complaint', 'template', 'processing', true, 'abcdefghijkl', opened_at, false, '{}', opened_at
      from alert where state = 'suppressed' and severity = 3;
    insert into case_ticket (alert_id, ticket_key, linked_at) select c.alert_id, t.ticket_key, c.first_true_at from risk_case c cross join ticket t`)
}

/** What a provider made of some of what the first steps sent: of every alert's waiting rows one stays, one is unconfirmed, one went out. */
const mixOutbox = (world: AlertWorld) =>
  world.pool.query(`
    update outbox o set state = (array['queued', 'ambiguous', 'sent'])[1 + n.place % 3]
      from (select w.id, row_number() over (partition by w.alert_id order by u.role) as place from outbox w join app_user u on u.id::text = w.target) n
     where n.id = o.id`)

/** Half of the alerts run by the ladders of version 1, half by a slower version 2. */
async function slowDown(world: AlertWorld): Promise<void> {
  const { ladders } = await world.engine.settings(T)
  const slow = { ...ladders.body.abnormal[3], handleMinutes: ladders.body.abnormal[3].handleMinutes + 60 }
  const body = { ...ladders.body, abnormal: { ...ladders.body.abnormal, 3: slow } }
  const choice = { author: 't', reason: 't', effectiveFrom: T, now: T }
  await inTransaction(world.pool, (tx) => saveSettings(tx, { kind: 'ladders', body, ...choice }))
}

/**
 * Raises so many alerts of each part at T, half of them by old ladders, fires their first steps, lets people answer, and returns a move for each,
 * in an order that is not that of their ids and at instants of their own; the same in every world.
 */
export async function movingAlerts(world: AlertWorld, copies: number, { hasRare = true } = {}): Promise<Scene> {
  const manager = await world.user('duty_manager', '32', '值班经理')
  for (const role of ['duty_leader', 'city_owner', 'province_center_director'] as const) await world.user(role, '32')
  const parts = Object.entries({ ...PLAIN, ...(hasRare ? RARE : {}) })
  const all = Array.from({ length: copies }, (_, copy) =>
    parts.map(([name, part], index) => ({ name, part, spec: specOf(part, `${copy}-${index}`, index) })),
  ).flat()
  const raise = (half: typeof all) =>
    inEngineTransaction(world.engine, T, (etx) =>
      openAlerts(
        etx,
        half.map(({ spec }) => spec),
      ),
    )
  const middle = Math.ceil(all.length / 2)
  const old = await raise(all.slice(0, middle))
  await slowDown(world)
  const alerts = [...old, ...(await raise(all.slice(middle)))]
  const ids = alerts.map(({ id }) => id)
  const caseId = (await world.raise({ ruleId: 'MR-09' })).id
  const asked = (request: Request): Request => (request.move === 'suppress' ? { ...request, caseId } : request)
  while ((await runEscalate(world.engine, T)) > 0);
  await mixOutbox(world)
  world.clock.set(T + MINUTE)
  for (const [index, { part }] of all.entries()) {
    for (const request of part.before ?? []) await world.move(ids[index] ?? '', asked(request), request === ACK ? manager : undefined)
  }
  await makeCases(world)
  const orders = all.map(({ name, part }, index) => ({
    name,
    order: { alertId: ids[index] ?? '', request: { ...asked(part.request), reason: name }, at: T + HOUR + ((index * 7) % 11) },
  }))
  const turned = orders.map((one, index) => ({ ...one, turn: (index * 7_919) % 1_009 })).sort((a, b) => a.turn - b.turn)
  return { orders: turned.map(({ order }) => order), names: turned.map(({ name }) => name) }
}
