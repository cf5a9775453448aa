import { beforeEach, describe, expect, test } from 'vitest'
import { putCalendarTag } from '../../core/engine/calendar-year.ts'
import { explainRisk } from '../../core/engine/explain-risk.ts'
import { replayRule } from '../../core/engine/back-test.ts'
import { DAY, HOUR, MINUTE } from '../../core/domain/time.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { day, type RiskWorld, riskWorld, TICK } from '../support/risk-world.ts'

/** Thursdays: 06-11 with 24 complaints in the hour; 10 an hour on the four before that, 30 on the four earlier still. */
const THURSDAYS = [
  ['2026-06-04', 10],
  ['2026-05-28', 10],
  ['2026-05-21', 10],
  ['2026-05-14', 10],
  ['2026-05-07', 30],
  ['2026-04-30', 30],
  ['2026-04-23', 30],
  ['2026-04-16', 30],
] as const
const NOW = day('10:00')

let world: RiskWorld
beforeEach(async () => {
  world = await riskWorld()
  await world.only('MR-02')
  await world.file(NOW - 70 * DAY, 1)
  for (const [index, [, count]] of THURSDAYS.entries()) await world.file(NOW - HOUR / 2 - 7 * (index + 1) * DAY, count)
  await world.file(NOW - HOUR / 2, 24)
})

const tag = (dates: readonly string[]) =>
  inTransaction(world.pool, async (tx) => {
    for (const date of dates) {
      const put = await putCalendarTag(tx, { tag: 'bill_day', from: date, to: date, isOn: true }, { author: 'steward', reason: '出账日', now: NOW - HOUR })
      if ('field' in put) throw new Error(put.expected)
    }
  })

/** What the tick, the explanation and the back-test say of MR-02: level and values compared with. */
async function verdicts() {
  const { risk } = await world.engine.settings(NOW)
  const node = world.tree.get('320500')
  if (node === undefined) throw new Error('no city')
  await world.tickAt(NOW)
  const explained = await explainRisk(world.engine, { ruleId: 'MR-02', node, phenomenon: '无法上网', at: NOW })
  const [reading] = explained.readings
  const { cases } = await replayRule(world.engine, { ruleId: 'MR-02', parameters: risk.body, from: NOW, to: NOW + TICK })
  return {
    tick: (await world.brief()).map(([place, colour]) => [place, colour]),
    reason: reading?.reading.reason,
    replay: cases.map(({ regionCode, rings }) => [regionCode, rings.at(-1)?.severity]),
  }
}

describe('MR-02 goes by the calendar (domain.md 5.3.1)', () => {
  test('an untagged day is compared with every Thursday', async () => {
    expect(await verdicts()).toEqual({
      tick: [],
      reason: { why: 'surge', baselineValues: THURSDAYS.map(([, count]) => count), basis: 'weeks' },
      replay: [],
    })
  })

  test('tagged days leave the baseline of untagged ones: 24 is a surge against 10', async () => {
    await tag(['2026-05-07', '2026-04-30', '2026-04-23', '2026-04-16'])
    expect(await verdicts()).toEqual({
      tick: [['320500', 1]],
      reason: { why: 'surge', baselineValues: [10, 10, 10, 10], basis: 'weeks' },
      replay: [['320500', 1]],
    })
  })

  test('a tagged day is compared with tagged days only: 24 is none against 30', async () => {
    await tag(['2026-06-11', '2026-05-07', '2026-04-30', '2026-04-23', '2026-04-16'])
    expect(await verdicts()).toEqual({ tick: [], reason: { why: 'surge', baselineValues: [30, 30, 30, 30], basis: 'weeks' }, replay: [] })
  })

  test('a tagged day with fewer than four like it has no baseline, and only MR-01 works', async () => {
    await tag(['2026-06-11', '2026-05-07', '2026-04-30', '2026-04-23'])
    expect(await verdicts()).toEqual({ tick: [], reason: { why: 'no_baseline', usable: 3 }, replay: [] })
  })

  test('hours of a confirmed silence of the feed leave the baseline', async () => {
    await tag(['2026-04-30', '2026-04-23', '2026-04-16'])
    expect((await verdicts()).reason).toEqual({ why: 'surge', baselineValues: [10, 10, 10, 10, 30], basis: 'weeks' })
    const silent = NOW - 7 * DAY - 30 * MINUTE
    await world.pool.query('update alert set acked_at = opened_at')
    await world.pool.query(
      `update risk_case set matter_kind = 'feed', matter = '', first_true_at = to_timestamp($1 / 1000.0), last_true_at = to_timestamp($1 / 1000.0)`,
      [silent],
    )
    expect((await verdicts()).reason).toEqual({ why: 'surge', baselineValues: [10, 10, 10, 30], basis: 'weeks' })
  })
})
