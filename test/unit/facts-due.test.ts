import { describe, expect, test } from 'vitest'
import { dueInstant } from '../../core/domain/count/due-instant.ts'
import type { ClockName, ClockReading } from '../../core/domain/ticket/clock-reading.ts'
import type { Leg, Refund, Repair, Supervision } from '../../core/domain/ticket/parts.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { DAY, HOUR, MINUTE } from '../../core/domain/time.ts'
import { aSuspension, aTicket, at, ticketOf } from '../support/builders.ts'
import { aReading, factsAt, ofBase } from '../support/facts.ts'

const START = at('2026-06-01 09:00')
const LATER = START + 30 * DAY

/** What falls due of a ticket with these readings; the handling clock's own entry left out. */
function due(facts: Partial<Ticket>, readings: readonly ClockReading[], when = LATER) {
  const list = ofBase(factsAt(aTicket({ acceptedAt: START, ...facts }), { at: when, readings }).facts, 'DUE')
  return list.filter(({ measures }) => measures.handle_due === undefined).map((fact) => ({ at: fact.at, unit: fact.by.unit, ...fact.measures }))
}

const handle = (facts: Partial<Ticket>, when: number) => {
  const { facts: list, changesAt } = factsAt(aTicket({ acceptedAt: START, ...facts }), { at: when })
  return { due: ofBase(list, 'DUE').map((fact) => [fact.at - START, fact.measures]), changesAt }
}

describe('K-21: C_HANDLE by its deadline', () => {
  const [limit, late] = [48 * HOUR, { handle_due: 1, handle_late: 1 }]

  test('not yet at the deadline, late right after it; the timer is set there', () => {
    expect(handle({}, START + limit).due).toEqual([])
    expect(handle({}, START + limit).changesAt).toBe(START + limit + 1)
    expect(handle({}, START + limit + 1).due).toEqual([[limit, late]])
  })

  test('done before, it is counted at the deadline all the same, before that has come', () => {
    expect(handle({ completedAt: START + HOUR }, START + HOUR)).toEqual({ due: [[limit, { handle_due: 1 }]], changesAt: null })
  })

  test('a pause moves the deadline; one that is not over keeps it from falling due until the cap of 72 h', () => {
    const [from, to] = [START + 10 * HOUR, START + 20 * HOUR]
    expect(handle({ suspensions: [aSuspension(from, to)], completedAt: START + 58 * HOUR }, LATER).due).toEqual([[58 * HOUR, { handle_due: 1 }]])
    expect(handle({ suspensions: [aSuspension(from, null)] }, START + 81 * HOUR).due).toEqual([])
    expect(handle({ suspensions: [aSuspension(from, null)] }, LATER).due).toEqual([[limit + 72 * HOUR, late]])
  })

  test('suspended after it was late it stays where it fell due', () => {
    const suspended = (to: number | null) => ({ suspensions: [aSuspension(START + 50 * HOUR, to)] })
    expect(handle(suspended(null), START + 60 * HOUR).due).toEqual([[limit, late]])
    expect(handle(suspended(START + 60 * HOUR), START + 61 * HOUR).due).toEqual([[limit, late]])
    expect(handle({ ...suspended(START + 60 * HOUR), completedAt: START + 61 * HOUR }, LATER).due).toEqual([[limit, late]])
  })

  test('paused just as the limit is used up, it is late only after the pause', () => {
    const suspensions = [aSuspension(START + limit, START + 60 * HOUR)]
    expect(handle({ suspensions }, START + 60 * HOUR).due).toEqual([])
    expect(handle({ suspensions }, START + 60 * HOUR)).toEqual({ due: [], changesAt: START + 60 * HOUR + 1 })
    const { facts } = factsAt(aTicket({ acceptedAt: START, suspensions }), { at: START + 70 * HOUR })
    expect(ofBase(facts, 'SNAP').find(({ measures }) => measures.overdue !== undefined)!.at).toBe(START + 60 * HOUR + 1)
  })

  test('a cancelled one is not due', () => {
    expect(handle({ cancelledAt: START + 50 * HOUR }, LATER).due).toEqual([])
  })

  test('pauses behind the end of a clock and clocks that never pause leave the deadline alone', () => {
    const reading = aReading('C_FIRST', LATER, { startAt: START, limit: 24 * HOUR, stoppedAt: START + HOUR })
    const pauses = [{ from: START + 2 * HOUR, to: START + 3 * HOUR }]
    expect(dueInstant(reading, pauses, LATER)).toBe(START + 24 * HOUR)
    // Stopped in the middle of a pause: what comes of the pause later is behind its end.
    expect(dueInstant({ ...reading, stoppedAt: START + 3 * HOUR, netElapsed: 2 * HOUR, deadlineAt: START + 25 * HOUR }, [{ from: START + 2 * HOUR, to: LATER }], LATER)).toBe(
      START + 25 * HOUR,
    )
    expect(dueInstant({ ...reading, clock: 'C_REFUND' }, [{ from: START, to: LATER }], LATER)).toBe(START + 24 * HOUR)
  })
})

