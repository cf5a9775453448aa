import { beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_RISK_PARAMETERS, type RiskParameters } from '../../core/domain/risk/reading.ts'
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../core/domain/time.ts'
import { DEFAULT_KEYWORDS } from '../../core/domain/keyword/default-keywords.ts'
import { FACT_RULES } from '../../core/domain/risk/catalogue.ts'
import { NO_FACTS } from '../../core/domain/risk/facts.ts'
import { REPLAYABLE_RULES } from '../../core/domain/back-test/replayable.ts'
import type { Severity } from '../../core/domain/vocabulary.ts'
import { backTest } from '../../core/engine/back-test-report.ts'
import { loadPlacedFeeds } from '../../core/engine/day-baseline.ts'
import { GATHERINGS } from '../../core/engine/replay-gather.ts'
import { saveSettings } from '../../core/engine/settings.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { onlyRules, setRules } from '../support/abnormal.ts'
import { at } from '../support/builders.ts'
import { type Complaint, createdEvent, laterEvent, spread } from '../support/complaints.ts'
import { aNoticeItem } from '../support/notices.ts'
import { lived, oneRule, play, replayed, type Told } from '../support/played.ts'
import { day, type RiskWorld, riskWorld } from '../support/risk-world.ts'

let world: RiskWorld
let serial = 0
beforeEach(async () => {
  world = await riskWorld()
  await setRules(world.pool, onlyRules())
})

const iso = (instant: Instant) => new Date(instant).toISOString()
const filed = (when: Instant, payload: Record<string, unknown> = {}, rest: Partial<Complaint> = {}): Told => ({ at: when, item: createdEvent({ no: `F${(serial += 1)}`, at: when, payload, ...rest }) })
const texts = (when: Instant, count: number, text: string, rest: Partial<Complaint> = {}) => spread(when, when + 4 * MINUTE, count).map((one) => filed(one, { content_text: text }, rest))
const later = (no: string, type: string, when: Instant, payload: Record<string, unknown> = {}): Told => ({ at: when, item: laterEvent({ no, at: when }, type, when, payload) })
const notice = (type: Parameters<typeof aNoticeItem>[0], when: Instant, payload: Record<string, unknown>, id: string): Told => ({ at: when, item: aNoticeItem(type, payload, { event_id: id, occurred_at: iso(when) }) })
const { keyword, vulnerable, agent, template, billing, redLine, backlog, keyCustomer } = DEFAULT_RISK_PARAMETERS

interface Story {
  readonly told: readonly Told[]
  readonly from: Instant
  readonly to: Instant
  /** Looks between ticks at which nothing new has been told: the system looks every 5 s. */
  readonly looks?: readonly Instant[]
  readonly changes?: Partial<RiskParameters>
  /** Move, clock of the day and colour of the first case, by the numbers of domain.md. */
  readonly first: readonly (readonly [string, string, number])[]
}

const expedite = (clock: string) => later('K1', 'expedited', day(clock), { by: 'customer', channel: 'hotline' })
const vip = (clock: string, customer: string) => filed(day(clock), { is_vip: true }, { customer, phenomenon: '信号' })
const call = (no: number, isAnswered: boolean): Told => {
  const queueAt = day('10:00') + no * SECOND
  const times = isAnswered ? { answered_at: iso(queueAt + 10 * SECOND) } : { answered_at: null, abandoned_at: iso(queueAt + 60 * SECOND) }
  return { at: queueAt, item: aNoticeItem('call.ended', { call_id: `k${no}`, queue_at: iso(queueAt), ended_at: iso(queueAt + 60 * SECOND), ...times }, { event_id: `k${no}`, occurred_at: iso(queueAt) }) }
}
const T = (no: number) => `本人号码1990000${1000 + no}，于2026年3月5日被贵公司在不知情的情况下开通视频彩铃业务，每月扣费15元，本人从未授权，要求双倍退还全部费用并书面道歉，否则将向工信部申诉到底。`
const appeal = (when: Instant, customer: string, text = '另有其事'): Told => filed(when, { kind: 'appeal', source_category: 'province_appeal', channel: 'miit_forward', content_text: text }, { customer })
const s3 = () => [...Array.from({ length: 26 }, (_, index) => appeal(day('10:00') + index * 10 * MINUTE, `A${index}`, T(index % 2))), appeal(day('14:20'), 'A0', T(0)), appeal(day('14:30'), 'A1', T(1))]
const pastAppeals = () => [5, 6, 7, 6, 5, 7, 6, 8].flatMap((count, week) => spread(day('01:00') - (week + 1) * 7 * DAY, day('20:00') - (week + 1) * 7 * DAY, count).map((when, place) => appeal(when, `W${week}-${place}`)))
const every = (from: Instant, to: Instant, step: number) => Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step)

