import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import type { Severity } from '../../core/domain/vocabulary.ts'
import { moveAlert, openAlerts } from '../../core/engine/alert-life.ts'
import { settleAlerts } from '../../core/engine/settle-alerts.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { runEscalate } from '../../workers/escalate.ts'
import { T as EVENING } from '../support/alert-builders.ts'
import { type AlertWorld, alertWorld, type Person, SPEC } from '../support/alert-world.ts'

/** Noon: at night A2 is given longer (domain.md 4.2). */
const T = EVENING - 8 * HOUR
const KEY = '32:eoms:T1'
const specOf = (ruleId: string, severity: Severity, openedAt: number) => ({ ...SPEC, kind: 'abnormal', ticketKey: KEY, ruleId, severity, openedAt }) as const

let world: AlertWorld
let leader: Person
let manager: Person
beforeEach(async () => {
  world = await alertWorld(T)
  leader = await world.user('duty_leader', '32', '组长')
  manager = await world.user('duty_manager', '32', '经理')
  await world.user('duty_agent', '32', '坐席')
})

const raise = async (ruleId: string, severity: Severity) => (await world.raise(specOf(ruleId, severity, world.clock.now()))).id
/** Takes the steps due by then, and calls everybody unless told otherwise. */
const fireAt = async (when: number, { isCalled = true } = {}) => {
  world.clock.set(when)
  while ((await runEscalate(world.engine, when)) > 0);
  if (isCalled) await world.pool.query("update outbox set attempts = 1, state = 'sent' where state = 'queued'")
}
/** Steps taken for the ticket: alert, step, minutes after T. */
const steps = async () =>
  (await world.rows<{ alert: number; step: number; fired: number }>(
      'select e.alert_id as alert, s.step, s.fired_at as fired from escalation_step s join escalation e on e.id = s.escalation_id order by s.fired_at, e.id, s.step',
  )).map(({ alert, step, fired }) => [String(alert), step, (fired - T) / MINUTE])
const running = async () =>
  (await world.rows<{ id: number }>('select alert_id as id from escalation where stopped_at is null')).map(({ id }) => String(id))
const notesOf = (id: string) =>
  world.rows<{ detail: Record<string, unknown>; reason: string }>(
    "select detail, reason from alert_transition where alert_id = $1 and move = 'note' order by id",
    [id],
  )
const alertOf = async (id: string) => (await world.rows<Record<string, unknown>>('select * from alert where id = $1', [id]))[0] ?? {}

