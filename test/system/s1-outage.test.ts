import { beforeAll, describe, expect, test } from 'vitest'
import { scopeOf } from '../../core/domain/access.ts'
import { HOUR, type Instant, MINUTE, SECOND } from '../../core/domain/time.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { moveAlert } from '../../core/engine/alert-life.ts'
import { loadWallSnapshot } from '../../core/engine/wall-snapshot.ts'
import { at } from '../support/builders.ts'
import { type Complaint, createdEvent, laterEvent, spread, takeIn } from '../support/complaints.ts'
import { type EngineWorld, engineWorld } from '../support/engine-world.ts'
import { setRiskRules } from '../support/risk-rules.ts'
import { runTimers } from '../../workers/timers.ts'
import { runRisk } from '../../workers/risk.ts'

/** domain.md S-1, variant B: a forty-minute broadband outage in one city on Thursday 2026-06-11, without a network feed. */
const DAY = '2026-06-11'
const TICK = 5 * MINUTE
const local = (clock: string): Instant => at(`${DAY} ${clock}`)

/** Eight Thursdays before, as many tickets in every 60-minute window: each week's tickets repeat with a period of one hour. */
const WEEKS = [9, 11, 10, 12, 8, 10, 11, 9]
const baseline: Complaint[] = WEEKS.flatMap((perHour, index) => {
  const start = local('18:00') - (index + 1) * 7 * 24 * HOUR
  return Array.from({ length: 6 }, (_, hour) => spread(start + hour * HOUR, start + (hour + 1) * HOUR, perHour))
    .flat()
    .map((acceptedAt, place) => ({ no: `W${index + 1}-${place}`, at: acceptedAt }))
})

/** Tickets by 5-minute bin from 20:10; of 172 customers eight file again. */
const BINS = [6, 18, 26, 30, 28, 22, 18, 14, 8, 5, 3, 2]
const AGAIN = new Map(
  [
    ['20:40', 2],
    ['20:45', 2],
    ['20:50', 2],
    ['20:55', 1],
    ['21:00', 1],
  ].map(([clock, n]) => [local(String(clock)), Number(n)]),
)

function outageTickets(): Complaint[] {
  const refilers = Array.from({ length: 8 }, (_, index) => `R${index}`)
  const waiting = [...refilers]
  let number = 0
  return BINS.flatMap((count, bin) => {
    const start = local('20:10') + bin * TICK
    const again = AGAIN.get(start) ?? 0
    return spread(start, start + TICK, count).map((acceptedAt, place): Complaint => {
      number += 1
      const isFirst = start === local('20:25') && place < 8
      const customer = isFirst ? refilers[place] : place < again ? waiting.shift() : undefined
      // One source gave a limit of 150 min: near time-out (AT-01) at 21:05 and closer at 22:35, while the case is live.
      const payload = start === local('20:35') && place === 0 ? { limit_minutes: 150 } : {}
      return { no: `O${number}`, at: acceptedAt, payload, ...(customer === undefined ? {} : { customer }) }
    })
  })
}

/** tick, tickets, distinct customers, z, r, MR-01, MR-02 */
const TABLE: readonly (readonly [string, number, number, number, number, number, number])[] = [
  ['20:15', 6, 6, -1.26, 0.6, 0, 0],
  ['20:20', 24, 24, 4.43, 2.4, 1, 1],
  ['20:25', 50, 50, 12.65, 5.0, 2, 2],
  ['20:30', 80, 80, 22.14, 8.0, 2, 3],
  ['20:35', 108, 108, 30.99, 10.8, 3, 3],
  ['21:10', 180, 172, 53.76, 18.0, 3, 3],
  ['21:25', 130, 122, 37.95, 13.0, 3, 3],
  ['21:30', 100, 100, 28.46, 10.0, 3, 3],
  ['21:35', 72, 72, 19.61, 7.2, 2, 3],
  ['21:40', 50, 50, 12.65, 5.0, 2, 2],
  ['21:45', 32, 32, 6.96, 3.2, 2, 2],
  ['21:50', 18, 18, 2.53, 1.8, 1, 0],
  ['21:55', 10, 10, 0.0, 1.0, 1, 0],
  ['22:00', 5, 5, -1.58, 0.5, 0, 0],
]

interface Reading {
  rule_id: string
  value: number
  baseline: number | null
  z: number | null
  r: number | null
  level: number
}

