import { describe, expect, test } from 'vitest'
import { ENGINE_SCOPE, scopeOf } from '../../core/domain/access.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import { loadCards, loadDetail } from '../../core/engine/alert-card.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { loadAlert, lockAlerts, updateAlerts } from '../../core/store/alert-store.ts'
import { T } from '../support/alert-builders.ts'
import { type AlertWorld, alertWorld, SPEC } from '../support/alert-world.ts'

const TICKET = { kind: 'abnormal', ruleId: 'AT-02', severity: 2, ticketKey: '32:eoms:T1' } as const
const at32 = (world: AlertWorld) => scopeOf(world.engine.tree.get('32')!)
const transitions = (world: AlertWorld, id: string) =>
  world.rows<{
    move: string
    from_state: string | null
    to_state: string
    actor_kind: string
    actor_id: string | null
    reason: string
    client: string
    at: number
  }>('select * from alert_transition where alert_id = $1 order by id', [id])

describe('the record', () => {
  test('is append-only: a line can be neither changed nor deleted', async () => {
    const world = await alertWorld(T)
    await world.raise()
    await expect(world.pool.query("update alert_transition set reason = 'another'")).rejects.toThrow('append-only')
    await expect(world.pool.query('delete from alert_transition')).rejects.toThrow('append-only')
  })

  test('is the only way: every state that was ever stored has the move that led to it', async () => {
    const world = await alertWorld(T)
    const alert = await world.raise()
    const manager = await world.user('duty_manager', '32')
    const other = await world.user('duty_manager', '32', '另一位')
    for (const [request, actor] of [
      [{ move: 'ack' }, manager],
      [{ move: 'handle_start' }, manager],
      [{ move: 'note' }, other],
      [{ move: 'mitigate' }, undefined],
      [{ move: 'relapse' }, undefined],
      [{ move: 'mitigate' }, undefined],
      [{ move: 'resolve' }, other],
      [{ move: 'reopen_alert' }, manager],
      [{ move: 'auto_resolve' }, undefined],
      [{ move: 'close' }, other],
    ] as const) {
      world.clock.advance(MINUTE)
      expect((await world.move(alert.id, request, actor)).ok, request.move).toBe(true)
    }
    const lines = await transitions(world, alert.id)
    expect(lines.map((line) => line.to_state)).toEqual([
      'open',
      'acknowledged',
      'handling',
      'handling',
      'mitigated',
      'handling',
      'mitigated',
      'resolved',
      'handling',
      'resolved',
      'closed',
    ])
    lines.slice(1).forEach((line, index) => {
      expect(line.from_state).toBe(lines[index]?.to_state)
    })
    expect(await loadAlert(world.pool, alert.id)).toMatchObject({ state: 'closed', relapseCount: 1, version: 10 })
  })

  test('a stale writer is refused by the version even without the lock', async () => {
    const world = await alertWorld(T)
    const alert = await world.raise()
    await inTransaction(world.pool, async (tx) => {
      const [held] = await lockAlerts(tx, [alert.id])
      const change = { after: { ...held!, version: 2 }, expectedVersion: 1 }
      expect(await updateAlerts(tx, [change])).toEqual([])
      expect(await updateAlerts(tx, [change])).toEqual([alert.id])
    })
  })

  test('an alert cannot be reopened beside a newer one of the same rule and ticket', async () => {
    const world = await alertWorld(T)
    const old = await world.raise(TICKET)
    await world.move(old.id, { move: 'auto_resolve' })
    const newer = await world.raise(TICKET)
    expect(await world.move(old.id, { move: 'reopen_alert' }, await world.user('duty_manager', '32'))).toMatchObject({
      ok: false,
      code: 'illegal_move',
      detail: `alert ${newer.id} is open for the same rule and ticket`,
    })
  })
})

describe('lists and details', () => {
  test('go by the next deadline, then by colour, and stay within the scope', async () => {
    const world = await alertWorld(T)
    const late = await world.raise({ severity: 1, openedAt: T + HOUR })
    const yellow = await world.raise({ severity: 2 })
    const red = await world.raise({ severity: 4 })
    const done = await world.raise({ severity: 4 })
    await world.move(done.id, { move: 'mitigate' })
    const foreign = await world.raise({ regionCode: '330100' })
    const ended = await world.raise(TICKET)
    await world.move(ended.id, { move: 'retract' })
    expect((await loadCards(world.pool, at32(world), { isLive: true })).map((card) => card.id)).toEqual([red.id, yellow.id, late.id, done.id])
    expect((await loadCards(world.pool, ENGINE_SCOPE, { isLive: true })).map((card) => card.id)).toContain(foreign.id)
    expect((await loadCards(world.pool, at32(world), { states: ['retracted'] })).map((card) => card.id)).toEqual([ended.id])
    expect((await loadCards(world.pool, at32(world), { minSeverity: 4, isLive: true, limit: 1 })).map((card) => card.id)).toEqual([red.id])
    expect(await loadCards(world.pool, at32(world), { kind: 'abnormal', isLive: true })).toEqual([])
  })

  test('a detail shows the ticket text only to roles that may see it, and nothing out of scope', async () => {
    const world = await alertWorld(T)
    await world.pool.query(
      `insert into ticket (ticket_key, province_code, region_code, region_path, kind, phenomenon_l2, status, is_valid, customer_key, accepted_at, is_overdue, fold, updated_at)
       values ('32:eoms:T1', '32', '320501', '/00/32/320500/320501/', 'complaint', 'broadband_down', 'processing', true, 'abcdefghijkl', $1::timestamptz, true,
               '{"ticketNo": "T-1", "contentText": "宽带上不了网"}', $1::timestamptz)`,
      [new Date(T)],
    )
    const alert = await world.raise({ ...TICKET, regionCode: '320501' })
    const [manager, auditor] = [await world.user('duty_manager', '32'), await world.user('auditor', '00')]
    const seen = await loadDetail(world.pool, at32(world), alert.id, { actor: manager, at: T })
    expect(seen).toMatchObject({
      card: { id: alert.id, ticketNo: 'T-1', phenomenon: 'broadband_down', ticketCount: 1, customerCount: 1 },
      ticketTotal: 1,
      facts: SPEC.facts,
      parameters: SPEC.parameters,
      tickets: [{ ticketNo: 'T-1', contentText: '宽带上不了网', customerShort: 'abcdefgh', isOverdue: true, acceptedAt: T }],
      timeline: [{ move: 'open', actorKind: 'engine', actorName: null }],
      allowedMoves: expect.arrayContaining(['ack', 'note']),
      deliveries: [],
      readings: [],
      ruleVersion: 1,
      ladderVersion: 1,
    })
    const audited = await loadDetail(world.pool, ENGINE_SCOPE, alert.id, { actor: auditor, at: T })
    expect(audited).toMatchObject({ tickets: [{ contentText: null, customerShort: null }], allowedMoves: [] })
    expect(await loadDetail(world.pool, scopeOf(world.engine.tree.get('33')!), alert.id, { actor: manager, at: T })).toBeUndefined()
    expect(await loadDetail(world.pool, ENGINE_SCOPE, 'x', { actor: manager, at: T })).toBeUndefined()
  })
})