describe('a ticket', () => {
  test('whose level rises while an acknowledgement is owed pages once more, with the shorter time left (4.4)', async () => {
    const low = await raise('AT-05', 2)
    await fireAt(T)
    world.clock.set(T + 20 * MINUTE)
    const high = await raise('AT-02', 3)
    await fireAt(T + 20 * MINUTE)
    // A2 was to be answered by T + 30, A3 alone by T + 35.
    expect((await alertOf(high))['ack_due_at']).toBe(T + 30 * MINUTE)
    expect((await alertOf(low))['ack_due_at']).toBe(T + 30 * MINUTE)
    expect((await notesOf(high))[0]?.detail).toEqual({ ackDueAt: T + 30 * MINUTE })
    await fireAt(T + 29 * MINUTE)
    expect(await steps()).toEqual([
      [low, 0, 0],
      [high, 0, 20],
    ])
    await fireAt(T + 30 * MINUTE)
    expect((await steps()).slice(2)).toEqual([[high, 1, 30]])
    await fireAt(T + 5 * HOUR)
    expect(await steps()).toHaveLength(3)
  })

  test('that somebody took at a lower level does not call him again for yellow, but for orange', async () => {
    const agent = await world.user('duty_agent', '32', '坐席二')
    const owner = await world.user('dept_owner', '32', '部门')
    const low = await raise('AT-05', 1)
    await world.move(low, { move: 'ack' }, agent)
    const told = async (ruleId: string, severity: Severity) => {
      const id = await raise(ruleId, severity)
      await fireAt(T)
      return (await world.rows<{ target: string }>('select target from outbox where alert_id = $1', [id])).map(({ target }) => target)
    }
    expect(await told('AT-06', 2)).not.toContain(agent.userId)
    await world.move(String((await running())[0]), { move: 'ack' }, owner)
    expect(await told('AT-07', 3)).toContain(owner.userId)
  })

  test('is not paged for what joins at its level or below, before and after it is answered', async () => {
    const carrier = await raise('AT-02', 3)
    await fireAt(T)
    const joining = [await raise('AT-05', 3), await raise('AT-06', 2)]
    await fireAt(T + MINUTE)
    await world.move(carrier, { move: 'ack' }, leader)
    joining.push(await raise('AT-07', 3), await raise('AT-08', 1))
    await fireAt(T + 3 * HOUR)
    expect(await steps()).toEqual([[carrier, 0, 0]])
    for (const id of joining) expect((await notesOf(id)).map(({ detail }) => detail)).toEqual([{ kind: 'covered', coveredBy: carrier }])
  })

  test('keeps what is owed when the alert that carries it ends unanswered: what stays goes on, without a page', async () => {
    const low = await raise('AT-05', 2)
    const high = await raise('AT-02', 3)
    await fireAt(T)
    world.clock.set(T + 10 * MINUTE)
    await world.move(high, { move: 'auto_resolve' })
    expect(await running()).toEqual([low])
    expect((await notesOf(low)).map(({ detail }) => detail)).toEqual([
      { kind: 'covered', coveredBy: high },
      { kind: 'taken_over', from: high },
    ])
    await fireAt(T + 29 * MINUTE)
    expect(await steps()).toEqual([[high, 0, 0]])
    await fireAt(T + 30 * MINUTE)
    expect(await steps()).toEqual([
      [high, 0, 0],
      [low, 1, 30],
    ])
    expect(await world.rows('select target from outbox where alert_id = $1', [low])).toEqual([{ target: leader.userId }])
    await world.move(low, { move: 'ack' }, manager)
    expect(await running()).toEqual([])
  })

  test('whose page still waited when its alert ended pages for what stays', async () => {
    const low = await raise('AT-05', 2)
    const high = await raise('AT-02', 3)
    await fireAt(T, { isCalled: false })
    await world.move(high, { move: 'auto_resolve' })
    expect(await world.rows('select state from outbox group by 1')).toEqual([{ state: 'cancelled' }])
    await fireAt(T + MINUTE)
    expect(await steps()).toEqual([
      [high, 0, 0],
      [low, 0, 1],
    ])
  })

  test('does not page again for what stays when somebody has been called', async () => {
    const low = await raise('AT-05', 2)
    const high = await raise('AT-02', 3)
    await fireAt(T)
    await world.move(high, { move: 'auto_resolve' })
    await fireAt(T + MINUTE)
    expect([await steps(), await running()]).toEqual([[[high, 0, 0]], [low]])
  })

  test('asks for what joined after the answer once the answered alert has ended', async () => {
    const high = await raise('AT-02', 3)
    await fireAt(T)
    await world.move(high, { move: 'ack' }, leader)
    world.clock.set(T + 10 * MINUTE)
    const joined = await raise('AT-05', 2)
    await world.move(high, { move: 'auto_resolve' })
    await fireAt(T + 39 * MINUTE)
    expect(await steps()).toEqual([[high, 0, 0]])
    await fireAt(T + 40 * MINUTE)
    expect((await steps()).slice(1)).toEqual([[joined, 1, 40]])
  })

  test('of which a rule takes the place of another at one moment is not paged for it; a higher one pages', async () => {
    const first = await raise('AT-01', 2)
    await fireAt(T)
    const swap = (from: string, ruleId: string, to: string, severity: Severity, when: number) =>
      inEngineTransaction(world.engine, when, (etx) =>
        settleAlerts(etx, [
          {
            ticketKey: KEY,
            regionCode: '320500',
            level: severity,
            steps: [
              {
                at: when,
                actions: [
                  { action: 'auto_resolve', alertId: from, ruleId, reason: 'absorbed' },
                  { action: 'open', ruleId: to, severity, facts: {}, suppressedBy: null },
                ],
              },
            ],
          },
        ]),
      )
    await swap(first, 'AT-01', 'AT-02', 2, T + 10 * MINUTE)
    const [second = ''] = await running()
    expect((await alertOf(second))['rule_id']).toBe('AT-02')
    await fireAt(T + 10 * MINUTE)
    expect(await steps()).toEqual([[first, 0, 0]])
    await swap(second, 'AT-02', 'AT-03', 3, T + 15 * MINUTE)
    await fireAt(T + 15 * MINUTE)
    expect((await steps()).slice(1)).toEqual([[(await running())[0], 0, 15]])
  })
})

