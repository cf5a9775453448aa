import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { freezeMonths } from '../../core/engine/freeze-months.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { runTally } from '../../core/engine/tally.ts'
import { runIngest } from '../../workers/ingest.ts'
import { runSweep } from '../../workers/sweep.ts'
import { at } from '../support/builders.ts'
import { generateHistory } from '../support/history.ts'
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'
import { corrected, created, DONE, done, of, restatementDesk } from '../support/restatement-desk.ts'

let world: IngestWorld
const { log, standing, week, month, decide } = restatementDesk(() => world)

beforeEach(async () => {
  world = await ingestWorld('2026-05-01 00:00')
})

describe('the restatement log', () => {
  test('S-6: the correction of 06-05 gives exactly one line, and the total of 06-01 stays', async () => {
    const claim = { leg_id: 'L1', handler_id: 'h1' }
    await world.send('2026-06-01 09:00', anItemAt('created', '06-01 09:00'))
    await world.send('2026-06-01 09:41', anItemAt('claimed', '06-01 09:40', claim))
    await world.send('2026-06-01 09:50', anItemAt('dispatched', '06-01 09:20', { to_unit: 'U1', leg_id: 'L1' }))
    const suspended = anItemAt('suspended', '06-02 10:00', { reason_code: 'customer_later', approver: 'b1', planned_resume_at: '2026-06-03T10:00:00+08:00' })
    await world.send('2026-06-03 11:00', anItemAt('resumed', '06-03 10:00'), suspended)
    for (const minute of ['08:01', '08:02', '08:03']) await world.send(`2026-06-04 ${minute}`, anItemAt('completed', '06-04 08:00', DONE))
    expect(await log()).toEqual([])
    const correction = anItemAt('corrected', '06-05 09:00', { field: 'phenomenon_l1', old: '网络使用', new: '产品及计费使用' })
    await world.send('2026-06-05 10:00', correction)
    await world.send('2026-06-05 10:05', correction)
    expect(await log()).toMatchObject([
      { ticketKey: '32:crm:T1', cause: 'correction', causeType: 'corrected', causeEventId: 'T1-corrected-06-05 09:00', dayFrom: '2026-06-01', dayTo: '2026-06-01', state: 'waiting', accepted: 0 },
    ])
    const [line] = await log()
    expect(line?.bases).toEqual(['ACC', 'EVT'])
    expect(line?.lost[0]).toMatchObject({ base: 'ACC', by: { phenomenon: '宽带上不了网' } })
    expect(line?.gained[0]).toMatchObject({ base: 'ACC', by: { phenomenon: '产品及计费使用' } })
    expect(await world.cell('ACC/day', 'accepted', { day: '2026-06-01' })).toBe(1)
    await world.expectExact()
  })

  test('is empty of what only ripens: answers, deadlines and surveys in their own time', async () => {
    await world.send('2026-06-01 09:00', created('A', '06-01 09:00'))
    await world.send('2026-06-08 09:00', done('A', '06-08 09:00'))
    await world.timers('2026-06-20 09:00')
    expect(await log()).toEqual([])
  })

  test('asks the database nothing more where nothing is restated', async () => {
    await world.send('2026-06-01 09:00', created('A', '06-01 09:00'))
    await world.pool.query('alter table restatement rename to restatement_away')
    await world.pool.query('alter table restatement_sum rename to restatement_sum_away')
    await world.send('2026-06-08 09:00', done('A', '06-08 09:00'), created('B', '06-08 08:00'))
    expect(await world.cell('ACC/day', 'late', { day: '2026-06-01' })).toBe(1)
  })

  test('takes back what is corrected back, and follows a ticket that ripens meanwhile', async () => {
    await world.send('2026-06-01 09:00', created('A', '06-01 09:00'))
    await world.send('2026-06-05 10:00', corrected('A', '06-05 09:50', 'region', '320100'))
    await world.send('2026-06-05 18:00', done('A', '06-05 18:00'))
    expect(await log()).toHaveLength(1)
    const sums = async () =>
      (await world.pool.query(`select region_code as region, n[1]::int as accepted, n[12]::int as late, n[8]::int as direct from restatement_sum where base = 'ACC' order by 1`)).rows
    // That it was handled without a dispatch came later: what is published stays where, and as, it was.
    expect(await sums()).toEqual([
      { region: '320100', accepted: 1, late: 1, direct: 1 },
      { region: '320500', accepted: -1, late: -1, direct: 0 },
    ])
    expect(await week('2026-06-12 00:00', '2026-W23', 'K-01', '320500')).toMatchObject({ figure: '1/null', adjustment: '-1/null', restated: { waiting: 1 } })
    expect(await week('2026-06-12 00:00', '2026-W23', 'K-01', '320100')).toMatchObject({ figure: '0/null', adjustment: '1/null' })
    expect(await week('2026-06-12 00:00', '2026-W23', 'K-01', '32')).toMatchObject({ figure: '1/null', adjustment: null })
    await world.send('2026-06-05 20:00', corrected('A', '06-05 19:50', 'region', '320500'))
    expect(await log()).toMatchObject([{ state: 'withdrawn', lost: [], gained: [] }])
    expect(await sums()).toEqual([])
    await world.send('2026-06-05 21:00', corrected('A', '06-05 20:50', 'region', '320100'))
    expect(await log()).toMatchObject([{ state: 'waiting' }, { state: 'withdrawn' }])
    await world.expectExact()
  })

  test('sums tickets that arrive late as a whole, and says nothing of the first load of history', async () => {
    const places = world.tree.children('32').map(({ code }) => ({ provinceCode: '32', regionCode: code }))
    const items = generateHistory({ seed: 5, events: 300, from: at('2026-05-01 00:00'), until: at('2026-05-30 00:00'), places })
    for (let from = 0; from < items.length; from += 50) await world.send('2026-05-31 12:00', ...items.slice(from, from + 50))
    expect(await log()).toEqual([])
    await world.send('2026-06-01 09:00', created('LIVE', '06-01 09:00'))
    const late = Array.from({ length: 30 }, (_, n) => created(`L${n + 10}`, '06-01 10:00'))
    await world.send('2026-06-10 09:00', ...late.slice(0, 12))
    await world.send('2026-06-10 09:01', ...late.slice(12), done('L10', '06-02 09:00'), created('L99', '06-02 10:00'))
    expect((await log()).map(({ ticketKey, dayTo, accepted, examples }) => [ticketKey, dayTo, accepted, examples.length])).toEqual([
      [null, '2026-06-02', 1, 1],
      [null, '2026-06-01', 30, 20],
    ])
    expect(await week('2026-06-12 00:00', '2026-W23')).toEqual({ figure: '1/null', restated: { waiting: 2, rejected: 0 }, adjustment: '31/null' })
    expect(await week('2026-06-12 00:00', '2026-W23', 'K-18')).toMatchObject({ figure: '0/0', adjustment: '1/1' })
    // One of them is void: it leaves the line, and gets none of its own.
    await world.send('2026-06-12 10:00', anItemAt('voided', '06-12 09:00', {}, of('L99')))
    expect(await log()).toMatchObject([{ accepted: 30, state: 'waiting' }, { accepted: 0, state: 'withdrawn' }])
    await decide('confirmed', (await standing()).map(({ id }) => id))
    expect(await week('2026-06-12 12:00', '2026-W23')).toEqual({ figure: '31/null', restated: { waiting: 0, rejected: 0 }, adjustment: null })
    await world.expectExact()
  })

  test('is the same whatever the order and the batches', async () => {
    const before = [created('A', '06-01 09:00'), created('B', '06-01 09:10'), created('C', '06-02 09:00')]
    const items = [
      corrected('A', '06-10 08:00', 'region', '320100'),
      corrected('A', '06-10 08:05', 'phenomenon_l2', '宽带慢'),
      anItemAt('voided', '06-10 08:00', {}, of('B')),
      anItemAt('reopened', '06-10 08:00', { reason: 'x' }, of('C')),
      created('D', '06-01 10:00'),
      done('D', '06-03 10:00'),
      created('E', '06-02 10:00'),
    ]
    const seen: string[] = []
    for (const [batch, order] of [[2000, items], [1, items], [2, items.toReversed()]] as const) {
      world = await ingestWorld('2026-06-01 00:00')
      await world.send('2026-06-02 12:00', ...before)
      await world.send('2026-06-05 10:00', done('C', '06-05 10:00'))
      await world.timers('2026-06-10 09:00')
      for (let from = 0; from < order.length; from += batch) {
        await acceptEvents(world.engine, order.slice(from, from + batch), { source: 'test', scope: ENGINE_SCOPE, now: world.clock.now() })
        await runIngest(world.engine, world.clock.now(), { batch })
      }
      await runTally(world.engine, world.clock.now())
      await world.expectExact()
      const lines = (await log()).map(({ id: _, ...line }) => JSON.stringify(line)).sort()
      const sums = await world.pool.query(
        `select r.ticket_key, r.day_to::text, s.base, s.bin_at, s.region_code, s.n from restatement_sum s join restatement r on r.id = s.restatement_id
          where s.n <> '{}' order by 1, 2, 3, 4, 5`,
      )
      seen.push(JSON.stringify([lines, sums.rows], null, 1))
      expect(lines).toHaveLength(5)
    }
    expect(seen[1]).toBe(seen[0])
    expect(seen[2]).toBe(seen[0])
  })
})

