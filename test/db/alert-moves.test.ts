import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { AbnormalAction } from '../../core/domain/abnormal/reconcile.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { type MoveOrder, moveAlert, moveAlerts } from '../../core/engine/alert-life.ts'
import type { EngineTx } from '../../core/engine/context.ts'
import { type AlertPlan, settleAlerts } from '../../core/engine/settle-alerts.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { createLogger } from '../../core/platform/log.ts'
import { lockAlerts } from '../../core/store/alert-store.ts'
import { ENGINE, T } from '../support/alert-builders.ts'
import { type AlertWorld, alertWorld } from '../support/alert-world.ts'
import { countStatements } from '../support/count-statements.ts'
import { movingAlerts } from '../support/moving-alerts.ts'

const UPGRADE = { move: 'upgrade', toSeverity: 3, reason: 'r' } as const
const FACTS = { value: 31 }
const TICKETS = Array.from({ length: 30 }, (_, index) => `32:eoms:T${index}`)

/** All that moves write, in the order in which they write it; people by name and without the times of their accounts. */
async function written(world: AlertWorld): Promise<Record<string, unknown>> {
  const people = await world.rows<{ id: string; display_name: string }>('select id, display_name from app_user')
  const read = async (text: string) => {
    const found = JSON.stringify(await world.rows(text))
    return JSON.parse(people.reduce((held, { id, display_name }) => held.replaceAll(id, display_name), found)) as object[]
  }
  return {
    alerts: await read('select * from alert order by id'),
    transitions: await read('select * from alert_transition order by id'),
    runs: await read('select * from escalation order by id'),
    outbox: await read(
      `select o.alert_id, o.escalation_id, o.step, o.channel, u.role, o.state, o.outcome, o.due_at from outbox o left join app_user u on u.id::text = o.target
        order by 1, 2, 3, 4, 5`,
    ),
    feed: await read('select topic, region_code, region_path, user_id, payload from feed order by seq'),
    tickets: await read('select ticket_key, next_check_at from ticket order by 1'),
    cases: await read('select alert_id, proposed_severity from risk_case order by 1'),
  }
}

async function oneByOne(etx: EngineTx, orders: readonly MoveOrder[]) {
  const results = []
  for (const { alertId, request, at } of orders) results.push(await moveAlert({ ...etx, now: at }, alertId, request, ENGINE, 'engine'))
  return results
}

const together = (etx: EngineTx, orders: readonly MoveOrder[]) => moveAlerts(etx, orders, ENGINE, 'engine')

async function played(move: typeof together) {
  const world = await alertWorld(T)
  const scene = await movingAlerts(world, 3)
  const orders = [...scene.orders, { alertId: '999999', request: UPGRADE, at: T + HOUR }, { alertId: 'x', request: UPGRADE, at: T + HOUR }]
  world.bells.length = 0
  const results = await inEngineTransaction(world.engine, T + HOUR, (etx) => move(etx, orders))
  const isMade = results.map((result, index) => [scene.names[index] ?? 'of none', result.ok])
  return {
    ...(await written(world)),
    results: results.map((result) =>
      result.ok ? { ...result, alert: { ...result.alert, handlers: result.alert.handlers.length, ackedBy: null } } : result,
    ),
    bells: world.bells,
    isMade,
  }
}

