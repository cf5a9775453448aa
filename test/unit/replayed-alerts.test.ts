import { describe, expect, test } from 'vitest'
import type { AbnormalVerdict } from '../../core/domain/abnormal/abnormal-rule.ts'
import { afterVerdict, type ReplayedAlert, replayTicket } from '../../core/domain/abnormal/replayed-alerts.ts'
import type { Level } from '../../core/domain/vocabulary.ts'
import { anEvent, at } from '../support/builders.ts'

const verdict = (level: Level, why: AbnormalVerdict['why'] = level > 0 ? 'true' : 'never_true', cause = 'a'): AbnormalVerdict => ({ ruleId: 'AT-01', level, why, facts: { cause }, nextChangeAt: null })
const through = (...steps: readonly [number, AbnormalVerdict][]): readonly ReplayedAlert[] => steps.reduce<readonly ReplayedAlert[]>((alerts, [instant, one]) => afterVerdict(alerts, { at: instant, verdict: one }), [])
const rings = (alerts: readonly ReplayedAlert[]) => alerts.map(({ rings: all }) => all.map(({ at: instant, severity }) => [instant, severity]))

describe('the alerts of a replay', () => {
  test('open, rise, and end by the facts; true again, another one', () => {
    expect(rings(through([1, verdict(1)], [2, verdict(1)], [3, verdict(3)], [4, verdict(0, 'cleared')]))).toEqual([[[1, 1], [3, 3]]])
    expect(rings(through([1, verdict(1)], [4, verdict(0, 'cleared')], [9, verdict(2, 'true', 'b')]))).toEqual([[[1, 1]], [[9, 2]]])
  })

  test('that were mitigated come back as the same', () => {
    expect(rings(through([1, verdict(2)], [4, verdict(0, 'mitigated')], [9, verdict(2)]))).toEqual([[[1, 2], [9, 2]]])
  })

  test('fall with the facts, which undoes no ring; what the facts disproved as a whole is none', () => {
    expect(rings(through([1, verdict(1)], [2, verdict(3)], [5, verdict(1)], [6, verdict(2)]))).toEqual([[[1, 1], [2, 3], [6, 2]]])
    expect(through([1, verdict(1)], [5, verdict(0)])).toEqual([])
    expect(through([1, verdict(1)], [4, verdict(0, 'cleared')], [5, verdict(0)])).toEqual([])
  })
})

test('a ticket is judged at each event as it stood then, at what comes by time between, and no further than the end', () => {
  const start = at('2026-06-11 09:00')
  const events = [anEvent('created', { occurredAt: start }), anEvent('expedited', { occurredAt: start + 100, eventId: 'b' }), anEvent('expedited', { occurredAt: start + 900, eventId: 'c' })]
  const judged: [number, number][] = []
  replayTicket(events, { reopenWithin: 0 }, (ticket, instant) => {
    judged.push([instant - start, ticket.eventCount])
    return { verdicts: [], nextCheckAt: instant === start ? start + 40 : instant === start + 100 ? start + 400 : null }
  }, start + 500)
  expect(judged).toEqual([[0, 1], [40, 1], [100, 2], [400, 2]])
})
