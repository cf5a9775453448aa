import { beforeEach, expect, test } from 'vitest'
import { DAY, HOUR, type Instant, MINUTE } from '../../core/domain/time.ts'
import { runLateDetection } from '../../core/engine/late-detection.ts'
import { runRiskLook } from '../../core/engine/risk-tick.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { at } from '../support/builders.ts'
import { createdEvent, spread, takeIn } from '../support/complaints.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { type RiskWorld, riskWorld, TICK } from '../support/risk-world.ts'

let world: RiskWorld
beforeEach(async () => {
  world = await riskWorld()
  await setRules(world.pool, onlyRules())
  await world.pool.query(
    `insert into app_user (id, login, display_name, role, region_code, password_hash, created_at)
     values ('00000000-0000-4000-8000-000000000044', 'leader44', '班长', 'duty_leader', '44', 'none', to_timestamp(0))`,
  )
})

const june = (clock: string) => at(`2026-06-08 ${clock}`)
let serial = 0
const complaint = (when: Instant, phenomenon = '无法上网', region = '440100') => createdEvent({ no: `L${(serial += 1)}`, at: when, province: '44', region, phenomenon })
/** Says that the feed lives, and counts for no rule. */
const query = (when: Instant) => createdEvent({ no: `Q${(serial += 1)}`, at: when, province: '44', region: '440100', payload: { kind: 'query' } })
/** 44 sends 8.4 events a minute, of many phenomena, on the eight Mondays before. */
async function usual(): Promise<void> {
  const items = Array.from({ length: 8 }, (_, week) => {
    const start = june('09:00') - (week + 1) * 7 * DAY
    return spread(start, start + 3 * HOUR, 1_512).map((when, place) => complaint(when, `现象${place % 300}`))
  }).flat()
  await takeIn(world.engine, items, june('08:00') - 3 * DAY)
}
async function ticks(from: string, to: string): Promise<void> {
  for (let tickAt = june(from); tickAt <= june(to); tickAt += TICK) await world.tickAt(tickAt)
}
const cases = () => world.rows<Record<string, unknown>>(`select a.rule_id as rule, a.region_code as region, a.severity, a.state, a.late_detected as late, a.opened_at as "openedAt", a.mitigated_at as "mitigatedAt",
  c.first_true_at as "from", c.last_true_at as "to", c.ticket_count as tickets from alert a join risk_case c on c.alert_id = a.id where a.rule_id <> 'MR-17' order by a.id`)
const steps = () => world.rows<{ rule: string; step: number }>('select a.rule_id as rule, s.step from escalation_step s join escalation e on e.id = s.escalation_id join alert a on a.id = e.alert_id order by s.fired_at, e.id')

/** The silence of S-9, with what was true in it: blue from 10:10 to 10:25, as the events of the silence show when they come at 10:40. */
async function silence(elsewhere = 0): Promise<void> {
  await world.only('MR-01', 'MR-17')
  await usual()
  // Six customers before the silence, which the window leaves at 10:30.
  const before = spread(june('09:26'), june('09:29'), 6).map((when) => complaint(when))
  await takeIn(world.engine, [...before, ...spread(june('09:26'), june('09:29'), elsewhere).map((when) => complaint(when, '无信号', '440300'))], june('09:30'))
  await takeIn(world.engine, [query(june('10:02:30'))], june('10:02:30'))
  await runRiskLook(world.engine, june('10:12:30'))
  await ticks('10:05', '10:35')
}
const caughtUp = () => spread(june('10:06'), june('10:09'), 4).map((when) => complaint(when))
async function live(from: string, to: string, looksBack = true): Promise<void> {
  for (let tickAt = june(from); tickAt <= june(to); tickAt += TICK) {
    await takeIn(world.engine, [query(tickAt - MINUTE)], tickAt - MINUTE)
    await world.tickAt(tickAt)
    if (looksBack) await runLateDetection(world.engine, tickAt)
  }
}

test('S-9: what was true in the silence only is created mitigated, late-detected and paged once, when MR-17 ends', async () => {
  await silence()
  await takeIn(world.engine, caughtUp(), june('10:39'))
  await live('10:40', '11:05')
  expect(await cases()).toEqual([])
  await live('11:10', '11:10')
  expect(await cases()).toEqual([
    {
      rule: 'MR-01', region: '440100', severity: 1, state: 'mitigated', late: true, openedAt: june('11:10'), mitigatedAt: june('11:10'),
      from: june('10:10'), to: june('10:25'), tickets: 10,
    },
  ])
  for (const clock of ['11:10', '11:45', '12:30']) while ((await runEscalate(world.engine, june(clock))) > 0);
  expect((await steps()).filter(({ rule }) => rule === 'MR-01')).toEqual([{ rule: 'MR-01', step: 0 }])
  expect(await world.rows(`select payload ->> 'asked' as asked from outbox where alert_id = (select id from alert where rule_id = 'MR-01') limit 1`)).toEqual([{ asked: 'take_note' }])
  await live('11:15', '12:00')
  expect(await cases()).toMatchObject([{ late: true }])
  // A chart of the ticks at which it was true.
  expect(await world.rows(`select count(*)::int as n from risk_reading where rule_id = 'MR-01'`)).toEqual([{ n: 4 }])
})

test('several are told of once; what the ticks find by themselves is none of them', async () => {
  await silence(9)
  const second = spread(june('10:06'), june('10:09'), 4).map((when) => complaint(when, '无信号', '440300'))
  // Still in the window when the feed is heard of: the tick at 10:40 opens it.
  const present = spread(june('10:30'), june('10:34'), 12).map((when) => complaint(when, '仍在'))
  await takeIn(world.engine, [...caughtUp(), ...second, ...present], june('10:39'))
  await live('10:40', '11:10')
  expect((await cases()).map(({ severity, state, late, region }) => [severity, state, late, region])).toEqual([
    [1, 'open', false, '440100'],
    [1, 'mitigated', true, '440100'],
    [1, 'mitigated', true, '440300'],
  ])
  while ((await runEscalate(world.engine, june('11:10'))) > 0);
  const told = await world.rows(`select a.region_code as region, a.facts -> 'lateTogether' as together from escalation e join alert a on a.id = e.alert_id where a.late_detected`)
  expect(told).toEqual([{ region: '440100', together: 2 }])
})

test('begun again after a crash before its end, it finds the same; done, it does nothing', async () => {
  await silence()
  await takeIn(world.engine, caughtUp(), june('10:39'))
  await live('10:40', '11:10', false)
  const twice = await Promise.all([runLateDetection(world.engine, june('11:10')), runLateDetection(world.engine, june('11:10'))])
  expect(twice.map(({ length }) => length).sort()).toEqual([0, 1])
  expect(await runLateDetection(world.engine, june('11:15'))).toEqual([])
})
