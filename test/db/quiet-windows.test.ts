import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { endWindow, previewQuiet, putUpWindow, viewQuietWindows } from '../../core/engine/quiet-windows.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { loadKnownAlerts } from '../../core/store/abnormal-store.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { T } from '../support/alert-builders.ts'
import { type AlertWorld, alertWorld } from '../support/alert-world.ts'

const fireAt = (world: AlertWorld, at: number) => {
  world.clock.set(at)
  return runEscalate(world.engine, at)
}
const order = { kind: 'maintenance', region: '320500', product: null, ruleIds: [] as string[], from: T, to: T + 2 * HOUR, owner: '网络部', reason: '割接' } as const
async function scene(given: Partial<Omit<typeof order, 'kind' | 'ruleIds'> & { kind: 'maintenance' | 'silence'; ruleIds: string[] }> = {}) {
  const world = await alertWorld(T)
  const manager = await world.user('duty_manager', '32')
  const putUp = () => inEngineTransaction(world.engine, world.clock.now(), (etx) => putUpWindow(etx, { ...order, ...given }, world.engine.tree.get(given.region ?? order.region) as never, manager.userId))
  return { world, manager, putUp }
}
const states = async (world: AlertWorld) => (await world.rows<{ rule_id: string; state: string; quiet_by: number | null }>('select rule_id, state, quiet_by from alert order by id')).map(({ rule_id: rule, state, quiet_by: by }) => `${rule} ${state}${by === null ? '' : ' quiet'}`)
const pages = (world: AlertWorld) => world.rows('select from outbox')

describe('a window of work', () => {
  test('lets what is raised in it page nobody, and pages at its end what still holds, its ladder beginning then', async () => {
    const { world, manager, putUp } = await scene()
    expect(await putUp()).toMatchObject({ ok: true, hidden: 0 })
    const alert = await world.raise({ openedAt: T + MINUTE })
    await fireAt(world, T + MINUTE)
    await world.raise({ regionCode: '330100', ruleId: 'MR-02' })
    await fireAt(world, T + 2 * HOUR - 1)
    expect(await states(world)).toEqual(['MR-01 suppressed quiet', 'MR-02 open'])
    expect(await world.rows('select from outbox where alert_id = $1', [alert.id])).toEqual([])
    await fireAt(world, T + 2 * HOUR)
    expect(await states(world)).toEqual(['MR-01 open', 'MR-02 open'])
    const [run] = await world.rows<{ started_at: number; target: string }>("select e.started_at, o.target from escalation e join outbox o on o.escalation_id = e.id where e.alert_id = $1 and e.stopped_at is null", [alert.id])
    expect(run).toEqual({ started_at: T + 2 * HOUR, target: manager.userId })
    expect((await world.rows<{ reason: string }>("select reason from alert_transition where alert_id = $1 and move in ('suppress', 'unsuppress') order by id", [alert.id])).map(({ reason }) => reason)).toEqual([
      '维护窗口 maintenance window #1：期内不通知 / nobody is paged while it lasts',
      '维护窗口 maintenance window #1：已结束，条件仍成立 / is over and the condition still holds',
    ])
  })

  test('put up over what already calls takes it off the ladder at once; what somebody has taken stays his', async () => {
    const { world, manager, putUp } = await scene()
    const [first, taken] = [await world.raise(), await world.raise({ ruleId: 'MR-02' })]
    await fireAt(world, T)
    await world.move(taken.id, { move: 'ack' }, manager)
    world.clock.set(T + 5 * MINUTE)
    expect(await putUp()).toMatchObject({ ok: true, hidden: 1 })
    expect(await states(world)).toEqual(['MR-01 suppressed quiet', 'MR-02 acknowledged'])
    const before = (await pages(world)).length
    await fireAt(world, T + HOUR)
    expect(await pages(world)).toHaveLength(before)
    expect(await world.rows("select from outbox where alert_id = $1 and state in ('queued', 'ambiguous')", [first.id])).toEqual([])
  })

  test('ended early wakes what it hid at once; what ended meanwhile stays ended', async () => {
    const { world, manager, putUp } = await scene()
    const result = await putUp()
    const [holds, over] = [await world.raise(), await world.raise({ ruleId: 'MR-02' })]
    await fireAt(world, T)
    await world.move(over.id, { move: 'mitigate' })
    world.clock.set(T + 10 * MINUTE)
    const id = result.ok ? result.id : ''
    expect(await inEngineTransaction(world.engine, world.clock.now(), (etx) => endWindow(etx, ENGINE_SCOPE, id, manager.userId))).toBe('ended')
    expect(world.bells).toContain('escalate')
    await fireAt(world, T + 10 * MINUTE)
    expect(await states(world)).toEqual(['MR-01 open', 'MR-02 mitigated quiet'])
    expect(await world.rows('select from outbox where alert_id = $1', [holds.id])).toHaveLength(1)
    expect((await viewQuietWindows(world.engine, world.pool, ENGINE_SCOPE, world.clock.now()))[0]).toMatchObject({ state: 'over', hidden: 0, owner: '网络部' })
    expect(await inEngineTransaction(world.engine, world.clock.now(), (etx) => endWindow(etx, ENGINE_SCOPE, id, manager.userId))).toBe('over')
  })

  test('does not hide MR-10 and MR-17, and MR-07 only until it is red (7.4)', async () => {
    const { world, putUp } = await scene()
    await putUp()
    const outage = await world.raise({ ruleId: 'MR-07', severity: 3 })
    await world.raise({ ruleId: 'MR-10', severity: 2 })
    await fireAt(world, T)
    expect(await states(world)).toEqual(['MR-07 suppressed quiet', 'MR-10 open'])
    await world.move(outage.id, { move: 'upgrade', toSeverity: 4 })
    await fireAt(world, T + MINUTE)
    expect(await states(world)).toEqual(['MR-07 open', 'MR-10 open'])
  })

  test('keeps a ticket asleep although no case hides it, and says so to whoever judges it again', async () => {
    const { world, putUp } = await scene()
    await putUp()
    await world.raise({ kind: 'abnormal', ruleId: 'AT-02', ticketKey: '32:eoms:T1' })
    await fireAt(world, T)
    expect(await states(world)).toEqual(['AT-02 suppressed quiet'])
    const known = await inTransaction(world.pool, (tx) => loadKnownAlerts(tx, ['32:eoms:T1']))
    expect(known.get('32:eoms:T1')).toMatchObject([{ state: 'suppressed', isQuiet: true }])
  })
})

test('a silence of a rule hides that rule only, and a look back says how many it would have hidden', async () => {
  const { world, putUp } = await scene({ kind: 'silence', ruleIds: ['MR-02'] })
  await world.raise({ ruleId: 'MR-02', severity: 4 })
  await putUp()
  await world.raise({ ruleId: 'MR-01' })
  await world.raise({ ruleId: 'MR-02', regionCode: '320501' })
  await fireAt(world, T)
  expect(await states(world)).toEqual(['MR-02 open', 'MR-01 open', 'MR-02 suppressed quiet'])
  const node = world.engine.tree.get('32') as never
  expect(await previewQuiet(world.engine, world.pool, { kind: 'silence', ruleIds: ['MR-02'] }, node, T + HOUR)).toEqual({
    days: 7, raised: 3, hidden: 1, isCut: false,
    byColour: [{ severity: 4, count: 0 }, { severity: 3, count: 0 }, { severity: 2, count: 1 }, { severity: 1, count: 0 }],
  })
})