describe('an acknowledgement', () => {
  test('by the card of the ticket answers all that it covers: same person, same instant, a line in each history', async () => {
    const ids = [await raise('AT-05', 1), await raise('AT-06', 2), await raise('AT-07', 3), await raise('AT-08', 3)]
    const carrier = ids[2] ?? ''
    await fireAt(T + 2 * MINUTE)
    await world.move(carrier, { move: 'ack', reason: '我来' }, leader)
    const lines = await world.rows("select alert_id::text as id, actor_id, at, reason, detail ->> 'with' as \"with\" from alert_transition where move = 'ack' order by 1")
    expect(lines).toEqual(ids.map((id) => ({ id, actor_id: leader.userId, at: T + 2 * MINUTE, reason: '我来', with: id === carrier ? null : carrier })))
    for (const [index, id] of ids.entries())
      expect(await alertOf(id)).toMatchObject({ state: 'acknowledged', acked_by: leader.userId, acked_severity: [1, 2, 3, 3][index] })
    expect(await running()).toEqual([])
    for (const id of ids) expect(await world.move(id, { move: 'ack' }, manager)).toMatchObject({ code: 'already_acknowledged', by: '组长' })
  })

  test('of a lower one leaves the higher one to be answered', async () => {
    const [low, high] = [await raise('AT-05', 2), await raise('AT-07', 3)]
    await world.move(low, { move: 'ack' }, leader)
    expect([(await alertOf(high))['state'], await running()]).toEqual(['open', [high]])
  })

  test('of two persons at once, by two alerts of one ticket, the first wins and the second is told', async () => {
    await ticketRow()
    const [one, two] = [await raise('AT-05', 3), await raise('AT-07', 3)]
    const results = await Promise.all([world.move(one, { move: 'ack' }, leader), world.move(two, { move: 'ack' }, manager)])
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results.find(({ ok }) => !ok)).toMatchObject({ code: 'already_acknowledged', by: results[0]?.ok ? '组长' : '经理' })
    expect(await world.rows('select distinct acked_by from alert')).toHaveLength(1)
  })
})

/** The row that everybody who changes the ticket's alerts locks. */
const ticketRow = () =>
  world.pool.query(
    `insert into ticket (ticket_key, province_code, region_code, region_path, kind, phenomenon_l2, status, is_valid, customer_key, accepted_at, is_overdue, fold, updated_at)
     values ($1, '32', '320500', '/00/32/320500/', 'complaint', 'x', 'processing', true, 'abcdefghijkl', to_timestamp($2::float8 / 1000), false, '{}', to_timestamp($2::float8 / 1000))`,
    [KEY, T],
  )

async function untilWaiting(sessions: number): Promise<void> {
  for (;;) {
    const [found] = await world.rows<{ n: number }>("select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
    if (found?.n === sessions) return
    await sleep(20)
  }
}

describe('two workers at one ticket', () => {
  test('that open alerts of it at the same time leave one ladder, and page for the higher one', async () => {
    await ticketRow()
    const opening = (ruleId: string, severity: Severity) => inEngineTransaction(world.engine, T, (etx) => openAlerts(etx, [specOf(ruleId, severity, T)]))
    const { other, first } = await inEngineTransaction(world.engine, T, async (etx) => {
      const [first] = await openAlerts(etx, [specOf('AT-02', 3, T)])
      const other = opening('AT-05', 2)
      await untilWaiting(1)
      return { other, first }
    })
    await other
    await fireAt(T)
    expect([await running(), await steps()]).toEqual([[first?.id], [[first?.id, 0, 0]]])
  })

  test('an answer and an alert that joins at the same time: what joins is covered, answered or not', async () => {
    await ticketRow()
    const first = await raise('AT-02', 3)
    await fireAt(T)
    const { joining } = await inEngineTransaction(world.engine, T + MINUTE, async (etx) => {
      await moveAlert(etx, first, { move: 'ack', reason: '' }, leader, 'desk')
      const joining = inEngineTransaction(world.engine, T + MINUTE, (other) => openAlerts(other, [specOf('AT-05', 3, T + MINUTE)]))
      await untilWaiting(1)
      return { joining }
    })
    await joining
    await fireAt(T + HOUR)
    expect([await running(), await steps()]).toEqual([[], [[first, 0, 0]]])
  })

  test('ladders that run since before a ticket had but one stop without a page, and are taken up again', async () => {
    const [low, high] = [await raise('AT-05', 2), await raise('AT-02', 3)]
    await world.pool.query(
      'insert into escalation (alert_id, severity, ladder_version, started_at, next_step, due_at) select id, severity, 1, opened_at, 0, opened_at from alert where id = $1',
      [low],
    )
    await fireAt(T)
    expect([await running(), await steps()]).toEqual([[high], [[high, 0, 0]]])
    await world.move(high, { move: 'retract' })
    expect(await running()).toEqual([low])
  })
})
