import { beforeEach, describe, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { ABNORMAL_RULES } from '../../core/domain/abnormal/catalogue.ts'
import type { RegionNode } from '../../core/domain/region.ts'
import { scopeOf } from '../../core/domain/access.ts'
import { DAY, type Instant } from '../../core/domain/time.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { endTrial, startTrial, type TrialReader, viewTrial } from '../../core/engine/rule-trials.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { runIngest } from '../../workers/ingest.ts'
import { runTimers } from '../../workers/timers.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { at } from '../support/builders.ts'
import { forgetAll } from '../support/engine-run.ts'
import { type IngestWorld, ingestWorld } from '../support/ingest-world.ts'
import { anItemAt } from '../support/items.ts'

let world: IngestWorld
beforeEach(async () => {
  world = await ingestWorld('2026-06-01 08:00')
  await setRules(world.pool, onlyRules('AT-03'))
})

const ruleOf = (id: string) => ABNORMAL_RULES.find((one) => one.id === id)!
const reader = (): TrialReader => ({ tree: world.tree, now: world.clock.now(), scopes: world.tree.all().map(({ code, nameZh, nameEn }: RegionNode) => ({ code, nameZh, nameEn, mayChange: true })) })
async function begin(ruleId: string, values: Record<string, number> = {}, scope: string | null = null, endsAt: Instant = world.clock.now() + 7 * DAY): Promise<string> {
  const settings = (await world.engine.settings(world.clock.now())).abnormal.body
  const by = { scope, tree: world.tree, settings, startedBy: 'keeper', now: world.clock.now() }
  const started = await inTransaction(world.pool, (tx) => startTrial(tx, ruleOf(ruleId), { values, reason: 'test', endsAt }, by))
  if (!('id' in started)) throw new Error(JSON.stringify(started))
  return started.id
}
const findings = async () =>
  (await world.pool.query('select trial_id::text as trial, ticket_key as ticket, level, first_true_at as first, last_true_at as last, cleared_at as cleared, outcome from trial_finding order by 1, 2')).rows
const created = (ticketId: string, local = '06-01 09:00', more: Record<string, unknown> = {}) => anItemAt('created', local, {}, { ticket_id: ticketId, ...more })
const loud = async () => (await world.pool.query(`select (select count(*)::int from alert) as alerts, (select count(*)::int from outbox) as outbox,
  (select coalesce(max(ticket_level), 0)::int from ticket) as level`)).rows[0]

describe('a silent trial', () => {
  test('of a rule that is off finds its tickets at the exact instants, and nobody hears of it', async () => {
    const before = await loud()
    const trial = await begin('AT-08')
    await world.send('2026-06-01 09:00', created('A'))
    await world.timers('2026-06-01 09:31')
    const [first] = await findings()
    expect(first).toMatchObject({ trial, ticket: '32:crm:A', level: 1, cleared: null, outcome: null })
    await world.timers('2026-06-01 11:30')
    expect(await findings()).toMatchObject([{ level: 2, first: first.first }])
    expect(await loud()).toEqual(before)
    expect((await world.ticket('32:crm:A'))['ticket_level']).toBe(0)
    await world.send('2026-06-01 12:00', anItemAt('dispatched', '06-01 12:00', { to_unit: 'net', leg_id: 'L1' }, { ticket_id: 'A' }))
    expect(await findings()).toMatchObject([{ level: 2, outcome: 'ended', cleared: at('2026-06-01 12:00') }])
    await world.expectExact()
  })

  test('first true is the instant of the limit, however late the timers come', async () => {
    await world.send('2026-06-01 09:00', created('A'))
    await begin('AT-08')
    await world.timers('2026-06-01 09:05')
    await world.timers('2026-06-01 15:00')
    expect(await findings()).toMatchObject([{ level: 3, first: at('2026-06-01 09:30') + 1, last: at('2026-06-01 15:00') }])
  })

  test('takes what late facts disprove back', async () => {
    await begin('AT-08')
    await world.send('2026-06-01 10:00', created('A'))
    expect(await findings()).toMatchObject([{ level: 1, outcome: null }])
    await world.send('2026-06-01 10:05', anItemAt('dispatched', '06-01 09:10', { to_unit: 'net', leg_id: 'L1' }, { ticket_id: 'A' }))
    expect(await findings()).toMatchObject([{ outcome: 'disproved' }])
  })

  test('looks at the open tickets of its place only, at once when it begins, and no more when it has ended or was stopped', async () => {
    const there = created('B', '06-01 09:00', { province_code: '33', payload: { ...(created('B')['payload'] as object), region_code: '330100' } })
    await world.send('2026-06-01 09:00', created('A'), there)
    world.clock.set(at('2026-06-01 10:00'))
    const trial = await begin('AT-08', {}, '33', at('2026-06-01 12:00'))
    await world.timers('2026-06-01 10:01')
    expect(await findings()).toMatchObject([{ trial, ticket: '33:crm:B', level: 1 }])
    await world.timers('2026-06-01 13:30')
    expect(await findings()).toMatchObject([{ level: 1, cleared: null }])
    const again = await begin('AT-08', {}, '33')
    expect(await inTransaction(world.pool, (tx) => endTrial(tx, again, 'keeper', reader()))).toBe('stopped')
    expect(await inTransaction(world.pool, (tx) => endTrial(tx, again, 'keeper', reader()))).toBe('ended_before')
    await world.timers('2026-06-01 14:00')
    expect((await findings()).map(({ trial: one }) => one)).toEqual([trial])
  })

  test('is compared, in tickets, with what the rule in force raised in the same time', async () => {
    // In force: blue after 48 h. Tried: blue after 24 h, and not before 96 h of red.
    await world.send('2026-06-01 09:00', created('A', '05-31 06:00'), created('B', '05-31 07:00'))
    await begin('AT-03', { A1: 24 })
    const [tightened] = (await world.pool.query('select max(id)::text as id from rule_trial')).rows.map(({ id }) => id as string)
    await world.timers('2026-06-01 10:00')
    const see = async (scope = ENGINE_SCOPE) => {
      const { onlyTrial, both, onlyLive, holding, byLevel, byDay } = (await viewTrial(world.pool, tightened!, scope, { ...reader(), zone: world.engine.zone, gapMinutes: 120, tickMinutes: 5 }))!
      return { onlyTrial, both, onlyLive, holding, byLevel, byDay }
    }
    expect(await see()).toEqual({ onlyTrial: 2, both: 0, onlyLive: 0, holding: 2, byLevel: [{ key: '1', trial: 2, live: 0 }], byDay: [{ key: '2026-06-01', trial: 2, live: 0 }] })
    await world.send('2026-06-01 12:00', anItemAt('dispatched', '06-01 11:00', { to_unit: 'net', leg_id: 'L1' }, { ticket_id: 'B' }), anItemAt('claimed', '06-01 11:10', { leg_id: 'L1', handler_id: 'h' }, { ticket_id: 'B' }), anItemAt('completed', '06-01 12:00', { result_code: 'solved' }, { ticket_id: 'B' }))
    await world.timers('2026-06-02 07:00')
    expect(await see()).toMatchObject({ onlyTrial: 1, both: 1, onlyLive: 0, holding: 1, byLevel: [{ key: '1', trial: 2, live: 1 }], byDay: [{ key: '2026-06-01', trial: 2, live: 0 }, { key: '2026-06-02', trial: 0, live: 1 }] })
    expect(await see(scopeOf(world.tree.get('33')!))).toMatchObject({ onlyTrial: 0, both: 0, onlyLive: 0, byLevel: [] })
    await world.send('2026-06-02 07:10', anItemAt('voided', '06-02 07:05', {}, { ticket_id: 'A' }))
    expect(await see()).toMatchObject({ onlyTrial: 1, both: 0, onlyLive: 0, holding: 0 })
  })

  test('one at a time of a rule and a place; values out of range and a date that has passed are refused', async () => {
    await begin('AT-08')
    await expect(begin('AT-08')).rejects.toThrow('isRunning')
    await begin('AT-08', {}, '32')
    await expect(begin('AT-09', { A2: 0 })).rejects.toThrow('AT-09.A2')
    for (const endsAt of [world.clock.now(), world.clock.now() + 90 * DAY + 1]) await expect(begin('AT-09', {}, null, endsAt)).rejects.toThrow('endsAt')
    world.clock.set(world.clock.now() + 8 * DAY)
    await begin('AT-08')
    expect((await world.pool.query('select count(*)::int as n from rule_trial where stopped_at is null')).rows[0]).toEqual({ n: 2 })
  })
})

test('what holds now is the same in whatever order the events came', async () => {
  const items = ['A', 'B', 'C', 'D'].flatMap((ticketId, index) => [
    created(ticketId, `06-01 0${4 + index}:00`),
    anItemAt('dispatched', '06-01 08:30', { to_unit: 'net', leg_id: 'L1' }, { ticket_id: ticketId }),
    ...(index % 2 === 0 ? [anItemAt('returned', '06-01 09:00', { leg_id: 'L1', from_unit: 'net', reason_code: 'x' }, { ticket_id: ticketId })] : [anItemAt('claimed', '06-01 09:00', { leg_id: 'L1', handler_id: 'h' }, { ticket_id: ticketId })]),
    ...(index === 3 ? [anItemAt('completed', '06-01 09:30', { result_code: 'solved' }, { ticket_id: ticketId })] : []),
  ])
  const holdingAfter = async (order: readonly number[], size: number) => {
    await forgetAll(world.pool)
    world.clock.set(at('2026-06-01 08:00'))
    for (const id of ['AT-03', 'AT-09', 'AT-10']) await begin(id, id === 'AT-03' ? { A1: 2 } : id === 'AT-09' ? { A2: 10 } : { A2: 10 })
    const now = at('2026-06-01 12:00')
    world.clock.set(now)
    const arriving = order.map((place) => items[place]!)
    for (let from = 0; from < arriving.length; from += size) {
      await acceptEvents(world.engine, arriving.slice(from, from + size), { source: 'test', scope: ENGINE_SCOPE, now })
      await runIngest(world.engine, now)
    }
    await runTimers(world.engine, at('2026-06-01 16:00'))
    return (await world.pool.query(`select t.rule_id, f.ticket_key, f.level, f.facts from trial_finding f join rule_trial t on t.id = f.trial_id where f.cleared_at is null order by 1, 2`)).rows
  }
  const orderly = items.map((_, index) => index)
  const expected = await holdingAfter(orderly, 100)
  expect(expected.length).toBeGreaterThan(5)
  expect(await holdingAfter(orderly.toReversed(), 1)).toEqual(expected)
  expect(await holdingAfter([...orderly].sort((a, b) => ((a * 7) % 11) - ((b * 7) % 11)), 3)).toEqual(expected)
})