const STORIES: readonly (readonly [rule: string, story: () => Story])[] = [
  ['MR-05', () => ({
    told: [filed(day('09:00'), { star: 7 }, { no: 'K1', customer: 'k' }), ...['10:30', '13:05', '14:20', '15:10', '17:15:01'].map(expedite), vip('17:41', 'a'), vip('17:42:10', 'b'), vip('17:43:20', 'c'), later('K1', 'cancelled', day('18:31'))],
    from: day('09:00'), to: day('21:00'), changes: { keyCustomer: { ...keyCustomer, hours: 2 } }, first: [['open', '17:15:05', 2]],
  })],
  ['MR-08', () => ({
    told: [filed(day('09:06:12'), { channel: 'petition', source_category: 'group_complaint' }, { no: 'P1' }), later('P1', 'supervised', day('09:11:31'), { level: 'ministry', due_at: iso(day('18:00')) }), later('P1', 'cancelled', day('10:02:02'))],
    from: day('09:00'), to: day('12:00'), first: [['open', '09:06:15', 2], ['upgrade', '09:11:35', 4]],
  })],
  ['MR-04', () => ({ told: [...texts(day('10:01'), 2, '找记者'), ...texts(day('10:11'), 1, '找媒体'), ...texts(day('11:02'), 1, '找记者', { region: '320100' })], from: day('10:00'), to: day('14:00'), changes: { keyword: { ...keyword, hours: 2 } }, first: [['open', '10:01:05', 2], ['upgrade', '10:11:05', 3]] })],
  ['MR-10', () => ({ told: [...texts(day('10:01'), 3, '110打不通'), ...texts(day('10:20'), 1, '我要跳楼')], from: day('10:00'), to: day('14:00'), changes: { keyword: { ...keyword, hours: 2, emergency: { customers: 3, minutes: 30 } } }, first: [['open', '10:01:05', 3]] })],
  ['MR-11', () => ({ told: [...texts(day('10:01'), 1, '我的身份证被人用了'), ...texts(day('10:06:01'), 2, '我的身份证被人用了')], from: day('10:00'), to: day('13:30'), changes: { keyword: { ...keyword, hours: 2 } }, first: [['open', '10:01:05', 1], ['upgrade', '10:08:05', 2]] })],
  ['MR-14', () => ({ told: texts(day('10:01'), 1, '大家一起去拉横幅'), from: day('10:00'), to: day('13:30'), changes: { keyword: { ...keyword, hours: 2 } }, first: [['open', '10:01:05', 2]] })],
  ['MR-12', () => ({ told: [...texts(day('10:01'), 2, '遇到骗子'), ...texts(day('10:06'), 1, '遇到骗子'), ...texts(day('10:16'), 7, '遇到骗子')], from: day('10:00'), to: day('13:30'), changes: { keyword: { ...keyword, hours: 2 } }, first: [['open', '10:10:00', 1], ['upgrade', '10:20:00', 2]] })],
  ['MR-15', () => ({ told: Array.from({ length: 11 }, (_, no) => filed(day('10:01') + no * 5 * MINUTE, { disputed_channel: 'H-001', age_band: '65+' })), from: day('10:00'), to: day('12:00'), changes: { vulnerable: { ...vulnerable, customers: [null, 3, 10, null] } }, first: [['open', '10:05:00', 1]] })],
  ['MR-21', () => ({ told: Array.from({ length: 11 }, (_, no) => filed(day('10:01') + no * 5 * MINUTE, { disputed_channel: 'H-001' })), from: day('10:00'), to: day('12:00'), changes: { agent: { ...agent, customers: [5, 10, 30, null] } }, first: [['open', '10:25:00', 1], ['upgrade', '10:50:00', 2]] })],
  ['MR-20', () => ({ told: [...Array.from({ length: 119 }, (_, no) => call(no, true)), ...Array.from({ length: 81 }, (_, no) => call(200 + no, false))], from: day('09:55'), to: day('11:30'), first: [['open', '10:05:00', 2]] })],
  ['MR-20', () => ({
    told: [notice('incident.opened', day('10:02'), { incident_id: 'APP1', product: 'app', regions: ['32'], started_at: iso(day('10:00')), users_affected: null }, 'a1'), notice('incident.closed', day('10:21'), { incident_id: 'APP1', restored_at: iso(day('10:21')) }, 'a2')],
    from: day('09:55'), to: day('11:30'), first: [['open', '10:05:00', 2]],
  })],
  // By the group's values these are none, by those of the province they are blue.
  ['MR-21', () => ({
    told: every(day('10:01'), day('10:03'), MINUTE).map((when) => filed(when, { disputed_channel: 'H-001' })), from: day('10:00'), to: day('12:00'),
    changes: { scopes: { '32': { values: { 'agent.customers': [3, 10, 30, null] }, enabledRules: [] } } }, first: [['open', '10:05:00', 1]],
  })],
  ['MR-16', () => ({
    told: Array.from({ length: 60 }, (_, no) => filed(at('2026-06-08 09:00') + no * SECOND)), from: day('09:00'), to: day('11:30'),
    changes: { scopes: { '32': { values: { 'backlog.open': 50 }, enabledRules: [] } } }, first: [['open', '09:00:00', 3]],
  })],
  ['MR-03', () => ({ told: s3(), from: day('10:00'), to: day('17:00'), changes: { template: { ...template, hours: 3 } }, first: [['open', '10:25:00', 1], ['upgrade', '10:45:00', 2], ['upgrade', '11:35:00', 3]] })],
  ['MR-06', () => ({ told: [...pastAppeals(), ...s3()], from: day('10:00'), to: day('16:00'), first: [['open', '12:15:00', 1], ['upgrade', '13:05:00', 2], ['upgrade', '14:15:00', 3]] })],
  ['MR-13', () => ({
    told: [...every(day('08:44'), day('09:38'), 6 * MINUTE), ...every(day('09:40:30'), day('11:18'), 2.5 * MINUTE)].map((when, no) => filed(when, { product_l1: 'vas', product_l2: '视频彩铃' }, { phenomenon: '计费及收费', region: ['320500', '320100', '320200'][no % 3] ?? '' })),
    from: day('08:40'), to: day('13:00'), changes: { billing: { ...billing, hours: 3 } }, first: [['open', '09:40:00', 1], ['upgrade', '11:20:00', 2]],
  })],
  ['MR-19', () => ({ told: every(day('10:00'), day('10:28'), 2 * MINUTE).map((when) => filed(when, {}, { phenomenon: '携出' })), from: day('10:00'), to: day('14:00'), changes: { redLine: { ...redLine, hours: 2 } }, first: [['open', '10:10:00', 1], ['upgrade', '10:30:00', 2]] })],
  ['MR-07', () => ({ told: [notice('incident.opened', day('20:18:02'), { started_at: iso(day('20:10')), users_affected: 1_500 }, 'i1'), notice('incident.closed', day('22:40:03'), { restored_at: iso(day('22:40')) }, 'i2')], from: day('20:15'), to: day('23:55'), looks: [day('22:10:00'), day('22:10:05')], first: [['open', '20:18:05', 2], ['upgrade', '22:10:05', 3]] })],
  ['MR-09', () => ({ told: [notice('opinion.detected', day('10:01:01'), { reach: 20_000, spread_level: 'local', topic: '宽带' }, 'o1'), notice('opinion.updated', day('10:22:01'), { reach: 20_000, spread_level: 'local', handled_at: iso(day('10:22')) }, 'o2')], from: day('10:00'), to: day('11:30'), first: [['open', '10:01:05', 2]] })],
  ['MR-16', () => ({ told: Array.from({ length: 100 }, (_, no) => filed(at('2026-06-08 09:00') + no * SECOND)), from: day('09:00'), to: day('11:30'), changes: { backlog: { ...backlog, open: 100 } }, first: [['open', '09:00:00', 3]] })],
]