describe('published weeks', () => {
  test('lose a completion that a reopening withdraws only after the word of a steward', async () => {
    await world.send('2026-06-05 09:00', created('A', '06-05 09:00'), created('B', '06-05 09:00'))
    await world.send('2026-06-05 12:00', done('A', '06-05 12:00'), done('B', '06-05 12:00'))
    await world.send('2026-06-09 10:00', anItemAt('reopened', '06-09 09:55', { reason: 'again' }, of('A')))
    // Until the week is older than the watermark it is simply counted anew.
    expect(await week('2026-06-11 00:00', '2026-W23', 'K-18')).toEqual({ figure: '1/1', restated: { waiting: 1, rejected: 0 }, adjustment: null })
    expect(await week('2026-06-11 00:00:00.001', '2026-W23', 'K-18')).toEqual({ figure: '2/2', restated: { waiting: 1, rejected: 0 }, adjustment: '-1/-1' })
    const [line] = await log()
    expect(line).toMatchObject({ ticketKey: '32:crm:A', cause: 'reopening', dayFrom: '2026-06-05', dayTo: null })
    expect(line?.bases).toContain('FIN')
    const ids = [line?.id as string]
    world.clock.set(at('2026-06-12 10:00'))
    expect(await decide('rejected', ids)).toEqual(ids)
    expect(await decide('rejected', ids)).toEqual([])
    expect(await week('2026-06-12 10:00', '2026-W23', 'K-18')).toEqual({ figure: '2/2', restated: { waiting: 0, rejected: 1 }, adjustment: '-1/-1' })
    expect(await decide('confirmed', ids)).toEqual(ids)
    expect(await decide('confirmed', ids)).toEqual([])
    expect(await decide('rejected', ids)).toEqual([])
    expect(await week('2026-06-12 10:00', '2026-W23', 'K-18')).toEqual({ figure: '1/1', restated: { waiting: 0, rejected: 0 }, adjustment: null })
    await world.expectExact()
  })
})

