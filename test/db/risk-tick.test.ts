import { beforeEach, describe, expect, test } from 'vitest'
import { MINUTE } from '../../core/domain/time.ts'
import { saveSettings } from '../../core/engine/settings.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { loadTickSlot } from '../../core/store/tick-slot-store.ts'
import { day, type RiskWorld, riskWorld } from '../support/risk-world.ts'

let world: RiskWorld
beforeEach(async () => {
  world = await riskWorld()
})

describe('a quiet tick', () => {
  test('moves its slot forward and is not done twice', async () => {
    await world.file(day('10:00'), 7)
    expect(await world.tick('10:05')).toMatchObject({ outcome: 'quiet', changes: [] })
    expect(await loadTickSlot(world.pool, 'risk')).toBe(day('10:05'))
    expect(await world.tick('10:05')).toMatchObject({ outcome: 'done_before' })
    expect(await world.tick('10:00')).toMatchObject({ outcome: 'done_before' })
  })
})

describe('a case', () => {
  test('opens by MR-01 where no past is known; MR-02 says "no baseline" and no level', async () => {
    await world.file(day('10:00'), 30)
    expect((await world.tick('10:05')).changes.map(({ what, severity }) => [what, severity])).toEqual([['open', 2]])
    expect(await world.brief()).toEqual([['320500', 2, 'open']])
    const members = await world.rows('select rule_id, level, value, z from risk_member')
    expect(members).toEqual([{ rule_id: 'MR-01', level: 2, value: 30, z: null }])
    const [stored] = await world.rows('select facts, parameters, rule_id from alert')
    expect(stored).toMatchObject({ rule_id: 'MR-01', facts: { phenomenon: '无法上网', windowMinutes: 60, customers: 30 }, parameters: { windowMinutes: 60 } })
    const [opened] = await world.rows<{ reason: string }>('select reason from alert_transition')
    expect(opened?.reason).toContain('30 位客户')
  })

  test('counts customers, not tickets, for MR-01', async () => {
    await world.file(day('10:00'), 30, { customer: 'same' })
    await world.tick('10:05')
    expect(await world.brief()).toEqual([])
  })

  test('does not mix phenomena, and reads nothing while its rule is switched off', async () => {
    await world.file(day('10:00'), 6, { phenomenon: '无法上网' })
    await world.file(day('10:00'), 6, { phenomenon: '扣费争议' })
    await world.tick('10:05')
    expect(await world.brief()).toEqual([])
    const { risk } = await world.engine.settings(day('10:00'))
    const body = { ...risk.body, batch: { ...risk.body.batch, enabled: false } }
    await inTransaction(world.pool, (tx) =>
      saveSettings(tx, { kind: 'risk', body, author: 'test', reason: 'off', effectiveFrom: day('10:06'), now: day('10:06') }),
    )
    await world.file(day('10:05'), 40)
    await world.tick('10:10')
    expect(await world.brief()).toEqual([])
  })

  test('spreads to the province when a second city joins, and keeps its number, its tickets and its history', async () => {
    await world.file(day('10:00'), 30)
    await world.tick('10:05')
    await world.file(day('10:05'), 30, { region: '320100' })
    await world.tick('10:10')
    const [only, ...others] = await world.cases()
    expect(others).toEqual([])
    expect(only).toMatchObject({ region_code: '32', severity: 2, ticket_count: 60 })
    expect((await world.movesOf(only?.id ?? 0)).map(([move]) => move)).toEqual(['open', 'note'])
  })

  test('stays on its city while a neighbour has few', async () => {
    await world.file(day('10:00'), 30)
    await world.file(day('10:00'), 12, { region: '320100' })
    await world.tick('10:05')
    expect(await world.brief()).toEqual([['320500', 2, 'open']])
  })

  test('opens apart in two provinces', async () => {
    await world.file(day('10:00'), 10)
    await world.file(day('10:00'), 10, { province: '33', region: '330100' })
    await world.tick('10:05')
    expect(await world.brief()).toEqual([
      ['320500', 1, 'open'],
      ['330100', 1, 'open'],
    ])
  })

  test('takes a younger one in when a finding spans both', async () => {
    await world.file(day('10:00'), 10)
    await world.ticks('10:05', '11:05')
    await world.file(day('11:05'), 10, { region: '320100' })
    await world.tick('11:10')
    expect(await world.brief()).toEqual([
      ['320500', 1, 'open'],
      ['320100', 1, 'open'],
    ])
    await world.file(day('11:10'), 10)
    await world.tick('11:15')
    const [older, younger] = await world.cases()
    expect([older?.region_code, older?.state, older?.ticket_count]).toEqual(['32', 'open', 30])
    expect([younger?.state, younger?.merged_into]).toEqual(['merged', older?.id])
    expect((await world.rows('select 1 from escalation where stopped_at is null')).length).toBe(1)
  })

  test('narrows to the city together with an upgrade when the city turns out to hold it', async () => {
    await world.file(day('10:00'), 11)
    await world.file(day('10:00'), 9, { region: '320100' })
    await world.tick('10:05')
    expect(await world.brief()).toEqual([['32', 1, 'open']])
    await world.file(day('10:05'), 60)
    await world.tick('10:10')
    expect(await world.brief()).toEqual([['320500', 2, 'open']])
  })

  test('comes back within two hours after it was mitigated, and is a new one later', async () => {
    await world.file(day('10:00'), 10)
    await world.ticks('10:05', '11:40')
    expect(await world.brief()).toEqual([['320500', 1, 'mitigated']])
    await world.file(day('12:00'), 10)
    await world.tick('12:05')
    expect(await world.brief()).toEqual([['320500', 1, 'open']])
    await world.ticks('12:10', '13:40')
    expect((await world.movesOf(1)).map(([move, minute]) => [move, minute])).toEqual([
      ['open', 605],
      ['mitigate', 695],
      ['relapse', 725],
      ['mitigate', 815],
    ])
    await world.file(day('16:00'), 10)
    await world.tick('16:05')
    expect(await world.brief()).toEqual([
      ['320500', 1, 'mitigated'],
      ['320500', 1, 'open'],
    ])
  })
})

