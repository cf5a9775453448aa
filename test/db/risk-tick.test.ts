import { beforeEach, describe, expect, test } from 'vitest'
import { HOUR, type Instant, MINUTE, SECOND } from '../../core/domain/time.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { moveAlert } from '../../core/engine/alert-life.ts'
import { runRiskTick } from '../../core/engine/risk-tick.ts'
import { saveSettings } from '../../core/engine/settings.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { loadTickSlot } from '../../core/store/tick-slot-store.ts'
import type { Actor, MoveRequest } from '../../core/domain/alert/alert.ts'
import { drainIngest } from '../../workers/ingest.ts'
import { runRisk } from '../../workers/risk.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { at } from '../support/builders.ts'
import { type Complaint, createdEvent, spread, takeIn } from '../support/complaints.ts'
import { type EngineWorld, engineWorld } from '../support/engine-world.ts'

const TICK = 5 * MINUTE
const day = (clock: string): Instant => at(`2026-06-11 ${clock}`)
const DIRECTOR = '00000000-0000-4000-8000-000000000001'

let world: EngineWorld
let serial = 0

beforeEach(async () => {
  world = await engineWorld({ now: () => at('2026-01-01 00:00') })
  serial = 0
  await world.pool.query(
    `insert into app_user (id, login, display_name, role, region_code, password_hash, created_at)
     values ($1, 'director', '主任', 'province_center_director', '32', 'none', to_timestamp(0))`, [DIRECTOR],
  )
})

const rows = async <T extends object>(sql: string, values: unknown[] = []): Promise<T[]> => (await world.pool.query<T>(sql, values)).rows

/** `count` complaints of as many customers, evenly in the five minutes from `from`. */
function complaints(from: Instant, count: number, rest: Partial<Complaint> = {}): Complaint[] {
  return spread(from, from + TICK, count).map((acceptedAt) => ({ no: `T${(serial += 1)}`, at: acceptedAt, ...rest }))
}
const file = (from: Instant, count: number, rest: Partial<Complaint> = {}) => takeIn(world.engine, complaints(from, count, rest).map(createdEvent), from + TICK)
const tick = (clock: string) => runRiskTick(world.engine, day(clock))
async function ticks(from: string, to: string): Promise<void> {
  for (let slot = day(from); slot <= day(to); slot += TICK) await runRiskTick(world.engine, slot)
}

interface Case { id: number; region_code: string; severity: number; state: string; merged_into: number | null; ticket_count: number; proposed_severity: number | null }
const cases = () => rows<Case>("select a.*, c.ticket_count, c.proposed_severity from alert a join risk_case c on c.alert_id = a.id order by a.id")
const brief = async () => (await cases()).map(({ region_code, severity, state }) => [region_code, severity, state])
const movesOf = async (id: number) =>
  (await rows<{ move: string; at: Instant }>('select move, at from alert_transition where alert_id = $1 order by id', [id])).map(({ move, at: when }) => [move, (when - day('00:00')) / MINUTE])

async function act(id: number, now: Instant, request: MoveRequest): Promise<void> {
  const actor: Actor = { kind: 'user', userId: DIRECTOR, name: '主任', role: 'province_center_director', regionPath: world.tree.get('32')?.path ?? '' }
  const result = await inEngineTransaction(world.engine, now, (etx) => moveAlert(etx, String(id), request, actor, 'desk'))
  if (!result.ok) throw new Error(result.detail)
}

describe('a quiet tick', () => {
  test('moves its slot forward and is not done twice', async () => {
    await file(day('10:00'), 7)
    expect(await tick('10:05')).toMatchObject({ outcome: 'quiet', changes: [] })
    expect(await loadTickSlot(world.pool, 'risk')).toBe(day('10:05'))
    expect(await tick('10:05')).toMatchObject({ outcome: 'done_before' })
    expect(await tick('10:00')).toMatchObject({ outcome: 'done_before' })
  })
})

