import pg from 'pg'
import { beforeEach, expect, test, vi } from 'vitest'
import { ENGINE_SCOPE, scopeOf } from '../../core/domain/access.ts'
import { DEFAULT_RISK_PARAMETERS as DEFAULTS } from '../../core/domain/risk/reading.ts'
import { DAY } from '../../core/domain/time.ts'
import { runRiskLook } from '../../core/engine/risk-tick.ts'
import { endTrial, startRiskTrial, type TrialReader, viewTrial } from '../../core/engine/rule-trials.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { day, type RiskWorld, riskWorld } from '../support/risk-world.ts'

let world: RiskWorld
beforeEach(async () => { world = await riskWorld() })

const ZHEJIANG = { province: '33', region: '330100' }

async function startTrial(values: Record<string, unknown>, scope: string | null = null, ruleId = 'MR-01', from = '09:00', endsAt = day('09:00') + DAY): Promise<string> {
  const started = await inTransaction(world.pool, (tx) =>
    startRiskTrial(tx, ruleId, { values, reason: 'try first', endsAt }, { scope, tree: world.tree, settings: DEFAULTS, startedBy: 'keeper', now: day(from) }))
  if (!('id' in started)) throw new Error(JSON.stringify(started))
  return started.id
}

const reader = (now: number): TrialReader => ({ tree: world.tree, scopes: [world.tree.root, ...world.tree.all().filter(({ level }) => level === 'province')].map(({ code, nameZh, nameEn }) => ({ code, nameZh, nameEn, mayChange: true })), now })
async function resultOf(id: string, at: string, place: string | null = null) {
  const node = place === null ? null : world.tree.get(place)
  const result = await viewTrial(world.pool, id, node ? scopeOf(node) : ENGINE_SCOPE, { ...reader(day(at)), zone: world.engine.zone, gapMinutes: 120, tickMinutes: 5 })
  if (result === undefined) throw new Error(id)
  const { onlyTrial, both, onlyLive, holding } = result
  return { counts: [onlyTrial, both, onlyLive, holding], byLevel: result.byLevel, byDay: result.byDay }
}
const found = () => world.rows('select region_code, matter, level, value, first_true_at, last_true_at, facts from risk_trial_finding order by region_code, first_true_at')
const told = async () => ((await world.rows<{ n: number }>(`select (select count(*) from alert) + (select count(*) from alert_transition) + (select count(*) from outbox) + (select count(*) from escalation) as n`))[0]?.n)

test('a tick at which nothing in force can be true is judged for a trial, which records and opens and pages nothing', async () => {
  const id = await startTrial({ 'batch.city': [5, 30, 100, 300] })
  await world.file(day('10:00'), 6)
  expect(await world.tick('10:05')).toMatchObject({ outcome: 'judged', changes: [] })
  expect(await found()).toEqual([{ region_code: '320500', matter: '无法上网', level: 1, value: 6, first_true_at: day('10:05'), last_true_at: day('10:05'), facts: expect.objectContaining({ reason: { why: 'threshold', thresholds: [5, 30, 100, 300] } }) }])
  expect(await told()).toBe(0)
  expect((await resultOf(id, '10:06')).counts).toEqual([1, 0, 0, 1])
  const before = await found()
  expect((await world.tick('10:05')).outcome).toBe('done_before')
  expect(await found()).toEqual(before)
})

test('a province’s trial finds what is true in it, whatever is true above it as well', async () => {
  const id = await startTrial({ 'surge.x': [6, 20, 60, 200], 'surge.z': [1, 5, 8, 12] }, '32', 'MR-02')
  for (let week = 0; week <= 8; week += 1) await world.file(day('10:00') - week * 7 * DAY, week === 0 ? 10 : 1)
  for (let week = 0; week <= 8; week += 1) await world.file(day('10:00') - week * 7 * DAY, week === 0 ? 30 : 1, ZHEJIANG)
  await world.file(day('09:00') - 70 * DAY, 1)
  await world.tick('10:05')
  // Seven of ten customers are in the province beside: the whole country would have the finding.
  expect((await found()).map((row) => (row as { region_code: string }).region_code)).toEqual(['320500'])
  expect((await resultOf(id, '10:06')).counts[0]).toBe(1)
})

test('a trial that fails takes no tick with it', async () => {
  await startTrial({ 'batch.city': [5, 30, 100, 300] })
  await world.pool.query(`alter table risk_trial_finding rename to broken`)
  await world.file(day('10:00'), 12)
  expect(await world.tick('10:05')).toMatchObject({ outcome: 'judged' })
  expect(await world.brief()).toEqual([['320500', 1, 'open']])
})