describe('an orange case', () => {
  beforeEach(async () => {
    await world.file(day('10:00'), 100)
    for (let from = day('10:30'); from < day('12:30'); from += 20 * MINUTE) await world.file(from, 12)
    await world.ticks('10:05', '12:05')
  })

  test('is proposed down after an hour and keeps its colour', async () => {
    expect(await world.movesOf(1)).toEqual([
      ['open', 605],
      ['propose_downgrade', 725],
    ])
    expect((await world.cases())[0]).toMatchObject({ severity: 3, state: 'open', proposed_severity: 2 })
    await world.ticks('12:10', '12:20')
    expect((await world.movesOf(1)).length).toBe(2)
  })

  test('falls by the approval, and the hold-down of the new colour counts afresh', async () => {
    await world.ticks('12:10', '12:30')
    await world.act(1, day('12:31'), { move: 'approve_downgrade', reason: '已恢复 / restored' })
    expect((await world.cases())[0]).toMatchObject({ severity: 2, proposed_severity: null })
    await world.ticks('12:35', '14:30')
    // 36 customers in the hour until 12:30, 24 from 12:35, 12 from 12:55, none from 13:15.
    expect((await world.movesOf(1)).slice(1)).toEqual([
      ['propose_downgrade', 725],
      ['approve_downgrade', 751],
      ['downgrade', 785],
      ['mitigate', 825],
    ])
  })

  test('keeps its colour when the proposal is refused, and is proposed again after another hold-down', async () => {
    await world.act(1, day('12:07'), { move: 'refuse_downgrade', reason: '仍在核查 / still under inquiry' })
    expect((await world.cases())[0]).toMatchObject({ severity: 3, proposed_severity: null })
    await world.ticks('12:10', '13:10')
    expect((await world.movesOf(1)).slice(1)).toEqual([
      ['propose_downgrade', 725],
      ['refuse_downgrade', 727],
      ['propose_downgrade', 790],
    ])
  })

  test('withdraws the proposal when the colour is true again', async () => {
    await world.file(day('12:05'), 100)
    await world.tick('12:10')
    expect((await world.cases())[0]).toMatchObject({ severity: 3, proposed_severity: null })
    const feed = await world.rows<{ payload: { id: string; proposedSeverity: number | null } }>(
      "select payload from feed where topic = 'alert' order by seq desc limit 1",
    )
    expect(feed[0]?.payload).toMatchObject({ id: '1', proposedSeverity: null })
  })
})
