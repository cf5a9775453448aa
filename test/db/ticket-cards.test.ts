import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import type { Severity } from '../../core/domain/vocabulary.ts'
import { loadCards } from '../../core/engine/alert-card.ts'
import { T } from '../support/alert-builders.ts'
import { type AlertWorld, alertWorld, SPEC } from '../support/alert-world.ts'

const KEY = '32:eoms:T1'
const specOf = (ruleId: string, severity: Severity, openedAt: number) => ({ ...SPEC, kind: 'abnormal', ticketKey: KEY, ruleId, severity, openedAt }) as const

let world: AlertWorld
beforeEach(async () => {
  world = await alertWorld(T)
})
const raise = async (ruleId: string, severity: Severity) => (await world.raise(specOf(ruleId, severity, T))).id

describe('the cards of a ticket', () => {
  test('are one with all its rules where that is asked for, else one for each alert', async () => {
    const ids = [await raise('AT-05', 1), await raise('AT-06', 2), await raise('AT-07', 2), await raise('AT-08', 3), await raise('AT-09', 3)]
    const { id: caseId } = await world.raise()
    await world.raise({ ...specOf('AT-05', 2, T), ticketKey: '32:eoms:T2' })
    await world.move(ids[4] ?? '', { move: 'mitigate' })
    const grouped = await loadCards(world.pool, ENGINE_SCOPE, { isLive: true, isGrouped: true })
    expect(grouped.map(({ ticketKey, severity, isPaging }) => [ticketKey, severity, isPaging]).sort()).toEqual([
      [null, 2, true],
      [KEY, 3, true],
      ['32:eoms:T2', 2, true],
    ])
    expect(grouped.find(({ ticketKey }) => ticketKey === KEY)?.rules).toEqual([
      { alertId: ids[3], ruleId: 'AT-08', severity: 3, state: 'open' },
      { alertId: ids[1], ruleId: 'AT-06', severity: 2, state: 'open' },
      { alertId: ids[2], ruleId: 'AT-07', severity: 2, state: 'open' },
      { alertId: ids[0], ruleId: 'AT-05', severity: 1, state: 'open' },
      { alertId: ids[4], ruleId: 'AT-09', severity: 3, state: 'mitigated' },
    ])
    expect(grouped.find(({ id }) => id === caseId)).not.toHaveProperty('rules')
    expect(await loadCards(world.pool, ENGINE_SCOPE, { isLive: true })).toHaveLength(7)
    expect(await loadCards(world.pool, ENGINE_SCOPE, { isLive: true, isGrouped: true, limit: 1 })).toHaveLength(1)
  })
})
