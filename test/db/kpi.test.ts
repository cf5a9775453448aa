import { Value } from 'typebox/value'
import { beforeEach, describe, expect, test } from 'vitest'
import { KpiAnswer } from '../../core/contract/kpi.ts'
import { scopeOf } from '../../core/domain/access.ts'
import type { RegionNode } from '../../core/domain/region.ts'
import { DAY, HOUR, type Instant } from '../../core/domain/time.ts'
import { loadKpi } from '../../core/engine/kpi.ts'
import { at } from '../support/builders.ts'
import { createdEvent, laterEvent, takeIn } from '../support/complaints.ts'
import { type EngineWorld, engineWorld } from '../support/engine-world.ts'

/** Thursday of ISO week 24; that week began on Monday 2026-06-08. */
const NOW = at('2026-06-11 12:00')
const DISTRICT: RegionNode = {
  code: '320508', parentCode: '320500', level: 'district', nameZh: '姑苏区', nameEn: 'Gusu', shortZh: '姑苏', path: '/00/32/320500/320508/', tile: null,
}
let world: EngineWorld
let serial = 0

interface Filed {
  accepted: string
  completed?: string
  region?: string
  province?: string
  kind?: string
}
async function file(...list: Filed[]): Promise<void> {
  const items = list.flatMap(({ accepted, completed, kind, ...rest }) => {
    const complaint = { no: `K${(serial += 1)}`, at: at(accepted), ...rest, ...(kind === undefined ? {} : { payload: { kind } }) }
    return [
      createdEvent(complaint),
      ...(completed === undefined ? [] : [laterEvent(complaint, 'completed', at(completed), { result_code: 'solved' })]),
    ]
  })
  await takeIn(world.engine, items, NOW)
}

beforeEach(async () => {
  world = await engineWorld({ now: () => at('2025-01-01 00:00') }, [DISTRICT])
  serial = 0
})

async function answer(code: string, weeks = 13, scope = code): Promise<KpiAnswer> {
  const node = world.tree.get(scope)
  if (node === undefined) throw new Error(scope)
  const given = await loadKpi(world.engine, scopeOf(node), code, weeks, NOW)
  expect([...Value.Errors(KpiAnswer, given)]).toEqual([])
  return given
}
const series = (given: KpiAnswer, id: string) => {
  const found = given.series.find((one) => one.id === id)
  if (found === undefined) throw new Error(id)
  return found
}
const values = (given: KpiAnswer, id: string) => series(given, id).weeks.map((week) => week.figure.value)

