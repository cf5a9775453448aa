import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NodeInfo } from '../../core/contract/wall.ts'
import { may } from '../../core/domain/access.ts'
import { ALERT_KINDS, ALERT_STATES, COLOURS, colourOf, ROLES as DOMAIN_ROLES, type Severity } from '../../core/domain/vocabulary.ts'
import { filtersFromQuery, KINDS, NO_FILTER, passes, queryFromFilters, STATE_FILTERS } from '../../web/alert/filters.ts'
import { byColour, byDeadline, byNewest } from '../../web/alert/order.ts'
import { colourOfNumber, tallyByColour } from '../../web/alert/severity.ts'
import { factLines } from '../../web/desk/facts.ts'
import { loweredTo, MOVE_FIELDS, MOVE_ORDER } from '../../web/desk/moves.ts'
import { dueOf } from '../../web/frame/due.ts'
import { ROLES, seesAlerts } from '../../web/frame/roles.ts'
import { childOf, NO_REGIONS, regionParents } from '../../web/live/region-tree.ts'
import { regionTiles, tallyFeeds } from '../../web/wall/region-tiles.ts'
import { volumeAgainstBaseline } from '../../web/wall/volume.ts'
import { card, figures, node } from './live-fixtures.ts'

const someCard = fc
  .record({
    id: fc.nat(99).map(String),
    kind: fc.constantFrom(...ALERT_KINDS),
    state: fc.constantFrom(...ALERT_STATES),
    severity: fc.integer({ min: 1, max: 4 }),
    needsAck: fc.boolean(),
    nextDueAt: fc.option(fc.nat(100)),
    openedAt: fc.nat(100),
    severitySince: fc.nat(100),
    ackedByName: fc.option(fc.constantFrom('甲', '乙')),
  })
  .map(card)

describe('the words shared with the domain', () => {
  it('name the same colours, kinds and roles', () => {
    for (const severity of [1, 2, 3, 4] as const) expect(colourOfNumber(severity)).toBe(colourOf(severity))
    expect([...KINDS].sort()).toEqual([...ALERT_KINDS].sort())
    expect([...ROLES].sort()).toEqual([...DOMAIN_ROLES].sort())
  })

  it('agree on who sees single alerts', () => {
    for (const role of DOMAIN_ROLES) expect([role, seesAlerts(role)]).toEqual([role, may(role, 'see_alerts')])
  })
})

describe('the order of a list', () => {
  it.each([['byDeadline', byDeadline], ['byColour', byColour], ['byNewest', byNewest]] as const)('%s is total and does not depend on the order before', (_, compare) => {
    fc.assert(
      fc.property(fc.uniqueArray(someCard, { selector: ({ id }) => id }), fc.nat(), (cards, turn) => {
        const turned = [...cards.slice(turn % (cards.length + 1)), ...cards.slice(0, turn % (cards.length + 1))].reverse()
        expect([...turned].sort(compare).map(({ id }) => id)).toEqual([...cards].sort(compare).map(({ id }) => id))
      }),
    )
  })

  it('puts what waits for an answer first, then the nearest deadline, and no deadline last', () => {
    const list = [card({ id: '1', needsAck: false, nextDueAt: 1 }), card({ id: '2', nextDueAt: null }), card({ id: '3', nextDueAt: 9 }), card({ id: '4', nextDueAt: 5 })]
    expect(list.sort(byDeadline).map(({ id }) => id)).toEqual(['4', '3', '2', '1'])
  })

  it('puts the worse colour first on the wall', () => {
    const list = [card({ id: '1', severity: 1, nextDueAt: 1 }), card({ id: '2', severity: 4, needsAck: false }), card({ id: '3', severity: 4 })]
    expect(list.sort(byColour).map(({ id }) => id)).toEqual(['3', '2', '1'])
  })
})