describe('a case', () => {
  test('opens by MR-01 where no past is known; MR-02 says "no baseline" and no level', async () => {
    await file(day('10:00'), 30)
    expect((await tick('10:05')).changes.map(({ what, severity }) => [what, severity])).toEqual([['open', 2]])
    expect(await brief()).toEqual([['320500', 2, 'open']])
    const members = await rows('select rule_id, level, value, z from risk_member')
    expect(members).toEqual([{ rule_id: 'MR-01', level: 2, value: 30, z: null }])
    const [stored] = await rows<{ facts: { phenomenon: string; words: string }; parameters: { windowMinutes: number }; rule_id: string }>('select facts, parameters, rule_id from alert')
    expect(stored).toMatchObject({ rule_id: 'MR-01', facts: { phenomenon: '无法上网' }, parameters: { windowMinutes: 60 } })
    expect(stored?.facts.words).toContain('30 位客户')
  })

  test('counts customers, not tickets, for MR-01', async () => {
    await file(day('10:00'), 30, { customer: 'same' })
    await tick('10:05')
    expect(await brief()).toEqual([])
  })

  test('does not mix phenomena, and reads nothing while its rule is switched off', async () => {
    await file(day('10:00'), 6, { phenomenon: '无法上网' })
    await file(day('10:00'), 6, { phenomenon: '扣费争议' })
    await tick('10:05')
    expect(await brief()).toEqual([])
    const { risk } = await world.engine.settings(day('10:00'))
    const body = { ...risk.body, batch: { ...risk.body.batch, enabled: false } }
    await inTransaction(world.pool, (tx) => saveSettings(tx, { kind: 'risk', body, author: 'test', reason: 'off', effectiveFrom: day('10:06'), now: day('10:06') }))
    await file(day('10:05'), 40)
    await tick('10:10')
    expect(await brief()).toEqual([])
  })

  test('spreads to the province when a second city joins, and keeps its number, its tickets and its history', async () => {
    await file(day('10:00'), 30)
    await tick('10:05')
    await file(day('10:05'), 30, { region: '320100' })
    await tick('10:10')
    const [only, ...others] = await cases()
    expect(others).toEqual([])
    expect(only).toMatchObject({ region_code: '32', severity: 2, ticket_count: 60 })
    expect((await movesOf(only?.id ?? 0)).map(([move]) => move)).toEqual(['open', 'note'])
  })

  test('stays on its city while a neighbour has few', async () => {
    await file(day('10:00'), 30)
    await file(day('10:00'), 12, { region: '320100' })
    await tick('10:05')
    expect(await brief()).toEqual([['320500', 2, 'open']])
  })

  test('opens apart in two provinces', async () => {
    await file(day('10:00'), 10)
    await file(day('10:00'), 10, { province: '33', region: '330100' })
    await tick('10:05')
    expect(await brief()).toEqual([['320500', 1, 'open'], ['330100', 1, 'open']])
  })

  test('takes a younger one in when a finding spans both', async () => {
    await file(day('10:00'), 10)
    await ticks('10:05', '11:05')
    await file(day('11:05'), 10, { region: '320100' })
    await tick('11:10')
    expect(await brief()).toEqual([['320500', 1, 'open'], ['320100', 1, 'open']])
    await file(day('11:10'), 10)
    await tick('11:15')
    const [older, younger] = await cases()
    expect([older?.region_code, older?.state, older?.ticket_count]).toEqual(['32', 'open', 30])
    expect([younger?.state, younger?.merged_into]).toEqual(['merged', older?.id])
    expect((await rows("select 1 from escalation where stopped_at is null")).length).toBe(1)
  })

  test('narrows to the city together with an upgrade when the city turns out to hold it', async () => {
    await file(day('10:00'), 11)
    await file(day('10:00'), 9, { region: '320100' })
    await tick('10:05')
    expect(await brief()).toEqual([['32', 1, 'open']])
    await file(day('10:05'), 60)
    await tick('10:10')
    expect(await brief()).toEqual([['320500', 2, 'open']])
  })

  test('comes back within two hours after it was mitigated, and is a new one later', async () => {
    await file(day('10:00'), 10)
    await ticks('10:05', '11:40')
    expect(await brief()).toEqual([['320500', 1, 'mitigated']])
    await file(day('12:00'), 10)
    await tick('12:05')
    expect(await brief()).toEqual([['320500', 1, 'open']])
    await ticks('12:10', '13:40')
    expect((await movesOf(1)).map(([move, minute]) => [move, minute])).toEqual([['open', 605], ['mitigate', 695], ['relapse', 725], ['mitigate', 815]])
    await file(day('16:00'), 10)
    await tick('16:05')
    expect(await brief()).toEqual([['320500', 1, 'mitigated'], ['320500', 1, 'open']])
  })
})

describe('an orange case', () => {
  beforeEach(async () => {
    await file(day('10:00'), 100)
    for (let from = day('10:30'); from < day('12:30'); from += 20 * MINUTE) await file(from, 12)
    await ticks('10:05', '12:05')
  })

  test('is proposed down after an hour and keeps its colour', async () => {
    expect(await movesOf(1)).toEqual([['open', 605], ['propose_downgrade', 725]])
    expect((await cases())[0]).toMatchObject({ severity: 3, state: 'open', proposed_severity: 2 })
    await ticks('12:10', '12:20')
    expect((await movesOf(1)).length).toBe(2)
  })

  test('falls by the approval, and the hold-down of the new colour counts afresh', async () => {
    await ticks('12:10', '12:30')
    await act(1, day('12:31'), { move: 'approve_downgrade', reason: '已恢复 / restored' })
    expect((await cases())[0]).toMatchObject({ severity: 2, proposed_severity: null })
    await ticks('12:35', '14:30')
    // 36 customers in the hour until 12:30, 24 from 12:35, 12 from 12:55, none from 13:15.
    expect((await movesOf(1)).slice(1)).toEqual([['propose_downgrade', 725], ['approve_downgrade', 751], ['downgrade', 785], ['mitigate', 825]])
  })

  test('withdraws the proposal when the colour is true again', async () => {
    await file(day('12:05'), 100)
    await tick('12:10')
    expect((await cases())[0]).toMatchObject({ severity: 3, proposed_severity: null })
    const feed = await rows<{ payload: { id: string; proposedSeverity: number | null } }>("select payload from feed where topic = 'alert' order by seq desc limit 1")
    expect(feed[0]?.payload).toMatchObject({ id: '1', proposedSeverity: null })
  })
})