test('it stands beside what was in force: in both, only in the trial, only in force; a stricter rule in force stays as it is', async () => {
  const laxer = await startTrial({ 'batch.city': [20, 30, 100, 300], 'batch.province': [null, null, null, null] })
  await world.file(day('10:00'), 12)
  await world.file(day('10:00'), 25, ZHEJIANG)
  await world.ticks('10:05', '10:15')
  expect(await world.brief()).toEqual([['320500', 1, 'open'], ['330100', 1, 'open']])
  expect(await resultOf(laxer, '10:16')).toEqual({ counts: [0, 1, 1, 1], byLevel: [{ key: '1', trial: 1, live: 2 }], byDay: [{ key: '2026-06-11', trial: 1, live: 2 }] })
  expect((await resultOf(laxer, '10:16', '32')).counts).toEqual([0, 0, 1, 0])
  expect((await found()).map((row) => (row as { last_true_at: number }).last_true_at)).toEqual([day('10:15')])
})

test('a province’s trial looks at its places alone', async () => {
  const id = await startTrial({ 'batch.city': [5, 30, 100, 300] }, '32')
  await world.file(day('10:00'), 6)
  await world.file(day('10:00'), 6, ZHEJIANG)
  await world.tick('10:05')
  expect((await found()).map((row) => (row as { region_code: string }).region_code)).toEqual(['320500'])
  expect((await resultOf(id, '10:06')).counts).toEqual([1, 0, 0, 1])
})

test('a rule of facts is tried by its own number', async () => {
  await startTrial({ 'redLine.customers': [3, 15, 50, 150] }, null, 'MR-19')
  await world.file(day('10:00'), 3, { phenomenon: '携出' })
  await world.tick('10:05')
  expect(await found()).toMatchObject([{ region_code: '320500', level: 1, value: 3 }])
  expect(await told()).toBe(0)
})

test('it ends by itself at its time and when it is stopped; without one a tick is quiet again', async () => {
  await startTrial({ 'batch.city': [5, 30, 100, 300] }, null, 'MR-01', '09:00', day('10:10'))
  await world.file(day('10:00'), 6)
  expect((await world.tick('10:05')).outcome).toBe('judged')
  expect((await world.tick('10:10')).outcome).toBe('quiet')
  const next = await startTrial({ 'batch.city': [4, 30, 100, 300] }, null, 'MR-01', '10:12')
  // Something is heard of the province, else its silence would have to be looked at.
  await world.file(day('10:10'), 1, { phenomenon: '扣费争议' })
  expect((await world.tick('10:15')).outcome).toBe('judged')
  expect(await inTransaction(world.pool, (tx) => endTrial(tx, next, 'keeper', reader(day('10:16'))))).toBe('stopped')
  expect((await world.tick('10:20')).outcome).toBe('quiet')
  expect(await world.rows('select trial_id::text as id from risk_trial_finding')).toHaveLength(2)
})

test('a rule that is told at once is tried between ticks too, also where nothing in force has anything to look at; what is counted over a window waits for the tick', async () => {
  await world.only('MR-01')
  await startTrial({}, null, 'MR-08')
  await startTrial({ 'redLine.customers': [1, 15, 50, 150] }, null, 'MR-19')
  await world.file(day('10:00'), 1, { phenomenon: '携出', payload: { channel: 'petition', source_category: 'group_complaint' } })
  expect(await runRiskLook(world.engine, day('10:02:35'))).toEqual([])
  const [first] = await found()
  expect(await found()).toEqual([expect.objectContaining({ level: 2, first_true_at: day('10:02:35'), last_true_at: day('10:02:35') })])
  await world.tick('10:05')
  expect(await found()).toEqual([{ ...first, last_true_at: day('10:05') }, expect.objectContaining({ matter: '携出', level: 1, first_true_at: day('10:05') })])
  expect(await runRiskLook(world.engine, day('10:02:35'))).toEqual([])
  expect(await told()).toBe(0)
})

test('what a tick and its trials read alike is read once, and each still finds its own', async () => {
  await world.file(day('10:00'), 6)
  await startTrial({ 'batch.city': [5, 30, 100, 300] })
  await startTrial({ 'batch.city': [6, 30, 100, 300] }, '32')
  const sent = vi.spyOn(pg.Client.prototype, 'query')
  await world.tick('10:05')
  const texts = sent.mock.calls.map(([text]) => String(text))
  sent.mockRestore()
  expect(texts.filter((text) => text.includes('from cell') && text.includes('group by region_code, value'))).toHaveLength(1)
  expect(texts.filter((text) => text.startsWith('insert into risk_trial_finding'))).toHaveLength(2)
  expect((await found()).map((row) => (row as { value: number }).value)).toEqual([6, 6])
})