describe('many moves at once', () => {
  test('leave what the same moves leave one after the other, row by row and in the same order', async () => {
    const [many, single] = [await played(together), await played(oneByOne)]
    for (const what of Object.keys(single) as (keyof typeof single)[]) expect(many[what], what).toEqual(single[what])
    const made = new Map(many.isMade as [string, boolean][])
    const refused = [...made].filter(([, isMade]) => !isMade).map(([name]) => name)
    expect(refused.sort()).toEqual(['a suppression that comes too late', 'an upgrade to a lower colour', 'of none'])
    expect(made.size).toBe(17)
  })

  test('take a reason and a client of any characters as they are', async () => {
    const world = await alertWorld(T)
    const [one, two] = [await world.raise(), await world.raise({ ruleId: 'MR-02' })]
    const reasons = ['\u001e', 'a\u001fb, "c" {d} \\ null\n']
    const orders = [one, two].map(({ id }, index) => ({ alertId: id, request: { ...UPGRADE, reason: reasons[index] ?? '' }, at: T }))
    await inEngineTransaction(world.engine, T, (etx) => moveAlerts(etx, orders, ENGINE, 'x\u001fy'))
    const lines = await world.rows("select reason, client from alert_transition where move = 'upgrade' order by id")
    expect(lines).toEqual(reasons.map((reason) => ({ reason, client: 'x\u001fy' })))
  })

  test('name an alert once; twice is a mistake of the caller, under whatever spelling', async () => {
    const world = await alertWorld(T)
    const { id } = await world.raise()
    const orders = [id, `0${id}`].map((alertId) => ({ alertId, request: UPGRADE, at: T }))
    await expect(inEngineTransaction(world.engine, T, (etx) => together(etx, orders))).rejects.toThrow(RangeError)
  })

  test('cost as many statements as few, and nothing where there is none', async () => {
    const cost = async (copies: number) => {
      const world = await alertWorld(T)
      const { orders } = await movingAlerts(world, copies, { hasRare: false })
      return inEngineTransaction(world.engine, T + HOUR, async (etx) => {
        const counted = countStatements(etx)
        await together(counted.etx, orders)
        return counted.count()
      })
    }
    const [few, many] = [await cost(1), await cost(12)]
    // The tickets, their locks, those of their alerts, what stands and runs; locks, alerts, the ladders of the old version, changes, history, ends of handling limits, ends, withdrawals, starts, two for what goes on by another colour, cards.
    expect([few, many]).toEqual([17, 17])
    const world = await alertWorld(T)
    await inEngineTransaction(world.engine, T, async (etx) => {
      const counted = countStatements(etx)
      expect(await together(counted.etx, [])).toEqual([])
      expect(counted.count()).toBe(0)
    })
  })
})

