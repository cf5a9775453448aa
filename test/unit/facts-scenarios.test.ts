import { describe, expect, test } from 'vitest'
import type { CellChange } from '../../core/domain/count/cell-sums.ts'
import type { Fact } from '../../core/domain/count/fact.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import type { Ticket, TicketEvent } from '../../core/domain/ticket/ticket.ts'
import { HOUR, type Instant, MINUTE, SECOND } from '../../core/domain/time.ts'
import type { EventType } from '../../core/domain/vocabulary.ts'
import { anEvent, aTicket, at } from '../support/builders.ts'
import { cellsOf, sumOf } from '../support/cells.ts'
import { allFactsAt, factsAt, ofBase } from '../support/facts.ts'

type Step = readonly [type: EventType, local: string, payload?: Readonly<Record<string, unknown>>]

const eventsOf = (ticketNo: string, steps: readonly Step[]): TicketEvent[] =>
  steps.map(([type, occurredAt, payload]) => anEvent(type, { ticketNo, occurredAt, ...(payload ? { payload } : {}) }))

const factsOf = (tickets: readonly Ticket[], when: Instant): Fact[] => tickets.flatMap((ticket) => [...allFactsAt(ticket, when).facts])
const may = { from: at('2026-05-01 00:00'), to: at('2026-06-01 00:00') }
const june = { from: at('2026-06-01 00:00'), to: at('2026-07-01 00:00') }
const REPLY = { method: 'call', call_record_no: 'R1', record_seconds: 95, agreed: true }

describe('S-10: survey arithmetic exactly on target', () => {
  const ANSWERS: readonly (readonly [number, Record<string, unknown>])[] = [
    [289, { score: 9, solved: 'yes' }],
    [34, { score: 5, solved: 'yes' }],
    [12, { score: 10, solved: 'no' }],
    [5, { score: 9, solved: 'unclear' }],
  ]
  const answers = ANSWERS.flatMap(([n, payload]) => Array.from({ length: n }, () => payload))

  function thousand(given: readonly Record<string, unknown>[]): readonly CellChange[] {
    const tickets = Array.from({ length: 1000 }, (_, place) => {
      const isDirect = place >= 850
      const steps: Step[] = [['created', '2026-06-01 09:00']]
      if (!isDirect) steps.push(['dispatched', '2026-06-01 09:10', { to_unit: 'net' }], ['claimed', '2026-06-01 09:20'])
      if (!isDirect) steps.push(['customer_replied', '2026-06-01 15:00', REPLY])
      steps.push(['completed', '2026-06-01 15:00', { result_code: 'solved' }])
      if (!isDirect) steps.push(['survey_sent', '2026-06-01 15:10', { mode: 'sms' }])
      const answer = given[place]
      if (answer !== undefined) steps.push(['survey_answered', '2026-06-01 16:00', answer])
      else if (!isDirect) steps.push(['survey_expired', '2026-06-01 19:10'])
      return foldTicket(eventsOf(`T${place}`, steps))
    })
    return cellsOf(factsOf(tickets, at('2026-06-02 00:00')))
  }
  const cells = thousand(answers)
  const fin = (measure: 'finished' | 'surveyed' | 'survey_eligible') =>
    sumOf(cells, { base: 'FIN', measure, kind: 'complaint', grain: 'month', ...june })
  const evt = (measure: 'survey_sent' | 'survey_sent_answered' | 'answered' | 'satisfied' | 'scored' | 'score_sum', from = cells) =>
    sumOf(from, { base: 'EVT', measure, kind: 'complaint', grain: 'month', ...june })

  test('K-52: 850 of 1,000 completed, 850 of 850 eligible', () => {
    expect([fin('surveyed'), fin('finished'), fin('survey_eligible')]).toEqual([850, 1000, 850])
  })

  test('K-53: 340 of 850', () => {
    expect([evt('survey_sent_answered'), evt('survey_sent')]).toEqual([340, 850])
    const bySms = { base: 'EVT', measure: 'survey_sent', by: 'survey_mode', value: 'sms', ...june } as const
    expect(sumOf(cells, bySms)).toBe(850)
  })

  test('K-54: 289 of 340; the 510 expired are in neither', () => {
    expect([evt('satisfied'), evt('answered')]).toEqual([289, 340])
  })

  test('K-55: 340 answers with a score', () => {
    expect([evt('score_sum'), evt('scored')]).toEqual([289 * 9 + 34 * 5 + 12 * 10 + 5 * 9, 340])
  })

  test('one more dissatisfied instead of a satisfied: 288 of 340', () => {
    const changed = thousand([{ score: 8, solved: 'yes' }, ...answers.slice(1)])
    expect([evt('satisfied', changed), evt('answered', changed)]).toEqual([288, 340])
  })
})