describe('the filters', () => {
  const someFilters = fc.record({
    state: fc.constantFrom(...STATE_FILTERS),
    kind: fc.option(fc.constantFrom(...KINDS)),
    colours: fc.subarray([...COLOURS]).map((some) => some.map((colour) => colourOfNumber(COLOURS.indexOf(colour) + 1))),
    mine: fc.boolean(),
  })

  it('are the same after going through an address', () => {
    fc.assert(
      fc.property(someFilters, (filters) => {
        const query = Object.fromEntries(new URLSearchParams(queryFromFilters(filters)))
        const back = filtersFromQuery(query)
        expect({ ...back, colours: [...back.colours].sort() }).toEqual({ ...filters, colours: [...filters.colours].sort() })
      }),
    )
  })

  it('read nonsense in an address as no filter', () => {
    expect(filtersFromQuery({ state: 'x', kind: ['risk'], colour: 'mauve', mine: 'yes' })).toEqual(NO_FILTER)
    expect(queryFromFilters(NO_FILTER)).toEqual({})
  })

  it('let through what they name and nothing else', () => {
    fc.assert(
      fc.property(someCard, someFilters, (one, filters) => {
        const expected =
          (filters.kind === null || one.kind === filters.kind) &&
          (filters.colours.length === 0 || filters.colours.includes(colourOf(one.severity as Severity))) &&
          (!filters.mine || one.ackedByName === '甲') &&
          { live: one.state !== 'suppressed', needs_ack: one.needsAck && one.state !== 'suppressed', ended: true, acknowledged: one.state === 'acknowledged', handling: one.state === 'handling', mitigated: one.state === 'mitigated', suppressed: one.state === 'suppressed' }[filters.state]
        expect(passes(one, filters, '甲')).toBe(expected)
      }),
    )
  })
})

describe('the count by colour', () => {
  it('counts every card once, cases apart from tickets, and leaves suppressed ones out', () => {
    fc.assert(
      fc.property(fc.array(someCard), (cards) => {
        const tally = tallyByColour(cards)
        const sum = (pick: (entry: (typeof tally)[number]) => number) => tally.reduce((total, entry) => total + pick(entry), 0)
        const counted = cards.filter(({ state }) => state !== 'suppressed')
        expect(sum(({ cases }) => cases)).toBe(counted.filter(({ kind }) => kind === 'risk').length)
        expect(sum(({ tickets }) => tickets)).toBe(counted.filter(({ kind }) => kind === 'abnormal').length)
        expect(sum(({ needsAck }) => needsAck)).toBe(counted.filter(({ needsAck }) => needsAck).length)
        expect(tally.map(({ severity }) => severity)).toEqual([4, 3, 2, 1])
      }),
    )
  })
})

describe('the tiles of the map', () => {
  const tree: NodeInfo[] = [node('00'), { ...node('32', '00'), tile: { col: 6, row: 4 } }, node('33', '00'), node('320500', '32'), node('320505', '320500')]
  const children = tree.filter(({ parentCode }) => parentCode === '00')

  it('colour a province by the worst open case anywhere below it, not by single tickets or suppressed cases', () => {
    const alerts = [
      card({ id: '1', regionCode: '320505', severity: 3 }),
      card({ id: '2', regionCode: '32', severity: 1, needsAck: false }),
      card({ id: '3', regionCode: '320500', severity: 4, kind: 'abnormal' }),
      card({ id: '4', regionCode: '33', severity: 4, state: 'suppressed' }),
    ]
    const tiles = regionTiles(children, new Map([['32', figures('32', 5)]]), alerts, regionParents(tree))
    expect(tiles.placed.map(({ node: { code }, severity, cases, needsAck }) => [code, severity, cases, needsAck])).toEqual([['32', 3, 2, true]])
    expect(tiles.others.map(({ node: { code }, severity }) => [code, severity])).toEqual([['33', 0]])
    expect([tiles.columns, tiles.rows]).toEqual([7, 5])
  })

  it('find the child of a node at any depth, and none for the scope itself or an unknown code', () => {
    const codes = new Set(['32', '33'])
    expect(['320505', '320500', '32', '00', '999999'].map((code) => childOf(code, codes, regionParents(tree)))).toEqual(['32', '32', '32', null, null])
    expect(childOf('32', codes, NO_REGIONS)).toBe('32')
  })

  it('count feeds by state and leave out nodes without one', () => {
    const feed = (state: 'live' | 'stale' | 'never') => ({ state, lastOccurredAt: null, lastReceivedAt: null, silentAfterMs: 1 })
    const withFeed = new Map([['32', { ...figures('32', 0), feed: feed('stale') }], ['33', figures('33', 0)]])
    const tally = tallyFeeds([...regionTiles(children, withFeed, [], NO_REGIONS).placed, ...regionTiles(children, withFeed, [], NO_REGIONS).others])
    expect([tally.live, tally.stale.length, tally.never.length]).toEqual([0, 1, 0])
  })
})