describe('a silent province', () => {
  /** One ticket per minute on five Thursdays before: T is 20 minutes. */
  async function history(): Promise<void> {
    for (let week = 1; week <= 5; week++) {
      const from = day('06:00') - week * 7 * 24 * HOUR
      const items = spread(from, from + 10 * HOUR, 600).map((acceptedAt) => createdEvent({ no: `H${(serial += 1)}`, at: acceptedAt, phenomenon: `其他${serial % 60}` }))
      await takeIn(world.engine, items, from + 10 * HOUR)
    }
  }
  test('neither releases nor counts, and goes on where it stood when something is heard again', async () => {
    await history()
    await file(day('08:55'), 30)
    await tick('09:00')
    expect((await brief())[0]).toEqual(['320500', 2, 'open'])
    // Last heard at 09:00; stale from 09:20. The 30 tickets leave the window at 10:00, unseen.
    await ticks('09:05', '11:00')
    expect(await brief()).toEqual([['320500', 2, 'open']])
    const [silent] = await rows<{ false_since: Instant | null }>('select false_since from risk_case')
    expect(silent?.false_since).toBeNull()
    await takeIn(world.engine, [createdEvent({ no: 'awake', at: day('11:04'), phenomenon: '其他' })], day('11:05'))
    await ticks('11:05', '11:20')
    expect((await rows<{ false_since: Instant | null }>('select false_since from risk_case'))[0]?.false_since).toBe(day('11:05'))
    // Silent again from 11:25 for an hour: the clock stands.
    await ticks('11:25', '12:25')
    expect(await brief()).toEqual([['320500', 2, 'open']])
    await takeIn(world.engine, [createdEvent({ no: 'awake2', at: day('12:29'), phenomenon: '其他' })], day('12:30'))
    await ticks('12:30', '12:40')
    expect(await brief()).toEqual([['320500', 2, 'mitigated']])
    const mitigated = (await movesOf(1)).find(([move]) => move === 'mitigate')
    expect(mitigated).toEqual(['mitigate', 12 * 60 + 40])
  })

  test('leaves another province alone', async () => {
    await history()
    await file(day('08:55'), 30, { province: '33', region: '330100' })
    await ticks('09:00', '10:30')
    expect(await brief()).toEqual([['330100', 2, 'mitigated']])
  })
})

describe('the worker', () => {
  test('catches up every tick once, in order, after a standstill', async () => {
    await runRisk(world.engine, day('10:00') + 2 * SECOND)
    await file(day('10:00'), 30)
    const reports = await runRisk(world.engine, day('11:30') + 2 * SECOND)
    expect(reports.map(({ tickAt }) => tickAt)).toEqual(Array.from({ length: 18 }, (_, index) => day('10:05') + index * TICK))
    expect(await movesOf(1)).toEqual([['open', 605]])
    expect(await runRisk(world.engine, day('11:30') + 3 * SECOND)).toEqual([])
  })

  test('waits for the two seconds and, at most ten more, for events that are not folded yet', async () => {
    await runRisk(world.engine, day('10:00') + 2 * SECOND)
    await acceptEvents(world.engine, complaints(day('10:00'), 30).map(createdEvent), { source: 'test', scope: ENGINE_SCOPE, now: day('10:05') })
    expect(await runRisk(world.engine, day('10:05') + SECOND)).toEqual([])
    expect(await runRisk(world.engine, day('10:05') + 2 * SECOND)).toEqual([])
    expect(await runRisk(world.engine, day('10:05') + 11 * SECOND)).toEqual([])
    await drainIngest(world.engine, new ManualClock(day('10:05')))
    expect((await runRisk(world.engine, day('10:05') + 11 * SECOND)).map(({ outcome }) => outcome)).toEqual(['judged'])
    await acceptEvents(world.engine, complaints(day('10:06'), 3).map(createdEvent), { source: 'test', scope: ENGINE_SCOPE, now: day('10:10') })
    expect(await runRisk(world.engine, day('10:10') + 12 * SECOND)).toHaveLength(1)
  })

  test('leaves out what is more than a day old, and says so', async () => {
    await runRisk(world.engine, day('10:00') + 2 * SECOND)
    const later = day('10:00') + 50 * HOUR
    const reports = await runRisk(world.engine, later)
    expect(reports[0]?.tickAt).toBe(later - 24 * HOUR)
    expect(world.logged.some((line) => String(line['msg']).includes('risk ticks skipped'))).toBe(true)
  })

  test('does a tick once when two try at once', async () => {
    await file(day('10:00'), 30)
    const both = await Promise.all([tick('10:05'), tick('10:05')])
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['done_before', 'judged'])
    expect(await brief()).toHaveLength(1)
  })
})