describe('indicators by week', () => {
  test('cut weeks at local Monday midnight and mark the present one as incomplete', async () => {
    await file({ accepted: '2026-06-07 23:59' }, { accepted: '2026-06-08 00:00' }, { accepted: '2026-06-11 11:59' })
    const given = await answer('32', 3)
    expect(series(given, 'K-01').weeks.map(({ week, startAt, endAt, isComplete }) => [week, startAt, endAt, isComplete])).toEqual([
      ['2026-W22', at('2026-05-25 00:00'), at('2026-06-01 00:00'), true],
      ['2026-W23', at('2026-06-01 00:00'), at('2026-06-08 00:00'), true],
      ['2026-W24', at('2026-06-08 00:00'), at('2026-06-15 00:00'), false],
    ])
    expect(values(given, 'K-01')).toEqual([null, 1, 2])
    expect(given.dataAsOf).toBe(NOW)
  })

  test('have no data, not zero, where nothing at all was received; zero where the province sent and the city had none', async () => {
    await file({ accepted: '2026-06-02 09:00' }, { accepted: '2026-06-09 09:00', region: '320100' })
    const city = await answer('320500', 3)
    expect(series(city, 'K-01').weeks.map(({ figure }) => [figure.value, figure.status])).toEqual([
      [null, 'no_data'],
      [1, 'ok'],
      [0, 'ok'],
    ])
    expect(series(city, 'K-18').weeks.map(({ figure }) => [figure.value, figure.status])).toEqual([
      [null, 'no_data'],
      [null, 'no_data'],
      [null, 'no_data'],
    ])
  })

  test('count by finish date what was handled in time (K-18), with numerator and denominator', async () => {
    await file(
      { accepted: '2026-06-01 09:00', completed: '2026-06-03 09:00' },
      { accepted: '2026-06-01 09:00', completed: '2026-06-03 09:01' },
      { accepted: '2026-06-05 09:00', completed: '2026-06-08 08:00' },
    )
    const given = await answer('32', 2)
    expect(series(given, 'K-18').weeks.map(({ figure }) => [figure.numerator, figure.denominator, figure.value])).toEqual([
      [1, 2, 50],
      [0, 1, 0],
    ])
  })

  test('carry what was open before the first week shown (K-22)', async () => {
    await file({ accepted: '2025-03-03 09:00' }, { accepted: '2026-05-20 09:00', completed: '2026-06-09 10:00' }, { accepted: '2026-06-02 09:00' })
    expect(values(await answer('32', 3), 'K-22')).toEqual([null, 3, 2])
    await file({ accepted: '2026-05-26 09:00', completed: '2026-05-26 18:00' }, { accepted: '2026-06-10 09:00', completed: '2026-06-10 10:00' })
    expect(values(await answer('32', 3), 'K-22')).toEqual([2, 3, 2])
  })

  test('add up what was open from the months, the days of a month begun and the weeks since (K-22)', async () => {
    // One week shown, W24: the year before's began on Monday 9 June 2025. Opened in a month before, earlier in June, in that week, and in between.
    await file(
      { accepted: '2025-03-03 09:00' },
      { accepted: '2025-04-01 09:00', completed: '2025-05-31 23:59' },
      { accepted: '2025-06-01 00:00' },
      { accepted: '2025-06-02 09:00', completed: '2025-06-08 23:59' },
      { accepted: '2025-06-03 09:00', completed: '2025-06-09 00:00' },
      { accepted: '2025-06-10 09:00' },
      { accepted: '2025-12-31 09:00', region: '320100' },
      { accepted: '2026-06-09 09:00', completed: '2026-06-09 10:00' },
    )
    const [week] = series(await answer('32', 1), 'K-22').weeks
    expect([week?.lastYear.value, week?.figure.value]).toEqual([3, 4])
    const [city] = series(await answer('320500', 1), 'K-22').weeks
    expect([city?.lastYear.value, city?.figure.value]).toEqual([3, 3])
  })

  test('below the cities, where no week is counted, have no data', async () => {
    await file({ accepted: '2026-06-09 09:00', region: DISTRICT.code })
    expect([values(await answer(DISTRICT.code, 1), 'K-01'), values(await answer('320500', 1), 'K-01')]).toEqual([[null], [1]])
  })

  test('stand beside the ISO week of the same number a year before', async () => {
    // Week 24 of 2025 began on 9 June.
    await file({ accepted: '2025-06-09 09:00' }, { accepted: '2025-06-15 23:00', completed: '2025-06-16 09:00' }, { accepted: '2026-06-09 09:00' })
    const weeks = series(await answer('32', 2), 'K-01').weeks
    expect(weeks.map(({ lastYear }) => [lastYear.value, lastYear.status])).toEqual([
      [null, 'no_data'],
      [2, 'ok'],
    ])
    expect(series(await answer('32', 2), 'K-22').weeks.map(({ lastYear }) => lastYear.value)).toEqual([null, 2])
  })

  test('sum the subtree of a node and complaints only', async () => {
    await file(
      { accepted: '2026-06-09 09:00' },
      { accepted: '2026-06-09 09:00', region: '320100' },
      { accepted: '2026-06-09 09:00', province: '33', region: '330100' },
      { accepted: '2026-06-09 09:00', kind: 'enquiry' },
    )
    expect([values(await answer('00', 1), 'K-01'), values(await answer('32', 1), 'K-01'), values(await answer('320500', 1), 'K-01')]).toEqual([
      [3],
      [2],
      [1],
    ])
  })

  test('offer the regions of the scope and refuse those outside it', async () => {
    await file({ accepted: '2026-06-09 09:00' })
    const given = await answer('320500', 1, '32')
    expect(given.regions.map(({ code }) => code)).toContain('320100')
    expect(given.regions.every(({ code }) => code.startsWith('32'))).toBe(true)
    await expect(answer('33', 1, '32')).rejects.toThrow(RangeError)
  })

  test('go back 104 weeks without a gap, each beside its own year before', async () => {
    await file({ accepted: '2025-06-12 09:00' }, { accepted: '2026-06-09 09:00' })
    const weeks = series(await answer('32', 104), 'K-01').weeks
    expect(weeks).toHaveLength(104)
    expect(weeks.find((week) => week.week === '2025-W24')?.figure.value).toBe(1)
    expect(weeks.at(-1)?.lastYear.value).toBe(1)
    expect(weeks.every((week, index) => index === 0 || week.startAt === weeks[index - 1]?.endAt)).toBe(true)
  })

  test('of a silent province are as old as what was last heard of it', async () => {
    const week = (back: number): Instant => NOW - back * 7 * DAY
    const items = Array.from({ length: 300 }, (_, index) => createdEvent({ no: `S${index}`, at: week(1) - 5 * HOUR + index * 60_000 }))
    await takeIn(world.engine, [createdEvent({ no: 'first', at: week(1) - 2 * DAY }), ...items], week(1))
    await takeIn(world.engine, [createdEvent({ no: 'last', at: NOW - HOUR })], NOW - HOUR)
    expect((await answer('320500', 1)).dataAsOf).toBe(NOW - HOUR)
    expect((await answer('33', 1)).dataAsOf).toBe(NOW)
  })
})