describe('months', () => {
  test('freeze at the end of the 5th working day, and show a later void as an adjustment only', async () => {
    await world.send('2026-05-20 09:00', created('A', '05-20 09:00'), created('B', '05-20 08:00', { region_code: '320100' }))
    await world.send('2026-05-20 12:00', done('A', '05-20 12:00'))
    await world.timers('2026-06-05 23:59:59')
    expect(await freezeMonths(world.engine, at('2026-06-05 23:59:59'))).toBe(true)
    expect(await month('2026-06-05 23:59:59', '2026-05')).toEqual({ status: 'provisional', freezesAt: at('2026-06-06'), figure: '2/null', adjustment: null })
    await world.timers('2026-06-06 00:00')
    await runSweep(world.engine, at('2026-06-06 00:00'))
    const frozen = { status: 'frozen', freezesAt: at('2026-06-06'), figure: '2/null', adjustment: null }
    expect(await month('2026-06-06 00:00', '2026-05')).toEqual(frozen)
    expect(await month('2026-06-06 00:00', '2026-05', 'K-22')).toMatchObject({ status: 'frozen', figure: '1/null' })

    await world.send('2026-06-10 10:00', anItemAt('voided', '06-10 09:59', {}, of('A')))
    expect(await month('2026-06-10 12:00', '2026-05')).toEqual({ ...frozen, adjustment: '-1/null' })
    expect(await month('2026-06-10 12:00', '2026-05', 'K-18', '320500')).toMatchObject({ figure: '1/1', adjustment: '-1/-1' })
    expect(await month('2026-06-10 12:00', '2026-05', 'K-01', '320100')).toEqual({ ...frozen, figure: '1/null' })
    expect(await month('2026-06-10 12:00', '2026-05', 'K-01', '33')).toMatchObject({ status: 'frozen', figure: 'null/null' })
    const rows = async () => (await world.pool.query('select * from frozen_month order by 1, 2, 3, 4')).rows
    const before = await rows()
    expect(before).toHaveLength((world.tree.children('32').length + 2) * 5)
    await decide('confirmed', (await log()).map(({ id }) => id))
    expect(await freezeMonths(world.engine, at('2026-06-11 00:00'))).toBe(true)
    expect(await rows()).toEqual(before)
    expect(await month('2026-06-10 12:00', '2026-05')).toEqual({ ...frozen, adjustment: '-1/null' })
  })

  test('freeze without what waits for a word, and not before what is recorded is tallied', async () => {
    await world.send('2026-05-20 09:00', created('A', '05-20 09:00'), created('B', '05-20 08:00'))
    await world.send('2026-06-02 09:00', anItemAt('voided', '06-02 08:59', {}, of('A')))
    expect(await month('2026-06-03 12:00', '2026-05')).toMatchObject({ status: 'provisional', figure: '1/null', adjustment: null })
    expect(await month('2026-06-05 12:00', '2026-05')).toMatchObject({ status: 'provisional', figure: '2/null', adjustment: '-1/null' })
    world.clock.set(at('2026-06-08 09:00'))
    await acceptEvents(world.engine, [created('C', '06-08 08:00')], { source: 'test', scope: ENGINE_SCOPE, now: world.clock.now() })
    await runIngest(world.engine, world.clock.now())
    expect(await freezeMonths(world.engine, world.clock.now())).toBe(false)
    await runTally(world.engine, world.clock.now())
    expect(await freezeMonths(world.engine, world.clock.now())).toBe(true)
    expect(await month('2026-06-08 12:00', '2026-05')).toMatchObject({ status: 'frozen', figure: '2/null', adjustment: '-1/null' })
  })

  test('of history that was loaded later freeze with the first month that was received as it happened', async () => {
    await world.send('2026-06-20 09:00', created('A', '03-20 09:00'), created('B', '06-20 08:00'))
    await freezeMonths(world.engine, at('2026-06-20 10:00'))
    expect(await month('2026-06-20 10:00', '2026-03')).toMatchObject({ status: 'provisional', freezesAt: at('2026-07-08'), figure: '1/null' })
    await freezeMonths(world.engine, at('2026-07-08 00:00'))
    expect(await month('2026-07-08 00:00', '2026-06')).toMatchObject({ status: 'frozen', freezesAt: at('2026-07-08') })
    expect(await month('2026-06-20 10:00', '2026-03')).toMatchObject({ status: 'frozen' })
  })
})