describe('S-11: cross-period, open and reopened tickets', () => {
  const ROWS: readonly (readonly [no: string, accepted: string, ...steps: Step[]])[] = [
    ['T1', '2026-05-29 10:00', ['completed', '2026-05-30 09:00']],
    ['T2', '2026-05-29 14:00', ['completed', '2026-05-31 15:00']],
    ['T3', '2026-05-30 08:00', ['completed', '2026-06-01 07:00']],
    ['T4', '2026-05-30 20:00', ['completed', '2026-06-02 10:00']],
    ['T5', '2026-05-31 23:30', ['completed', '2026-06-01 08:30']],
    ['T6', '2026-05-31 12:00'],
    ['T7', '2026-06-01 00:00', ['completed', '2026-06-01 20:00']],
    ['T8', '2026-06-01 09:00', ['completed', '2026-06-02 18:00'], ['reopened', '2026-06-02 20:00']],
    ['T9', '2026-06-02 10:00'],
    ['T10', '2026-06-02 11:00', ['cancelled', '2026-06-02 12:00']],
  ]
  /** Each with a unit, and told before it was completed. */
  const history = (no: string, accepted: string, steps: readonly Step[]): TicketEvent[] => [
    ...eventsOf(no, [
      ['created', accepted],
      ['dispatched', accepted, { to_unit: 'net' }],
      ['claimed', accepted],
    ]),
    ...steps.flatMap((step) => eventsOf(no, step[0] === 'completed' ? [['customer_replied', step[1], REPLY], step] : [step])),
  ]
  const world = (t8: readonly Step[] = []): Ticket[] =>
    ROWS.map(([no, accepted, ...steps]) => foldTicket(history(no, accepted, no === 'T8' ? [...steps, ...t8] : steps)))
  const asOf = at('2026-06-03 00:00')
  const cells = cellsOf(factsOf(world(), asOf))
  const later = cellsOf(factsOf(world([['completed', '2026-06-03 12:00']]), at('2026-06-04 00:00')))

  const inTime = (from: readonly CellChange[], period: typeof may) =>
    (['in_time', 'finished'] as const).map((measure) => sumOf(from, { base: 'FIN', measure, kind: 'complaint', grain: 'month', ...period }))
  const byAcceptance = (from: readonly CellChange[], period: typeof may) =>
    (['in_time', 'late', 'pending', 'accepted'] as const).map((measure) =>
      sumOf(from, { base: 'ACC', measure, kind: 'complaint', grain: 'month', ...period }),
    )
  const running = (from: readonly CellChange[], measure: 'open' | 'overdue', end: string) =>
    sumOf(from, { base: 'SNAP', measure, kind: 'complaint', from: Number.NEGATIVE_INFINITY, to: at(end) })

  test('K-18: May 1 of 2, June 3 of 4', () => {
    expect([inTime(cells, may), inTime(cells, june)]).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  test('K-18A and K-01: May 3 of 6, June 1 of 1 with 2 pending; volume 6 and 4', () => {
    expect(byAcceptance(cells, may)).toEqual([3, 3, 0, 6])
    expect(byAcceptance(cells, june)).toEqual([1, 0, 2, 4])
  })

  test('T8 completed later is 49 h late: June 3 of 5, by acceptance 1 of 2 with T9 pending', () => {
    expect(inTime(later, june)).toEqual([3, 5])
    expect(inTime(later, may)).toEqual([1, 2])
    expect(byAcceptance(later, june)).toEqual([1, 1, 1, 4])
    const t8 = foldTicket(history('T8', '2026-06-01 09:00', [...ROWS[7]!.slice(2), ['completed', '2026-06-03 12:00']] as Step[]))
    expect(ofBase(factsAt(t8, { at: asOf }).facts, 'FIN')[0]!.measures.net_seconds).toBe(49 * 3600)
  })

  test.each([
    ['2026-05-30 00:00', 2, 0],
    ['2026-05-31 00:00', 3, 0],
    ['2026-06-01 00:00', 4, 0],
    ['2026-06-02 00:00', 3, 1],
    ['2026-06-03 00:00', 3, 1],
  ])('at %s %i are open and %i overdue', (end, open, overdue) => {
    expect([running(cells, 'open', end), running(cells, 'overdue', end)]).toEqual([open, overdue])
  })

  test('T6 is overdue since 06-02 12:00, T4 was until it was done; K-21 by the deadline', () => {
    const overdue = ofBase(factsOf(world(), asOf), 'SNAP').filter(({ measures }) => measures.overdue !== undefined)
    const ordered = overdue.map((fact) => [fact.at, fact.measures.overdue]).sort(([a = 0], [b = 0]) => a - b)
    expect(ordered).toEqual([
      [at('2026-05-31 14:00') + 1, 1],
      [at('2026-05-31 15:00'), -1],
      [at('2026-06-01 20:00') + 1, 1],
      [at('2026-06-02 10:00'), -1],
      [at('2026-06-02 12:00') + 1, 1],
    ])
    const due = (['handle_late', 'handle_due'] as const).map((measure) =>
      sumOf(cells, { base: 'DUE', measure, kind: 'complaint', grain: 'month', ...june }),
    )
    // T3 06-01 08:00, T4, T5, T6, T7; T8 and T9 are not due yet; T10 was cancelled. T1 and T2 were due in May.
    expect(due).toEqual([2, 5])
  })

  test('T8 was closed between its completion and its reopening', () => {
    const t8 = foldTicket(history('T8', '2026-06-01 09:00', ROWS[7]!.slice(2) as Step[]))
    const open = ofBase(factsAt(t8, { at: asOf }).facts, 'SNAP').filter(({ measures, by }) => measures.open !== undefined && by.unit === 'net')
    expect(open.map((fact) => [fact.at, fact.measures.open])).toEqual([
      [at('2026-06-01 09:00'), 1],
      [at('2026-06-02 18:00'), -1],
      [at('2026-06-02 20:00'), 1],
    ])
  })

  test('K-42: of five first completions in June one was reopened within 7 days', () => {
    const first = (['reopened_7d', 'finished_first'] as const).map((measure) => sumOf(cells, { base: 'FIN1', measure, grain: 'month', ...june }))
    expect(first).toEqual([1, 5])
  })
})

describe('S-14: small edges', () => {
  const START = at('2026-06-01 09:00')
  const day = (n: number) => ({ from: at('2026-06-01 00:00') + (n - 1) * 24 * HOUR, to: at('2026-06-01 00:00') + n * 24 * HOUR })
  const done = (facts: Partial<Ticket>) => factsAt(aTicket({ acceptedAt: START, ...facts }), { at: at('2026-06-20 00:00') }).facts

  test('1: before 16:00 is strict', () => {
    const counted = (local: string) => {
      const ticket = aTicket({ kind: 'install', acceptedAt: at(local), completedAt: at('2026-06-01 23:00') })
      return ofBase(factsAt(ticket, { at: at('2026-06-02 00:00') }).facts, 'ACC')[0]!.measures
    }
    expect(counted('2026-06-01 15:59:59.999')).toMatchObject({ before_cut: 1, before_cut_same_day: 1 })
    expect(counted('2026-06-01 16:00')).not.toHaveProperty('before_cut')
  })

  test.each([
    [48 * HOUR, 1],
    [48 * HOUR + SECOND, 0],
  ])('2: elapsed %i ms counts %i in time', (elapsed, inTime) => {
    const cells = cellsOf(done({ completedAt: START + elapsed }))
    expect(sumOf(cells, { base: 'FIN', measure: 'in_time', grain: 'month', ...june })).toBe(inTime)
    expect(sumOf(cells, { base: 'FIN', measure: 'raw_48h', grain: 'month', ...june })).toBe(inTime)
    expect(sumOf(cells, { base: 'DUE', measure: 'handle_late', grain: 'month', ...june })).toBe(1 - inTime)
  })

  test('3: none of 40 is a zero with its whole; where nothing was, there is no whole', () => {
    const cells = cellsOf(Array.from({ length: 40 }, () => done({ completedAt: START + 50 * HOUR })).flat())
    const sums = (period: typeof may) => (['in_time', 'finished'] as const).map((measure) => sumOf(cells, { base: 'FIN', measure, ...period }))
    expect([sums(june), sums(may)]).toEqual([
      [0, 40],
      [0, 0],
    ])
  })

  test('4: the month is the sum of its days: 1 of 1 and 50 of 99 are 51 of 100', () => {
    const late = { acceptedAt: START - 72 * HOUR, completedAt: START + 24 * HOUR }
    const timely = { completedAt: START + 24 * HOUR }
    const list = [done({ completedAt: START + MINUTE }), ...Array.from({ length: 99 }, (_, place) => done(place < 50 ? timely : late))]
    const cells = cellsOf(list.flat())
    const sums = (period: typeof may, grain: 'day' | 'month') =>
      (['in_time', 'finished'] as const).map((measure) => sumOf(cells, { base: 'FIN', measure, grain, ...period }))
    expect([sums(day(1), 'day'), sums(day(2), 'day'), sums(june, 'month')]).toEqual([
      [1, 1],
      [50, 99],
      [51, 100],
    ])
  })

  test('5: district unknown: ten in the city, seven in its districts', () => {
    const codes = [...Array<string>(4).fill('320501'), ...Array<string>(3).fill('320502'), ...Array<string>(3).fill('320500')]
    const cells = cellsOf(codes.flatMap((regionCode) => [...done({ regionCode })]))
    const under = (region: string) => sumOf(cells, { base: 'ACC', measure: 'accepted', region, ...june })
    expect([under('320500'), under('320501') + under('320502')]).toEqual([10, 7])
  })

  test('8: voided after the fact it takes one away from the hour of acceptance, and leaves nothing', () => {
    const before = done({ completedAt: START + HOUR })
    expect(sumOf(cellsOf(before), { base: 'ACC', measure: 'accepted', grain: 'hour', from: START, to: START + HOUR })).toBe(1)
    expect(done({ completedAt: START + HOUR, voidedAt: START + 48 * HOUR })).toEqual([])
  })
})