describe('S-1 variant B, through intake, ingest and ticks', () => {
  let world: EngineWorld
  const tickets = outageTickets()

  const MOVES = `select t.move, t.at, t.to_severity, t.to_state, t.reason from alert_transition t join alert a on a.id = t.alert_id and a.kind = 'risk' order by t.id`
  const rows = async <T extends object>(sql: string, values: unknown[] = []): Promise<T[]> => (await world.pool.query<T>(sql, values)).rows

  beforeAll(async () => {
    world = await engineWorld({ now: () => local('18:00') - 70 * 24 * HOUR })
    await setRiskRules(world.pool, 'MR-01', 'MR-02')
    const { engine } = world
    const inOrder = [...baseline].sort((a, b) => a.at - b.at)
    const handled = inOrder.flatMap((complaint) => [
      createdEvent(complaint),
      laterEvent(complaint, 'completed', complaint.at + 2 * HOUR, { result_code: 'solved' }),
    ])
    await takeIn(engine, handled, (inOrder.at(-1)?.at ?? 0) + 2 * HOUR)
    for (let tickAt = local('20:05'); tickAt <= local('23:00'); tickAt += TICK) {
      const filed = tickets.filter((ticket) => ticket.at >= tickAt - TICK && ticket.at < tickAt)
      await takeIn(engine, filed.map(createdEvent), tickAt)
      await runRisk(engine, tickAt + 2 * SECOND)
      await runTimers(engine, tickAt + 2 * SECOND)
    }
  })

  test('files 180 tickets of 172 customers', async () => {
    expect(tickets).toHaveLength(180)
    expect(new Set(tickets.map((ticket) => ticket.customer ?? ticket.no)).size).toBe(172)
    const [counted] = await rows<{ n: number }>(`select count(*) as n from ticket where accepted_at >= to_timestamp($1 / 1000.0)`, [local('20:00')])
    expect(counted?.n).toBe(180)
  })

  test.each(TABLE.slice(1).filter(([clock]) => clock <= '22:40'))(
    'reads tick %s as %d tickets, %d customers, z %d, r %d, levels %d and %d',
    async (clock, x, distinct, z, r, batch, surge) => {
      const readings = await rows<Reading>(
        'select rule_id, value, baseline, z, r, level from risk_reading where tick_at = to_timestamp($1 / 1000.0) order by rule_id',
        [local(clock)],
      )
      expect(readings.map((reading) => [reading.rule_id, reading.value, reading.level])).toEqual([
        ['MR-01', distinct, batch],
        ['MR-02', x, surge],
      ])
      expect(readings[1]?.baseline).toBe(10)
      expect(readings[1]?.z?.toFixed(2)).toBe(z.toFixed(2))
      expect(readings[1]?.r).toBeCloseTo(r, 10)
    },
  )

  test('opens nothing at 20:15, when 6 tickets are there', async () => {
    expect(await rows('select 1 from risk_reading where tick_at <= to_timestamp($1 / 1000.0)', [local('20:15')])).toEqual([])
  })

  test('is one case on the city: blue 20:20, yellow 20:25, orange 20:30, mitigated 22:40, its colour still orange', async () => {
    const cases = await rows<{ id: number; region_code: string; severity: number; state: string }>("select * from alert where kind = 'risk'")
    expect(cases.map(({ region_code, severity, state }) => [region_code, severity, state])).toEqual([['320500', 3, 'mitigated']])
    const moves = await rows<{ move: string; at: Instant; to_severity: number; to_state: string }>(MOVES)
    expect(moves.map(({ move, at: when, to_severity, to_state }) => [move, when, to_severity, to_state])).toEqual([
      ['open', local('20:20'), 1, 'open'],
      ['upgrade', local('20:25'), 2, 'open'],
      ['upgrade', local('20:30'), 3, 'open'],
      ['mitigate', local('22:40'), 3, 'mitigated'],
    ])
    const [timed] = await rows<{ false_since: Instant; first_true_at: Instant; last_true_at: Instant; ticket_count: number; customer_count: number }>(
      'select * from risk_case',
    )
    expect(timed).toMatchObject({
      false_since: local('21:40'),
      first_true_at: local('20:20'),
      last_true_at: local('21:55'),
      ticket_count: 180,
      customer_count: 172,
    })
  })

  test('says with each move which numbers decided', async () => {
    const reasons = (await rows<{ reason: string }>(MOVES)).slice(1)
    expect(reasons[0]?.reason).toContain('升级为黄色')
    expect(reasons[0]?.reason).toContain('50 tickets in 60 min, baseline 10.00, z=12.65, r=5.00')
    expect(reasons[2]?.reason).toContain('The condition has been false for 60 min; mitigated')
  })

  test('starts the ladder of each colour anew, orange to be acknowledged by 20:40', async () => {
    const runs = await rows<{ severity: number; started_at: Instant; stopped_at: Instant | null }>(
      "select e.* from escalation e join alert a on a.id = e.alert_id and a.kind = 'risk' order by e.id",
    )
    expect(runs.map(({ severity, started_at, stopped_at }) => [severity, started_at, stopped_at])).toEqual([
      [1, local('20:20'), local('20:25')],
      [2, local('20:25'), local('20:30')],
      [3, local('20:30'), local('22:40')],
    ])
    const [acked] = await rows<{ ack_due_at: Instant }>("select ack_due_at from alert where kind = 'risk'")
    expect(acked?.ack_due_at).toBe(local('20:40'))
  })

  test('links all 180 tickets', async () => {
    const [linked] = await rows<{ n: number }>('select count(*) as n from case_ticket')
    expect(linked?.n).toBe(180)
  })

  test('records a near time-out of a linked ticket and pages nobody for it while the case is live', async () => {
    const moves = await rows<{ rule_id: string; move: string; at: Instant; to_state: string }>(
      `select a.rule_id, t.move, t.at, t.to_state from alert_transition t join alert a on a.id = t.alert_id and a.kind = 'abnormal'
        where t.at <= to_timestamp($1 / 1000.0) order by t.id`,
      [local('22:45')],
    )
    expect(moves.map(({ rule_id, move, at: when, to_state }) => [rule_id, move, when, to_state])).toEqual([
      ['AT-01', 'open', local('21:05'), 'suppressed'],
      ['AT-01', 'upgrade', local('22:35'), 'suppressed'],
      ['AT-01', 'unsuppress', local('22:40'), 'open'],
    ])
    const runs = await rows<{ started_at: Instant }>(
      "select e.started_at from escalation e join alert a on a.id = e.alert_id and a.kind = 'abnormal'",
    )
    expect(runs.every(({ started_at }) => started_at >= local('22:40'))).toBe(true)
  })

  test('shows the case with its counts to the city, the province and the country, and to no other province', async () => {
    for (const code of ['320500', '32', world.tree.root.code]) {
      const node = world.tree.get(code)
      const snapshot = await loadWallSnapshot(world.engine, scopeOf(node ?? world.tree.root), local('23:00'))
      expect(
        snapshot.alerts.filter((card) => card.kind === 'risk').map((card) => [card.regionCode, card.severity, card.ticketCount, card.customerCount]),
      ).toEqual([['320500', 3, 180, 172]])
    }
    const other = world.tree.get('33')
    expect((await loadWallSnapshot(world.engine, scopeOf(other ?? world.tree.root), local('23:00'))).alerts).toEqual([])
  })

  test('leaves 20:00 to 22:00 out of the baseline of later weeks once a person has confirmed the case, and only then', async () => {
    const { engine } = world
    const later = local('20:40') + 7 * 24 * HOUR
    const file = async (mark: string, from: Instant) =>
      takeIn(
        engine,
        spread(from, from + 20 * MINUTE, 40).map((acceptedAt, index) => createdEvent({ no: `${mark}${index}`, at: acceptedAt })),
        later - 5 * MINUTE,
      )
    await file('L', later - 30 * MINUTE)
    expect(await readBaseline(later)).toEqual({ baseline: 10.5, values: [130, ...WEEKS.slice(0, 7)] })
    await confirmFirstCase(later)
    expect(await readBaseline(later + TICK)).toEqual({ baseline: 10, values: WEEKS.slice(0, 7) })
  })

  async function confirmFirstCase(now: Instant): Promise<void> {
    const userId = '00000000-0000-4000-8000-000000000001'
    await world.pool.query(
      `insert into app_user (id, login, display_name, role, region_code, password_hash, created_at)
       values ($1, 'director', '省中心主任', 'province_center_director', '32', 'none', to_timestamp(0))`,
      [userId],
    )
    const [first] = await rows<{ id: number }>("select id from alert where kind = 'risk' order by id limit 1")
    const actor = {
      kind: 'user',
      userId,
      name: '省中心主任',
      role: 'province_center_director',
      regionPath: world.tree.get('32')?.path ?? '',
    } as const
    const request = { move: 'resolve', reason: '光缆中断，已修复 / a cut cable, mended' } as const
    const result = await inEngineTransaction(world.engine, now, (etx) => moveAlert(etx, String(first?.id), request, actor, 'desk'))
    expect(result).toMatchObject({ ok: true, to: 'resolved' })
  }

  async function readBaseline(tickAt: Instant): Promise<{ baseline: number | null; values: number[] }> {
    await runRisk(world.engine, tickAt + 2 * SECOND)
    const [row] = await rows<{ baseline: number; reason: { baselineValues: number[] } }>(
      "select baseline, reason from risk_member where rule_id = 'MR-02' and tick_at = to_timestamp($1 / 1000.0)",
      [tickAt],
    )
    return { baseline: row?.baseline ?? null, values: row?.reason.baselineValues ?? [] }
  }
})
