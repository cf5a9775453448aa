import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { HOUR, type Instant, SECOND } from '../../core/domain/time.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { runTally } from '../../core/engine/tally.ts'
import { drainIngest } from '../../workers/ingest.ts'
import { runRisk } from '../../workers/risk.ts'
import { runTimers } from '../../workers/timers.ts'
import { createdEvent, spread, takeIn } from '../support/complaints.ts'
import { setRiskRules } from '../support/risk-rules.ts'
import { day, type RiskWorld, riskWorld, TICK } from '../support/risk-world.ts'

let world: RiskWorld
beforeEach(async () => {
  world = await riskWorld()
  await setRiskRules(world.pool, 'MR-01', 'MR-02')
})

describe('a silent province', () => {
  /** One ticket per minute on five Thursdays before: T is 20 minutes. */
  async function history(): Promise<void> {
    for (let week = 1; week <= 5; week++) {
      const from = day('06:00') - week * 7 * 24 * HOUR
      const items = spread(from, from + 10 * HOUR, 600).map((acceptedAt, index) =>
        createdEvent({ no: world.nextNo(), at: acceptedAt, phenomenon: `其他${index % 60}` }),
      )
      await takeIn(world.engine, items, from + 10 * HOUR)
    }
  }

  test('neither releases nor counts, and goes on where it stood when something is heard again', async () => {
    await history()
    await world.file(day('08:55'), 30)
    await world.tick('09:00')
    expect((await world.brief())[0]).toEqual(['320500', 2, 'open'])
    // Last heard at 09:00; stale from 09:20. The 30 tickets leave the window at 10:00, unseen.
    await world.ticks('09:05', '11:00')
    expect(await world.brief()).toEqual([['320500', 2, 'open']])
    const [silent] = await world.rows<{ false_since: Instant | null }>('select false_since from risk_case')
    expect(silent?.false_since).toBeNull()
    await takeIn(world.engine, [createdEvent({ no: 'awake', at: day('11:04'), phenomenon: '其他' })], day('11:05'))
    await world.ticks('11:05', '11:20')
    expect((await world.rows<{ false_since: Instant | null }>('select false_since from risk_case'))[0]?.false_since).toBe(day('11:05'))
    // Silent again from 11:25 for an hour: the clock stands.
    await world.ticks('11:25', '12:25')
    expect(await world.brief()).toEqual([['320500', 2, 'open']])
    await takeIn(world.engine, [createdEvent({ no: 'awake2', at: day('12:29'), phenomenon: '其他' })], day('12:30'))
    await world.ticks('12:30', '12:40')
    expect(await world.brief()).toEqual([['320500', 2, 'mitigated']])
    const mitigated = (await world.movesOf(1)).find(([move]) => move === 'mitigate')
    expect(mitigated).toEqual(['mitigate', 12 * 60 + 40])
  })

  test('leaves another province alone', async () => {
    await history()
    await world.file(day('08:55'), 30, { province: '33', region: '330100' })
    await world.ticks('09:00', '10:30')
    expect(await world.brief()).toEqual([['330100', 2, 'mitigated']])
  })
})

describe('an alert of a linked ticket', () => {
  const stateOf = async () => (await world.rows<{ state: string }>("select state from alert where kind = 'abnormal'")).map(({ state }) => state)
  /** One of the thirty has a limit of 60 min: near time-out from its first minute, before the case is there. */
  async function begin(): Promise<void> {
    await world.file(day('10:00'), 29)
    await world.file(day('10:00'), 1, { payload: { limit_minutes: 60 } })
    expect(await stateOf()).toEqual(['open'])
    await world.tick('10:05')
    await runTimers(world.engine, day('10:05'))
  }

  test('is suppressed when the case takes the ticket in', async () => {
    await begin()
    expect(await stateOf()).toEqual(['suppressed'])
  })

  test('asks for people again when a person ends the case', async () => {
    await begin()
    await world.act(Number((await world.cases())[0]?.id), day('10:10'), { move: 'ack', reason: '' })
    await world.act(Number((await world.cases())[0]?.id), day('10:11'), { move: 'mark_false_positive', reason: '演练 / a drill' })
    await runTimers(world.engine, day('10:12'))
    expect(await stateOf()).not.toContain('suppressed')
  })

  test('asks for people while the case is mitigated, and is suppressed again by a relapse', async () => {
    await begin()
    await world.ticks('10:10', '11:45')
    await runTimers(world.engine, day('11:45'))
    expect(await world.brief()).toEqual([['320500', 2, 'mitigated']])
    expect(await stateOf()).not.toContain('suppressed')
    await world.file(day('11:50'), 30)
    await world.tick('11:55')
    await runTimers(world.engine, day('11:55'))
    expect((await stateOf()).filter((state) => state === 'open')).toEqual([])
    expect(await stateOf()).toContain('suppressed')
  })
})

describe('the worker', () => {
  test('catches up every tick once, in order, after a standstill', async () => {
    await runRisk(world.engine, day('10:00') + 2 * SECOND)
    await world.file(day('10:00'), 30)
    const reports = await runRisk(world.engine, day('11:30') + 2 * SECOND)
    expect(reports.map(({ tickAt }) => tickAt)).toEqual(Array.from({ length: 18 }, (_, index) => day('10:05') + index * TICK))
    expect(await world.movesOf(1)).toEqual([['open', 605]])
    expect(await runRisk(world.engine, day('11:30') + 3 * SECOND)).toEqual([])
  })

  test('waits for the two seconds and, at most ten more, for events that are not folded or counted yet', async () => {
    await runRisk(world.engine, day('10:00') + 2 * SECOND)
    await acceptEvents(world.engine, world.complaints(day('10:00'), 30).map(createdEvent), { source: 'test', scope: ENGINE_SCOPE, now: day('10:05') })
    expect(await runRisk(world.engine, day('10:05') + SECOND)).toEqual([])
    expect(await runRisk(world.engine, day('10:05') + 2 * SECOND)).toEqual([])
    expect(await runRisk(world.engine, day('10:05') + 11 * SECOND)).toEqual([])
    await drainIngest(world.engine, new ManualClock(day('10:05')))
    expect(await runRisk(world.engine, day('10:05') + 11 * SECOND)).toEqual([])
    await runTally(world.engine, day('10:05'))
    expect((await runRisk(world.engine, day('10:05') + 11 * SECOND)).map(({ outcome }) => outcome)).toEqual(['judged'])
    await acceptEvents(world.engine, world.complaints(day('10:06'), 3).map(createdEvent), { source: 'test', scope: ENGINE_SCOPE, now: day('10:10') })
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
    await world.file(day('10:00'), 30)
    const both = await Promise.all([world.tick('10:05'), world.tick('10:05')])
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['done_before', 'judged'])
    expect(await world.brief()).toHaveLength(1)
  })
})