describe('today against the usual day', () => {
  it.each([
    [749, 723.4, { kind: 'above', by: 26, percent: (26 / 723) * 100 }],
    [700, 723, { kind: 'below', by: 23, percent: (23 / 723) * 100 }],
    [723, 723.4, { kind: 'equal' }],
    [5, 0, { kind: 'above', by: 5, percent: null }],
    [5, null, { kind: 'no_baseline' }],
  ] as const)('says of %d against %s what the numbers on the screen say', (acceptedToday, baselineToday, expected) => {
    expect(volumeAgainstBaseline({ acceptedToday, baselineToday })).toEqual(expected)
  })
})

describe('the count-down of a card', () => {
  it.each([
    [60_000, 'ack', 'due.ack', '01:00', false],
    [1, 'step', 'due.step', '00:01', false],
    [0, 'handle', 'due.overHandle', '00:00', true],
    [-61_000, 'ack', 'due.overAck', '01:01', true],
    [3_600_000, 'handle', 'due.handle', '1:00:00', false],
  ] as const)('with %d ms left to %s', (left, what, key, text, isOver) => {
    expect(dueOf({ nextDueAt: 1_000_000 + left, nextDueWhat: what }, 1_000_000)).toMatchObject({ key, text, isOver })
  })

  it('is not there when nothing falls due', () => {
    expect(dueOf({ nextDueAt: null, nextDueWhat: null }, 0)).toBeNull()
  })
})

describe('facts and moves', () => {
  it('are told by the kind of their value; empty and internal ones are left out', () => {
    const lines = factLines({ deadlineAt: 5, leftMs: 7, value: 3.5, isLate: true, cause: 'x', words: 'y', none: null, surge: { z: [3, 5, null] } })
    expect(lines).toEqual([
      { key: 'deadlineAt', value: { kind: 'instant', at: 5 } },
      { key: 'leftMs', value: { kind: 'span', ms: 7 } },
      { key: 'value', value: { kind: 'number', number: 3.5 } },
      { key: 'isLate', value: { kind: 'boolean', is: true } },
      { key: 'surge.z', value: { kind: 'text', text: '3 / 5 / –' } },
    ])
  })

  it('ask of a resolution cause, measure and evidence', () => {
    expect(MOVE_FIELDS.resolve).toEqual(['cause', 'measure', 'evidence'].map((key) => ({ key, isRequired: true })))
    expect(new Set(MOVE_ORDER).size).toBe(MOVE_ORDER.length)
  })

  it('lower a colour by one by hand and to the proposed colour by approval', () => {
    const one = card({ id: '1', severity: 4, proposedSeverity: 2 })
    expect([loweredTo('downgrade', one), loweredTo('approve_downgrade', one), loweredTo('approve_downgrade', { ...one, proposedSeverity: null }), loweredTo('note', one)]).toEqual([3, 2, 3, null])
  })
})
