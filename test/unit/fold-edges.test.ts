import { describe, expect, test } from 'vitest'
import { foldHistory, foldOn, foldTicket } from '../../core/domain/ticket/fold.ts'
import { packTicket } from '../../core/domain/ticket/pack.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { anEvent, at, CREATED_PAYLOAD, ticketOf } from '../support/builders.ts'

const START = at('2026-06-01 09:00')

describe('a fold', () => {
  test('accepts a ticket once: a second created changes nothing and is a finding', () => {
    const ticket = foldTicket([
      anEvent('created'),
      anEvent('created', { eventId: 'again', occurredAt: START + HOUR, payload: { ...CREATED_PAYLOAD, kind: 'appeal', star: 7 } }),
    ])
    expect(ticket).toMatchObject({ acceptedAt: START, kind: 'complaint', star: -1, qualityFlags: [{ flag: 'illegal_transition', eventId: 'again' }] })
  })

  test('says when something came before the acceptance', () => {
    const events = [anEvent('dispatched'), anEvent('created', { occurredAt: START + MINUTE })]
    expect(foldTicket(events).qualityFlags.map(({ flag }) => flag)).toEqual(['created_not_first'])
    expect(foldTicket(events.toReversed()).qualityFlags.map(({ flag }) => flag)).toEqual(['created_not_first'])
  })

  test('is not gone on with by two events of one instant: they may be one matter under two ids', () => {
    const twice = ['a', 'b'].map((eventId) => anEvent('expedited', { eventId, occurredAt: START + HOUR }))
    expect(foldOn(foldHistory([anEvent('created')]), twice)).toBeNull()
    expect(foldTicket([anEvent('created'), ...twice]).expedites).toHaveLength(1)
  })
})

describe('stays', () => {
  const DISPATCHED = ['dispatched', '2026-06-01 09:10', { leg_id: 'L1', to_unit: 'U1' }] as const
  const CLAIMED = ['claimed', '2026-06-01 09:20', { leg_id: 'L1', handler_id: 'h1' }] as const

  test('are claimed first once, also where a claim was released', () => {
    const ticket = ticketOf(['created', '2026-06-01 09:00'], DISPATCHED, CLAIMED, ['released', '2026-06-01 09:30'], ['claimed', '2026-06-01 09:40'])
    expect(ticket.legs).toMatchObject([{ firstClaimedAt: at('2026-06-01 09:20'), claimedAt: at('2026-06-01 09:40') }])
  })

  test('are reviewed once: sent back while the customer is told, the passed review stands', () => {
    const ticket = ticketOf(
      ['created', '2026-06-01 09:00'],
      DISPATCHED,
      CLAIMED,
      ['replied', '2026-06-01 10:00', { leg_id: 'L1' }],
      ['review_passed', '2026-06-01 11:00', { leg_id: 'L1' }],
      ['review_failed', '2026-06-01 12:00', { leg_id: 'L1' }],
    )
    expect(ticket.legs).toMatchObject([{ review: 'passed', reviewedAt: at('2026-06-01 11:00') }, { finishedAt: null }])
  })

  test('that a reopening begins are with who had the ticket, and claimed', () => {
    const ticket = ticketOf(['created', '2026-06-01 09:00'], DISPATCHED, CLAIMED, ['completed', '2026-06-01 10:00'], ['reopened', '2026-06-02 09:00'])
    expect(ticket.legs[1]).toMatchObject({ unitId: 'U1', handlerId: 'h1', claimedAt: at('2026-06-02 09:00'), firstClaimedAt: at('2026-06-02 09:00') })
  })

  test('end once: the end of the ticket ends only those that are open', () => {
    const replied = ['replied', '2026-06-01 10:00', { leg_id: 'L1', text: 'ok' }] as const
    const ticket = ticketOf(['created', '2026-06-01 09:00'], DISPATCHED, CLAIMED, replied, ['completed', '2026-06-01 11:00'])
    expect(ticket.legs).toMatchObject([{ finish: 'replied', finishedAt: at('2026-06-01 10:00') }])
  })

  test('of helpers are answered once, and never for the main one of the same name', () => {
    const asked = ['assist_requested', '2026-06-01 09:30', { assist_leg_id: 'X', unit: 'U2' }] as const
    const answered = (local: string) => ['assist_replied', local, { assist_leg_id: 'X' }] as const
    const twice = ticketOf(['created', '2026-06-01 09:00'], DISPATCHED, CLAIMED, asked, answered('2026-06-01 10:00'), answered('2026-06-01 11:00'))
    expect(twice.legs[1]).toMatchObject({ isAssist: true, finishedAt: at('2026-06-01 10:00') })
    const moved = ['transferred', '2026-06-01 10:00', { leg_id: 'L1', new_leg_id: 'X', to_unit: 'U3' }] as const
    const ticket = ticketOf(
      ['created', '2026-06-01 09:00'],
      DISPATCHED,
      CLAIMED,
      asked,
      moved,
      ['claimed', '2026-06-01 10:10', { leg_id: 'X' }],
      ['replied', '2026-06-01 11:00', { leg_id: 'X' }],
    )
    expect(ticket.legs.map(({ isAssist, finish }) => [isAssist, finish])).toEqual([
      [false, 'transferred'],
      [true, null],
      [false, 'replied'],
    ])
  })

  test.each([[0], [-5]])('with a limit of %i minutes have none', (limit_minutes) => {
    const ticket = ticketOf(['created', '2026-06-01 09:00'], ['dispatched', '2026-06-01 09:10', { leg_id: 'L1', to_unit: 'U1', limit_minutes }])
    expect(ticket.legs[0]?.limitMinutes).toBeNull()
  })
})

