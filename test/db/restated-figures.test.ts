import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { freezeMonths } from '../../core/engine/freeze-months.ts'
import { loadKpi } from '../../core/engine/kpi.ts'
import { at } from '../support/builders.ts'
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'
import { corrected, created, done, of, restatementDesk } from '../support/restatement-desk.ts'

let world: IngestWorld
const { standing, week, month, decide, weekRestated, monthRestated } = restatementDesk(() => world)

describe('a published figure that was restated', () => {
  const NONE = { first: null, decisions: [] }
  const WORD = { by: 'steward', reason: 'looked', cause: 'reopening', lines: 1 }
  beforeEach(async () => {
    world = await ingestWorld('2026-05-01 00:00')
    await world.send('2026-06-05 09:00', created('A', '06-05 09:00'), created('B', '06-05 09:00'))
    await world.send('2026-06-05 12:00', done('A', '06-05 12:00'), done('B', '06-05 12:00'))
    await world.send('2026-06-09 10:00', anItemAt('reopened', '06-09 09:55', { reason: 'again' }, of('A')))
  })

  test('says what was first published, and who moved it, when and why; the figures of other bases do not', async () => {
    expect(await weekRestated('2026-06-12 09:00', '2026-W23', 'K-18')).toEqual(NONE)
    world.clock.set(at('2026-06-12 10:00'))
    await decide('confirmed', (await standing()).map(({ id }) => id))
    expect(await week('2026-06-12 11:00', '2026-W23', 'K-18')).toMatchObject({ figure: '1/1', adjustment: null })
    for (const region of ['00', '32', '320500']) {
      expect(await weekRestated('2026-06-12 11:00', '2026-W23', 'K-18', region)).toEqual({ first: '2/2', decisions: [WORD] })
    }
    expect(await weekRestated('2026-06-12 11:00', '2026-W23', 'K-01')).toEqual(NONE)
    for (const region of ['33', '320100']) expect(await weekRestated('2026-06-12 11:00', '2026-W23', 'K-18', region)).toEqual(NONE)
    const { series } = await loadKpi(world.engine, ENGINE_SCOPE, '32', 6, at('2026-06-12 11:00'))
    expect(series.find(({ id }) => id === 'K-18')?.weeks.find(({ week: label }) => label === '2026-W23')?.decisions[0]?.at).toBe(at('2026-06-12 10:00'))
    // The next reopening waits: the figure stands at the first restatement, and says so.
    await world.send('2026-06-12 12:00', anItemAt('reopened', '06-12 11:55', { reason: 'again' }, of('B')))
    expect(await week('2026-06-12 13:00', '2026-W23', 'K-18')).toMatchObject({ figure: '1/1', restated: { waiting: 1 }, adjustment: '-1/-1' })
    expect(await weekRestated('2026-06-12 13:00', '2026-W23', 'K-18')).toEqual({ first: '2/2', decisions: [WORD] })
    world.clock.set(at('2026-06-12 14:00'))
    await decide('confirmed', (await standing()).map(({ id }) => id), { by: 'other', reason: '客户 13912345678 来电' })
    const twice = await weekRestated('2026-06-12 15:00', '2026-W23', 'K-18')
    expect(twice).toMatchObject({ first: '2/2', decisions: [{ by: 'other', lines: 1 }, WORD] })
    expect(twice.decisions[0]?.reason).not.toContain('13912345678')
    await world.expectExact()
  })

  test('names the words that moved it, not those that moved another figure of the same week', async () => {
    world.clock.set(at('2026-06-12 10:00'))
    await decide('confirmed', (await standing()).map(({ id }) => id))
    // Open again: it is accepted elsewhere, and finished nowhere.
    await world.send('2026-06-12 11:00', corrected('A', '06-12 10:50', 'region', '320100'))
    await decide('confirmed', (await standing()).map(({ id }) => id))
    const moved = [{ ...WORD, cause: 'correction' }]
    expect(await weekRestated('2026-06-12 12:00', '2026-W23', 'K-01', '320500')).toEqual({ first: '2/null', decisions: moved })
    expect(await weekRestated('2026-06-12 12:00', '2026-W23', 'K-01', '320100')).toEqual({ first: '0/null', decisions: moved })
    expect(await weekRestated('2026-06-12 12:00', '2026-W23', 'K-18', '320500')).toEqual({ first: '2/2', decisions: [WORD] })
    expect(await weekRestated('2026-06-12 12:00', '2026-W23', 'K-01', '32')).toEqual(NONE)
    await world.expectExact()
  })

  test('is not one that a word moved before it was published', async () => {
    world.clock.set(at('2026-06-11 00:00'))
    await decide('confirmed', (await standing()).map(({ id }) => id))
    expect(await week('2026-06-12 00:00', '2026-W23', 'K-18')).toMatchObject({ figure: '1/1' })
    expect(await weekRestated('2026-06-12 00:00', '2026-W23', 'K-18')).toEqual(NONE)
  })

  test('of a month that is not frozen yet says it too; a frozen one keeps its figure, and its adjustment names the word', async () => {
    await world.send('2026-07-03 09:00', created('C', '07-03 09:00'))
    await world.send('2026-07-04 10:00', anItemAt('voided', '07-04 09:59', {}, of('B')))
    const waiting = (await standing()).filter(({ cause }) => cause === 'void').map(({ id }) => id)
    await decide('confirmed', waiting)
    expect(await monthRestated('2026-07-05 00:00', '2026-06')).toEqual({ first: '2/null', decisions: [{ ...WORD, cause: 'void' }] })
    await world.timers('2026-07-08 00:00')
    expect(await freezeMonths(world.engine, at('2026-07-08 00:00'))).toBe(true)
    expect(await month('2026-07-08 12:00', '2026-06')).toMatchObject({ status: 'frozen', figure: '1/null', adjustment: null })
    expect(await monthRestated('2026-07-08 12:00', '2026-06')).toEqual(NONE)
    expect(await month('2026-07-08 12:00', '2026-06', 'K-18')).toMatchObject({ status: 'frozen', figure: '1/1', adjustment: '-1/-1' })
    expect(await monthRestated('2026-07-08 12:00', '2026-06', 'K-18')).toEqual(NONE)
    world.clock.set(at('2026-07-09 09:00'))
    await decide('confirmed', (await standing()).map(({ id }) => id))
    expect(await month('2026-07-09 12:00', '2026-06', 'K-18')).toMatchObject({ status: 'frozen', figure: '1/1', adjustment: '-1/-1' })
    expect(await monthRestated('2026-07-09 12:00', '2026-06', 'K-18')).toEqual({ first: null, decisions: [WORD] })
  })
})
