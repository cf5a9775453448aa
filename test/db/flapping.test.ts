import { beforeEach, expect, test } from 'vitest'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { DEFAULT_RISK_PARAMETERS } from '../../core/domain/risk/reading.ts'
import { countFlapping } from '../../core/store/case-store.ts'
import { setRiskRules } from '../support/risk-rules.ts'
import { day, type RiskWorld, riskWorld } from '../support/risk-world.ts'

let world: RiskWorld
beforeEach(async () => {
  world = await riskWorld()
  await setRiskRules(world.pool, 'MR-01')
})

test('a case that relapses for the third time within 6 h is kept open for 6 h, and its rule wants tuning (domain.md 7.4, 7.5)', async () => {
  const flapping = async () => Object.fromEntries(await countFlapping(world.pool, ENGINE_SCOPE.path, DEFAULT_RISK_PARAMETERS.flapping, day('00:00')))
  // 30 customers within the hour: yellow. Gone an hour later, mitigated 30 minutes after that; true again a quarter of an hour later.
  const rises = ['09:00', '10:50', '12:40', '14:30']
  for (const [index, at] of rises.entries()) {
    await world.file(day(at) - 60_000, 30)
    await world.ticks(at, rises[index + 1] ?? '16:05')
  }
  const moves = await world.movesOf(1)
  const kinds = moves.map(([move]) => move).filter((move) => move !== 'note')
  expect(kinds.filter((move) => move === 'relapse')).toHaveLength(3)
  // The second relapse raises yellow to orange; orange is lowered by a person only.
  expect((await world.rows<{ reason: string; to_severity: number }>("select reason, to_severity from alert_transition where move = 'relapse' order by id")).map(({ reason, to_severity }) => [to_severity, reason.includes('升一级'), reason.includes('反复波动')])).toEqual([
    [2, false, false], [3, true, false], [3, false, true],
  ])
  expect((await world.brief())[0]).toEqual(['320500', 3, 'open'])
  expect(await flapping()).toEqual({ 'MR-01': 1 })
  const relapsedAt = moves.filter(([move]) => move === 'relapse').at(-1)?.[1] ?? 0
  // Nothing is true any more from 15:30; without flapping it would be mitigated at 16:30.
  await world.ticks('16:10', '20:30')
  expect((await world.brief())[0]?.[2]).toBe('open')
  await world.ticks('20:35', '20:40')
  expect((await world.brief())[0]?.[2]).toBe('mitigated')
  expect((await world.movesOf(1)).filter(([move]) => move === 'mitigate').at(-1)?.[1]).toBe(Number(relapsedAt) + 360)
})
