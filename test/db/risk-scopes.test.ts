import { beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_RISK_PARAMETERS as DEFAULTS, type RiskParameters, type RiskScopeParameters } from '../../core/domain/risk/reading.ts'
import { explainRisk } from '../../core/engine/explain-risk.ts'
import { replayRule } from '../../core/engine/back-test.ts'
import { saveSettings } from '../../core/engine/settings.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { onlyRiskRules } from '../support/risk-rules.ts'
import { day, type RiskWorld, riskWorld } from '../support/risk-world.ts'

let world: RiskWorld
beforeEach(async () => { world = await riskWorld() })

const CITY = [8, 25, 80, 250]
const ZHEJIANG = { province: '33', region: '330100' }

/** What Jiangsu says by itself, beside what the group says. */
async function jiangsu(own: RiskScopeParameters, group: RiskParameters = DEFAULTS, since = 2): Promise<void> {
  const body = { ...group, scopes: { '32': own } }
  await inTransaction(world.pool, (tx) => saveSettings(tx, { kind: 'risk', body, author: 'test', reason: 'tighter', effectiveFrom: since, now: since }))
}

const stamps = async () =>
  (await world.rows<{ region_code: string; rule_version: number; parameters: { batch: { city: number[] }; scope?: string; scopes?: unknown } }>('select region_code, rule_version, parameters from alert order by id'))
    .map(({ region_code, rule_version, parameters }) => [region_code, rule_version, parameters.batch.city, parameters.scope, parameters.scopes])

describe('a province with lower thresholds', () => {
  test('has a case at its number, its neighbour at the group’s; each is stamped with what it was judged by', async () => {
    await jiangsu({ values: { 'batch.city': CITY }, enabledRules: [] })
    await world.file(day('10:00'), 8)
    await world.file(day('10:00'), 8, ZHEJIANG)
    expect((await world.tick('10:05')).outcome).toBe('judged')
    expect(await world.brief()).toEqual([['320500', 1, 'open']])
    await world.file(day('10:05'), 2, ZHEJIANG)
    await world.tick('10:10')
    expect(await world.brief()).toEqual([['320500', 1, 'open'], ['330100', 1, 'open']])
    expect(await stamps()).toEqual([['320500', 2, CITY, '32', undefined], ['330100', 2, DEFAULTS.batch.city, undefined, undefined]])
  })

  test('has none below its number, and a tick done twice changes nothing', async () => {
    await jiangsu({ values: { 'batch.city': CITY }, enabledRules: [] })
    await world.file(day('10:00'), 7)
    expect((await world.tick('10:05')).outcome).toBe('quiet')
    await world.file(day('10:05'), 1)
    await world.tick('10:10')
    const before = await world.rows('select * from alert_transition')
    expect((await world.tick('10:10')).outcome).toBe('done_before')
    expect(await world.rows('select * from alert_transition')).toEqual(before)
    expect(await world.brief()).toEqual([['320500', 1, 'open']])
  })

  test('goes by the group once that is stricter, and by its own again when it goes back', async () => {
    const strict: RiskParameters = { ...DEFAULTS, batch: { ...DEFAULTS.batch, city: [5, 30, 100, 300] } }
    await jiangsu({ values: { 'batch.city': CITY }, enabledRules: [] }, strict)
    await world.file(day('10:00'), 5)
    await world.tick('10:05')
    expect(await stamps()).toEqual([['320500', 2, [5, 25, 80, 250], '32', undefined]])
    await jiangsu({ values: { 'batch.city': CITY }, enabledRules: [] }, DEFAULTS, day('12:00'))
    await world.file(day('12:00'), 5, { phenomenon: '扣费争议' })
    await world.tick('12:05')
    expect((await world.cases()).length).toBe(1)
  })

  test('keeps its colour for its own hold-down: 60 minutes for blue, its neighbour 30', async () => {
    await jiangsu({ values: { holdDownMinutes: [60, 60, 60, 60] }, enabledRules: [] })
    await world.file(day('10:00'), 10)
    await world.file(day('10:00'), 10, ZHEJIANG)
    await world.ticks('10:05', '11:35')
    expect(await world.brief()).toEqual([['320500', 1, 'open'], ['330100', 1, 'mitigated']])
    await world.ticks('11:40', '12:10')
    expect(await world.brief()).toEqual([['320500', 1, 'mitigated'], ['330100', 1, 'mitigated']])
  })

  test('has a rule on that the group has off', async () => {
    await jiangsu({ values: {}, enabledRules: ['MR-01'] }, onlyRiskRules(DEFAULTS, []))
    await world.file(day('10:00'), 10)
    await world.file(day('10:00'), 10, ZHEJIANG)
    await world.tick('10:05')
    expect(await world.openings()).toEqual([['MR-01', '320500', 1, 'open', 'phenomenon', '无法上网']])
  })

  test('counts red-line complaints of the day by its number: 3 of one subject, where the group’s is 5', async () => {
    await jiangsu({ values: { 'redLine.customers': [3, 15, 50, 150] }, enabledRules: [] }, onlyRiskRules(DEFAULTS, ['MR-19']))
    await world.file(day('10:00'), 3, { phenomenon: '携出' })
    await world.file(day('10:00'), 3, { ...ZHEJIANG, phenomenon: '携出' })
    await world.tick('10:05')
    expect((await world.openings()).map(([rule, region, severity]) => [rule, region, severity])).toEqual([['MR-19', '320500', 1]])
  })
})

describe('what is told afterwards', () => {
  test('goes by the province too: the explanation of each place, and a replay', async () => {
    await jiangsu({ values: { 'batch.city': CITY }, enabledRules: [] })
    await world.file(day('10:00'), 8)
    await world.file(day('10:00'), 8, ZHEJIANG)
    const told = async (code: string) => {
      const node = world.tree.get(code)
      if (node === undefined) throw new Error(code)
      const { parameters, version, decidedBy, readings } = await explainRisk(world.engine, { ruleId: 'MR-01', node, at: day('10:06'), phenomenon: null })
      return [version, decidedBy, parameters.batch.city, readings.map(({ reading, needs, next, missing }) => [reading.level, needs, next, missing])]
    }
    expect(await told('320500')).toEqual([2, '32', CITY, [[1, CITY, 2, 17]]])
    expect(await told('330100')).toEqual([2, null, DEFAULTS.batch.city, [[0, DEFAULTS.batch.city, 1, 2]]])
    const parameters = (await world.engine.settings(day('10:00'))).risk.body
    const { cases } = await replayRule(world.engine, { ruleId: 'MR-01', parameters, from: day('10:00'), to: day('10:30') })
    expect(cases.map(({ regionCode, highest }) => [regionCode, highest])).toEqual([['320500', 1]])
  })
})
