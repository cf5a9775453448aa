import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { collectiveOf, type Gathered } from '../../core/domain/notification/collective.ts'
import { calmed, decideStorm, FIRST_GATHERING, isGathered, MOST_SINGLY, type Storm, STORM_WINDOW } from '../../core/domain/notification/storm.ts'
import { MINUTE, SECOND } from '../../core/domain/time.ts'

const T = Date.parse('2026-06-01T12:00:00Z')
const QUIET: Storm = { singles: [], nextAt: null }
const ask = (storm: Storm, alertId: number | string, now: number, hasHeld = false) => decideStorm(storm, { alertId: String(alertId), now, hasHeld })
/** Tells alerts one after the other, each a second after the one before. */
const tell = (count: number, from = T): Storm =>
  Array.from({ length: count }).reduce<Storm>((storm, _, index) => ask(storm, index, from + index * SECOND).storm, QUIET)

describe('a person is told singly', () => {
  test('of ten alerts within ten minutes; the eleventh waits, for a minute (domain.md 7.4)', () => {
    expect([MOST_SINGLY, STORM_WINDOW, FIRST_GATHERING]).toEqual([10, 10 * MINUTE, MINUTE])
    expect(ask(tell(9), 'x', T + MINUTE).kind).toBe('single')
    expect(ask(tell(10), 'x', T + MINUTE)).toMatchObject({ kind: 'hold', until: T + 2 * MINUTE, storm: { nextAt: T + 2 * MINUTE } })
  })

  test('again when the first of the ten is ten minutes ago, to the millisecond', () => {
    expect(ask(tell(10), 'x', T + STORM_WINDOW - 1).kind).toBe('hold')
    expect(ask(tell(10), 'x', T + STORM_WINDOW).kind).toBe('single')
  })

  test('of the same alert again without counting it twice', () => {
    expect(ask(tell(10), 9, T + MINUTE)).toMatchObject({ kind: 'single', storm: { singles: { length: 10 } } })
  })
})

describe('a storm', () => {
  const on: Storm = { singles: tell(10).singles, nextAt: T + 2 * MINUTE }

  test('holds everything until its message is due, the alerts that were told singly too', () => {
    expect(ask(on, 'x', T + 2 * MINUTE - 1, true)).toMatchObject({ kind: 'hold', until: T + 2 * MINUTE })
    expect(ask(on, 3, T + 2 * MINUTE - 1)).toMatchObject({ kind: 'hold' })
  })

  test('says what waited together then, and the next time ten minutes later', () => {
    expect(ask(on, 'x', T + 2 * MINUTE, true)).toMatchObject({ kind: 'gather', storm: { nextAt: T + 12 * MINUTE } })
    // Workers that were away say it when they are back.
    expect(ask(on, 'x', T + 40 * MINUTE, true)).toMatchObject({ kind: 'gather', storm: { nextAt: T + 50 * MINUTE } })
  })

  test('is over when nothing waited for its message', () => {
    expect(ask({ ...on, nextAt: T + 12 * MINUTE }, 'x', T + 12 * MINUTE)).toMatchObject({ kind: 'single', storm: { nextAt: null, singles: [{ alertId: 'x' }] } })
  })

  test('is over when one alone did: it goes by itself and counts', () => {
    expect(calmed(on, 'x', T + 2 * MINUTE)).toMatchObject({ nextAt: null, singles: { length: 10 } })
    expect(calmed(on, 'x', T + 2 * MINUTE).singles.at(-1)).toEqual({ alertId: 'x', at: T + 2 * MINUTE })
  })

  test('never tells more than ten alerts singly and one message together in any ten minutes, and keeps nobody waiting longer than that', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ gap: fc.integer({ min: 0, max: 90 }), alert: fc.integer({ min: 0, max: 400 }) }), { minLength: 1, maxLength: 300 }), (asks) => {
        let storm = QUIET
        let now = T
        const singles: { alertId: string; at: number }[] = []
        const together: number[] = []
        const held: number[] = []
        const gather = (at: number) => {
          // The worker that finds the first held page due.
          const decision = ask(storm, 'held', at, held.length > 0)
          if (decision.kind !== 'gather') return
          storm = decision.storm
          together.push(at)
          for (const since of held.splice(0)) expect(at - since).toBeLessThanOrEqual(STORM_WINDOW)
        }
        for (const { gap, alert } of asks) {
          now += gap * SECOND
          if (held.length > 0 && storm.nextAt !== null && storm.nextAt <= now) gather(storm.nextAt)
          const decision = ask(storm, alert, now, held.length > 0)
          storm = decision.storm
          if (decision.kind === 'hold') held.push(now)
          if (decision.kind === 'single') singles.push({ alertId: String(alert), at: now })
        }
        for (const { at } of singles) {
          const within = singles.filter((one) => one.at > at - STORM_WINDOW && one.at <= at)
          expect(new Set(within.map(({ alertId }) => alertId)).size).toBeLessThanOrEqual(MOST_SINGLY)
        }
        for (const [index, at] of together.entries()) expect(at - (together[index - 1] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(STORM_WINDOW - FIRST_GATHERING)
      }),
    )
  })
})

test('what interrupts a person is gathered; what is a list on a screen, or an endpoint, is not', () => {
  expect((['email', 'wecom', 'dingtalk', 'feishu', 'sms', 'voice', 'web_push'] as const).every(isGathered)).toBe(true)
  expect((['in_app', 'webhook'] as const).some(isGathered)).toBe(false)
})

describe('the message that says several', () => {
  const page = (alertId: number, more: Partial<Gathered> = {}): Gathered => ({
    alertId: String(alertId),
    ruleId: 'AT-01',
    severity: 1,
    colour: 'blue',
    scope: { code: '32', nameZh: '江苏', nameEn: 'Jiangsu' },
    since: new Date(T).toISOString(),
    by: null,
    ...more,
  })

  test('counts each alert once by its colour, names the gravest and the longest waiting of them, and the earliest limit that is to come', () => {
    const by = (minutes: number) => new Date(T + minutes * MINUTE).toISOString()
    const message = collectiveOf(
      [page(1), page(2, { severity: 2, colour: 'yellow', ruleId: 'MR-04', by: by(9) }), page(3, { severity: 2, colour: 'yellow', ruleId: 'MR-01', since: by(-3), by: by(-1) }), page(1, { by: by(12) })],
      'Asia/Shanghai',
      T,
    )
    expect(message).toEqual({
      asked: 'look',
      alerts: 3,
      colours: { yellow: 2, blue: 1 },
      severity: 2,
      by: by(9),
      link: '/desk',
      textZh: '【汇总】新增待确认预警 3 件（黄色 2、蓝色 1），最高 MR-01 #3 江苏，请于 06-01 20:09 前到值班台查看并确认',
      textEn: '[together] 3 alerts wait for an answer (yellow 2, blue 1), gravest MR-01 #3 Jiangsu: open the desk and acknowledge by 06-01 20:09',
    })
  })

  test('says at once where every limit has passed, and is nothing without a page', () => {
    expect(collectiveOf([page(1)], 'Asia/Shanghai', T).textZh).toContain('请立即到值班台')
    expect(() => collectiveOf([], 'Asia/Shanghai', T)).toThrow(RangeError)
  })
})