describe('a back-test of one rule of facts is what its ticks and looks have done', () => {
  test.each(STORIES)('%s', async (ruleId, story) => {
    const { told, from, to, changes, first, looks } = story()
    const parameters = await oneRule(world, ruleId, changes)
    await play(world, ruleId, told, { from, to, looks: looks ?? [] })
    const truth = await lived(world)
    const clock = (instant: number) => new Date(instant + 8 * HOUR).toISOString().slice(11, 19)
    expect(truth[0]?.[2].slice(0, first.length).map(([move, when, severity]) => [move, clock(when), severity])).toEqual(first)
    expect(await replayed(world, ruleId, parameters, { from, to })).toEqual(truth)
  })
})

test('what people said later takes nothing away from what would have been raised: a case called false, a word called wrong', async () => {
  const parameters = await oneRule(world, 'MR-04')
  const span = { from: day('10:00'), to: day('11:00') }
  await play(world, 'MR-04', [...texts(day('10:01'), 1, '找记者'), ...texts(day('10:11'), 1, '要起诉', { phenomenon: '费用' })], { ...span, looks: [] })
  const truth = await lived(world)
  expect(truth).toHaveLength(2)
  await world.act(1, day('11:00'), { move: 'mark_false_positive', reason: '误报' })
  await world.pool.query(`update keyword_hit set wrong_at = to_timestamp($1::float8 / 1000), wrong_by = 'x' where word = '起诉'`, [day('11:30')])
  expect(await replayed(world, 'MR-04', parameters, span)).toEqual(truth)
  const report = await backTest(world.engine, { ruleId: 'MR-04', parameters, path: world.tree.root.path, from: span.from, to: span.to + 1 })
  expect(report).toMatchObject({ would: { cases: 2, wrong: 1, precision: 0 }, did: { cases: 2, wrong: 1 }, onlyWould: 0, onlyDid: 0, medianMinutesEarlier: 0 })
})