describe('the course', () => {
  test('a suspension that was resumed is not ended again by the end of the ticket', () => {
    const ticket = ticketOf(
      ['created', '2026-06-01 09:00'],
      ['dispatched', '2026-06-01 09:10'],
      ['suspended', '2026-06-01 10:00'],
      ['resumed', '2026-06-01 11:00'],
      ['cancelled', '2026-06-01 12:00'],
    )
    expect(ticket.suspensions).toMatchObject([{ to: at('2026-06-01 11:00') }])
  })

  test('a reopened ticket is archived no more', () => {
    const ticket = ticketOf(
      ['created', '2026-06-01 09:00'],
      ['completed', '2026-06-01 10:00'],
      ['archived', '2026-06-01 11:00'],
      ['reopened', '2026-06-02 09:00'],
    )
    expect(ticket).toMatchObject({ status: 'processing', archivedAt: null, completedAt: null })
  })

  test('an extension is answered once, keeps its minutes where it was rejected, and is never less than nothing', () => {
    const asked = (minutes: number) => ['extension_requested', '2026-06-01 10:00', { minutes }] as const
    const rejected = ['extension_rejected', '2026-06-01 12:00', { minutes: 600 }] as const
    expect(ticketOf(['created', '2026-06-01 09:00'], asked(60), rejected).extensions).toMatchObject([{ minutes: 60, isApproved: false }])
    expect(ticketOf(['created', '2026-06-01 09:00'], asked(-60)).extensions).toMatchObject([{ minutes: 0 }])
    const both = ticketOf(['created', '2026-06-01 09:00'], asked(60), ['extension_approved', '2026-06-01 11:00'], rejected)
    expect(both.extensions[0]).toMatchObject({ isApproved: true, answeredAt: at('2026-06-01 11:00') })
  })

  test.each([
    ['busy', null],
    ['reached', at('2026-06-01 10:00')],
    [undefined, at('2026-06-01 10:00')],
  ])('a call with the result %s makes the first contact %s', (result, contactedAt) => {
    expect(ticketOf(['created', '2026-06-01 09:00'], ['first_contacted', '2026-06-01 10:00', { result }]).firstContactedAt).toBe(contactedAt)
  })
})

describe('what is stored of a ticket', () => {
  test('is what it says, and none of the defaults', () => {
    expect(Object.keys(packTicket(foldTicket([anEvent('created')]))).sort()).toEqual([
      'acceptedAt',
      'channel',
      'contentText',
      'customerKey',
      'eventCount',
      'firstEventAt',
      'lastEventAt',
      'phenomenonL1',
      'phenomenonL2',
      'productL1',
      'provinceCode',
      'regionCode',
      'sourceSystem',
      'ticketKey',
      'ticketNo',
    ])
  })
})