describe('clocks that wait for an answer', () => {
  const leg: Leg = { ...ticketOf(['created', '2026-06-01 09:00'], ['dispatched', '2026-06-01 09:00', { to_unit: 'net', leg_id: 'L1' }]).legs[0]! }
  const refund: Refund = {
    refundNo: 'F1',
    type: 'refund',
    amountCents: 100,
    calculatedCents: null,
    requestedAt: START,
    approvedAt: START,
    rejectedAt: null,
    paidAt: null,
    auditResult: null,
  }
  const repair: Repair = { repairNo: 'P1', cause: '', openedAt: START, closedAt: null, result: null, isSuccess: false }
  const supervision: Supervision = { level: 'group', at: START, dueAt: null, answeredAt: null }
  const answeredAt = START + 30 * MINUTE

  test.each<[ClockName, string, Partial<Ticket>, Partial<Ticket>, string]>([
    ['C_CLAIM', 'L1', { legs: [leg] }, { legs: [{ ...leg, firstClaimedAt: answeredAt }] }, 'claim'],
    ['C_FIRST', '', {}, { firstContactedAt: answeredAt }, 'first'],
    ['C_FIRST', '', {}, { customerReplies: [{ at: answeredAt, method: 'call', recordNo: 'R', recordSeconds: 60, isAgreed: true }] }, 'first'],
    ['C_REFUND', '0', { refunds: [refund] }, { refunds: [{ ...refund, paidAt: answeredAt }] }, 'refund'],
    ['C_REPAIR_SAT', '0', { repairs: [repair] }, { repairs: [{ ...repair, closedAt: answeredAt }] }, 'repair'],
    ['C_SUPERVISION', '0', { supervisions: [supervision] }, { supervisions: [{ ...supervision, answeredAt }] }, 'supervision'],
  ])('%s: answered in time, answered late, left without answer in time and late, still waiting', (clock, subject, waiting, answered, name) => {
    const run = (limit: number, stoppedAt: number | null, when = LATER) => [aReading(clock, when, { startAt: START, limit, stoppedAt, subject })]
    const counted = (facts: Partial<Ticket>, readings: readonly ClockReading[], when = LATER) =>
      due(facts, readings, when).map(({ unit: _, ...rest }) => rest)
    const [all, kept] = [`${name}_due`, `${name}_in_time`]
    expect(counted(answered, run(HOUR, answeredAt))).toEqual([{ at: START + HOUR, [all]: 1, [kept]: 1 }])
    expect(counted(answered, run(30 * MINUTE - 1, answeredAt))).toEqual([{ at: START + 30 * MINUTE - 1, [all]: 1 }])
    expect(counted(waiting, run(HOUR, answeredAt))).toEqual([])
    expect(counted(waiting, run(MINUTE, answeredAt))).toEqual([{ at: START + MINUTE, [all]: 1 }])
    expect(counted(waiting, run(HOUR, null, START + HOUR), START + HOUR)).toEqual([])
    expect(counted(waiting, run(HOUR, null, START + HOUR + 1), START + HOUR + 1)).toEqual([{ at: START + HOUR, [all]: 1 }])
  })

  test.each<[ClockName, Ticket['kind'], string]>([
    ['C_APPEAL_FEEDBACK', 'appeal', 'feedback'],
    ['C_FAULT_RESPONSE', 'fault', 'fault_response'],
    ['C_FAULT_HARD', 'fault', 'fault'],
    ['C_PROVISION', 'install', 'provision'],
  ])('%s: its end is its answer', (clock, kind, name) => {
    const readings = [aReading(clock, LATER, { startAt: START, limit: HOUR, stoppedAt: answeredAt })]
    expect(due({ kind }, readings)).toEqual([{ at: START + HOUR, unit: undefined, [`${name}_due`]: 1, [`${name}_in_time`]: 1 }])
  })

  test('a claim counts for the unit of its stay, also where two stays have one id; a helper claims nothing', () => {
    const again = { ...leg, receivedAt: START + 5 * HOUR, unitId: 'line', firstClaimedAt: START + 6 * HOUR }
    const claim = (startAt: number, stoppedAt: number) => aReading('C_CLAIM', LATER, { startAt, limit: 2 * HOUR, stoppedAt, subject: 'L1' })
    const legs = [{ ...leg, firstClaimedAt: answeredAt }, again]
    expect(due({ legs }, [claim(START, answeredAt), claim(again.receivedAt, START + 6 * HOUR)]).map(({ unit }) => unit)).toEqual(['net', 'line'])
    expect(due({ legs: [{ ...leg, isAssist: true, firstClaimedAt: answeredAt }] }, [claim(START, answeredAt)])).toEqual([])
  })

  test('of the clocks without an indicator by deadline nothing is counted', () => {
    const names: ClockName[] = [
      'C_DISPATCH',
      'C_HANDLE_RAW',
      'C_DEPT',
      'C_REVIEW',
      'C_CUSTOMER_REPLY',
      'C_SURVEY',
      'C_APPEAL_CLOSE',
      'C_STAGE',
      'C_APPOINT',
      'C_12345',
    ]
    expect(
      due(
        {},
        names.map((clock) => aReading(clock, LATER, { startAt: START, limit: HOUR })),
      ),
    ).toEqual([])
  })
})