/** Waits until so many sessions of the world's database wait for a lock of somebody else. */
async function untilWaiting(world: AlertWorld, sessions: number): Promise<void> {
  for (;;) {
    const [found] = await world.rows<{ n: number }>(
      "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    )
    if (found?.n === sessions) return
    await sleep(20)
  }
}

describe('moves of two transactions', () => {
  test('on some of the same alerts wait for each other in one direction only, whatever their order', async () => {
    const world = await alertWorld(T)
    const ids: string[] = []
    for (const ruleId of ['MR-01', 'MR-02', 'MR-03']) ids.push((await world.raise({ ruleId })).id)
    let tries = 0
    const moving = (order: readonly string[]) =>
      inEngineTransaction(world.engine, T + MINUTE, (etx) => {
        tries += 1
        return together(
          etx,
          order.map((alertId) => ({ alertId, request: { move: 'note', reason: 'r' }, at: T + MINUTE })),
        )
      })
    const both = await inEngineTransaction(world.engine, T, async (etx) => {
      await lockAlerts(etx.tx, [ids[1] ?? ''])
      const forwards = moving(ids)
      await untilWaiting(world, 1)
      const backwards = moving([...ids].reverse())
      await untilWaiting(world, 2)
      return { forwards, backwards }
    })
    for (const results of [await both.forwards, await both.backwards]) expect(results.map(({ ok }) => ok)).toEqual([true, true, true])
    // After a deadlock the transaction would have run again.
    expect(tries).toBe(2)
  })

  test('see an acknowledgement that they waited for: it wins, and the others move (invariant 9)', async () => {
    const world = await alertWorld(T)
    const manager = await world.user('duty_manager', '32')
    const { id: caseId } = await world.raise()
    const ids: string[] = []
    for (const ticketKey of TICKETS.slice(0, 3)) ids.push((await world.raise({ kind: 'abnormal', ruleId: 'AT-02', ticketKey })).id)
    const suppress = { move: 'suppress', caseId, reason: 'r' } as const
    const { moves } = await inEngineTransaction(world.engine, T, async (etx) => {
      await moveAlert(etx, ids[1] ?? '', { move: 'ack', reason: '' }, manager, 'desk')
      const moves = inEngineTransaction(world.engine, T, (other) =>
        together(
          other,
          ids.map((alertId) => ({ alertId, request: suppress, at: T })),
        ),
      )
      await untilWaiting(world, 1)
      return { moves }
    })
    expect((await moves).map(({ ok }) => ok)).toEqual([true, false, true])
    expect(await world.rows("select state from alert where kind = 'abnormal' order by id")).toEqual(
      ['suppressed', 'acknowledged', 'suppressed'].map((state) => ({ state })),
    )
  })
})

describe('settling', () => {
  async function settled(count: number) {
    const world = await alertWorld(T)
    const { id: caseId } = await world.raise()
    const manager = await world.user('duty_manager', '32')
    const ids: string[] = []
    for (const ticketKey of TICKETS.slice(0, count)) ids.push((await world.raise({ kind: 'abnormal', ruleId: 'AT-02', ticketKey })).id)
    await world.move(ids[1] ?? '', { move: 'ack' }, manager)
    const plans = ids.map((alertId, index): AlertPlan => {
      const of = { alertId, ruleId: 'AT-02' }
      const rising: AbnormalAction[] = [
        { action: 'upgrade', ...of, severity: 3, facts: FACTS },
        { action: 'suppress', ...of, caseId },
        { action: 'open', ruleId: 'AT-01', severity: 1, facts: FACTS, suppressedBy: null },
      ]
      const ending: AbnormalAction[] = [
        { action: 'auto_resolve', ...of, reason: 'cleared' },
        { action: 'upgrade', alertId: 'new:AT-01:0', ruleId: 'AT-01', severity: 2, facts: FACTS },
      ]
      const steps = [
        { at: T + MINUTE + index, actions: rising },
        { at: T + HOUR + index, actions: ending },
      ]
      return { ticketKey: TICKETS[index] ?? '', regionCode: '320500', steps, level: 2 }
    })
    const logged: Record<string, unknown>[] = []
    const log = createLogger('debug', { write: (line: string) => logged.push(JSON.parse(line) as Record<string, unknown>) })
    const statements = await inEngineTransaction({ ...world.engine, log }, T + 2 * HOUR, async (etx) => {
      const counted = countStatements(etx)
      await settleAlerts(counted.etx, plans)
      return counted.count()
    })
    return { world, ids, logged, statements }
  }

  test('makes several moves of one alert one after the other, each at its instant, and what was opened before among them', async () => {
    const { world, ids } = await settled(3)
    const lines = await world.rows(
      'select ticket_key, rule_id, move, t.at from alert_transition t join alert a on a.id = t.alert_id where ticket_key is not null order by a.id, t.id',
    )
    const old = (index: number, moves: readonly (readonly [string, number])[]) =>
      moves.map(([move, at]) => ({ ticket_key: TICKETS[index], rule_id: 'AT-02', move, at }))
    expect(lines).toEqual([
      ...old(0, [
        ['open', T],
        ['upgrade', T + MINUTE],
        ['suppress', T + MINUTE],
        ['auto_resolve', T + HOUR],
      ]),
      ...old(1, [
        ['open', T],
        ['ack', T],
        ['upgrade', T + MINUTE + 1],
        ['auto_resolve', T + HOUR + 1],
      ]),
      ...old(2, [
        ['open', T],
        ['upgrade', T + MINUTE + 2],
        ['suppress', T + MINUTE + 2],
        ['auto_resolve', T + HOUR + 2],
      ]),
      // Notes: it takes over at once from what is suppressed, is covered by what is not, and takes over when that ends.
      ...ids.flatMap((_, index) =>
        [
          { move: 'open', at: T + MINUTE + index },
          { move: 'note', at: T + MINUTE + index },
          { move: 'upgrade', at: T + HOUR + index },
          ...(index === 1 ? [{ move: 'note', at: T + HOUR + index }] : []),
        ].map((line) => ({ ticket_key: TICKETS[index], rule_id: 'AT-01', ...line })),
      ),
    ])
  })

  test('logs what was refused and goes on', async () => {
    const { ids, logged } = await settled(3)
    expect(logged).toHaveLength(1)
    expect(logged[0]).toMatchObject({ msg: 'alert move refused', alertId: ids[1], ticketKey: TICKETS[1], move: 'suppress', code: 'illegal_move' })
  })

  test('costs as many statements for many tickets as for few', async () => {
    expect((await settled(30)).statements).toBe((await settled(3)).statements)
  })
})