test('words count by the dictionary in force at each look, those that came before it too', async () => {
  const parameters = await oneRule(world, 'MR-04')
  const from = (clock: string, colour: Severity, opensCase: boolean) => {
    const categories = DEFAULT_KEYWORDS.categories.map((one) => (one.code === 'KW-MED' ? { ...one, colour, opensCase } : one))
    return inTransaction(world.pool, (tx) => saveSettings(tx, { kind: 'keywords', body: { ...DEFAULT_KEYWORDS, categories }, author: 'test', reason: 'another dictionary', effectiveFrom: day(clock), now: day('09:00') }))
  }
  await from('10:17', 3, true)
  await from('10:42', 3, false)
  const span = { from: day('10:00'), to: day('12:30') }
  await play(world, 'MR-04', [...texts(day('10:01'), 1, '找记者'), ...texts(day('10:03'), 1, '要起诉', { phenomenon: '费用' })], { ...span, looks: [] })
  const truth = await lived(world)
  const media = truth.find(([, , rings]) => rings.some(([, , severity]) => severity === 3))
  expect([media?.[2], media?.[3]]).toEqual([[['open', day('10:01:05'), 2], ['upgrade', day('10:20'), 3]], day('11:45')])
  expect(await replayed(world, 'MR-04', parameters, span)).toEqual(truth)
})

test('with a threshold that fewer reach it raises nothing, and says what was raised only in fact', async () => {
  const parameters = await oneRule(world, 'MR-21')
  const span = { from: day('10:00'), to: day('11:00') }
  await play(world, 'MR-21', Array.from({ length: 6 }, (_, no) => filed(day('10:01') + no * MINUTE, { disputed_channel: 'H-001' })), { ...span, looks: [] })
  const harder = { ...parameters, agent: { ...parameters.agent, customers: [7, 10, 30, null] as const } }
  const report = await backTest(world.engine, { ruleId: 'MR-21', parameters: harder, path: world.tree.root.path, from: span.from, to: span.to })
  expect(report).toMatchObject({ would: { cases: 0 }, did: { cases: 1, byColour: [1, 0, 0, 0] }, onlyDidCases: [{ id: '1', matter: { kind: 'agent', name: 'H-001' }, severity: 1 }] })
})

test('of every rule each fact that it reads is gathered for a replay, but what people have confirmed', async () => {
  const read = await inEngineTransaction(world.engine, day('10:00'), async (etx) => {
    const feeds = await loadPlacedFeeds(world.engine, etx.tx)
    const parameters = etx.settings.risk.body
    return Promise.all(
      Object.entries(GATHERINGS).map(async ([id, how]) => {
        const asked = new Set<string>()
        const facts = new Proxy(NO_FACTS, { get: (held, name) => { asked.add(String(name)); return held[name as keyof typeof NO_FACTS] } })
        FACT_RULES.find((rule) => rule.id === id)?.read(facts, { tickAt: day('10:00'), parameters, tree: world.tree })
        const given: string[] = how.by === 'ticket' ? [how.facts] : Object.keys(await how.read(etx, parameters, day('10:00'), feeds))
        return [id, [...asked].filter((name) => name !== 'confirmed' && !given.includes(name))] as const
      }),
    )
  })
  expect(read.map(([id]) => id).sort()).toEqual(FACT_RULES.map(({ id }) => id).filter((id) => REPLAYABLE_RULES.includes(id)).sort())
  expect(read.filter(([, lacking]) => lacking.length > 0)).toEqual([])
})