describe('K-31: answered in 15 days', () => {
  const end = START + 15 * DAY
  const fifteen = (facts: Partial<Ticket>, when = LATER) => {
    const readings = [aReading('C_15D', when, { startAt: START, limit: 15 * DAY, stoppedAt: facts.completedAt ?? null })]
    return due({ ...facts }, readings, when).map(({ unit: _, ...rest }) => rest)
  }
  const reply = (when: number) => ({ customerReplies: [{ at: when, method: 'call', recordNo: null, recordSeconds: null, isAgreed: true }] })
  const legs = [{ ...ticketOf(['created', '2026-06-01 09:00'], ['claimed', '2026-06-01 09:01']).legs[0]! }]

  test('told in time, told late, never told', () => {
    expect(fifteen(reply(end))).toEqual([{ at: end, answer_due: 1, answer_in_time: 1 }])
    expect(fifteen(reply(end + 1))).toEqual([{ at: end, answer_due: 1 }])
    expect(fifteen({}, end)).toEqual([])
    expect(fifteen({}, end + 1)).toEqual([{ at: end, answer_due: 1 }])
  })

  test('completed without telling anybody, the fifteenth day still ends without an answer; solved in the call it was told', () => {
    expect(fifteen({ legs, completedAt: START + HOUR }, end)).toEqual([])
    expect(fifteen({ legs, completedAt: START + HOUR }, end + 1)).toEqual([{ at: end, answer_due: 1 }])
    expect(fifteen({ completedAt: START + HOUR }, START + HOUR)).toEqual([{ at: end, answer_due: 1, answer_in_time: 1 }])
  })
})
