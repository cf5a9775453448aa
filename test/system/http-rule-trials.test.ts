import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RuleTrialList, RuleTrialResult, RuleTrialShown } from '../../core/contract/rule-trials.ts'
import { ENGINE_SCOPE, scopeOf } from '../../core/domain/access.ts'
import { DAY, SECOND } from '../../core/domain/time.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { loadAudit } from '../../core/store/audit-store.ts'
import { drainIngest } from '../../workers/ingest.ts'
import { runTimers } from '../../workers/timers.ts'
import { at } from '../support/builders.ts'
import { anItemAt } from '../support/items.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'

const NOW = at('2026-06-01 12:00')
const clock = new ManualClock(NOW)
let world: ServerWorld
const callers: Record<string, Caller> = {}
beforeAll(async () => {
  world = await serverWorld({ clock })
  const root = world.tree.root.code
  for (const [login, role, region] of [['root', 'admin', root], ['cs-32', 'province_cs_dept', '32'], ['agent-32', 'duty_agent', '32'], ['agent-33', 'duty_agent', '33']] as const) {
    await world.addUser(login, role, region)
    callers[login] = await world.signIn(login)
  }
})
afterAll(() => world.stop())

const call = (login: string, method: string, path: string, body?: unknown) => world.call(callers[login] as Caller, method, `/api/v1/${path}`, body)
const start = (login: string, id: string, body: object = {}) => call(login, 'POST', `abnormal-rules/${id}/trials`, { reason: '先试后用 try first', endsAt: NOW + 7 * DAY, ...body })
const listed = async (login: string) => (await call(login, 'GET', 'rule-trials')).body.items.map(({ id }: RuleTrialShown) => id)

describe('trials over HTTP', () => {
  test.each([
    ['without a reason', 'root', 'AT-08', { reason: '' }, 400, 'invalid_request'],
    ['with a date that has passed', 'root', 'AT-08', { endsAt: NOW }, 400, 'bad_rule'],
    ['for longer than 90 days', 'root', 'AT-08', { endsAt: NOW + 91 * DAY }, 400, 'bad_rule'],
    ['with a value out of range', 'root', 'AT-08', { values: { A1: -1 } }, 400, 'bad_rule'],
    ['with an owner who has no account', 'root', 'AT-08', { owner: 'nobody' }, 400, 'unknown_owner'],
    ['of a rule that is none', 'root', 'AT-99', {}, 404, 'not_found'],
    ['of the group by a province', 'cs-32', 'AT-08', {}, 403, 'whole_tree_only'],
    ['in another province', 'cs-32', 'AT-08', { scope: '33' }, 404, 'region_not_found'],
    ['by an agent', 'agent-32', 'AT-08', { scope: '32' }, 403, 'not_allowed'],
  ])('none begins %s', async (_, login, id, body, status, code) => {
    const answer = await start(login, id, body)
    expect([answer.status, answer.body.error.code]).toEqual([status, code])
    expect(await listed('root')).toEqual([])
  })

  test('one runs: judged at once, seen by those of its place, counted in the tickets of who looks, and nobody is paged', async () => {
    const item = (id: string, province: string, region: string) => anItemAt('created', '06-01 11:00', { region_code: region }, { ticket_id: id, event_id: id, province_code: province })
    await acceptEvents(world.engine, [item('A', '32', '320500'), item('B', '32', '320100'), item('C', '33', '330100')], { source: 'test', scope: ENGINE_SCOPE, now: NOW })
    await drainIngest(world.engine, clock)
    const group = await start('root', 'AT-08', { values: { A1: 20 } })
    expect([...Value.Errors(RuleTrialShown, group.body)]).toEqual([])
    expect([group.status, group.body]).toMatchObject([201, { ruleId: 'AT-08', scope: '00', values: { A1: 20, A2: 120, A3: 240 }, owner: 'root', startedAt: NOW, endsAt: NOW + 7 * DAY, endedAt: null, mayStop: true }])
    const own = await start('cs-32', 'AT-09', { scope: '32', owner: 'agent-32' })
    expect(own.body).toMatchObject({ scope: '32', owner: 'agent-32', startedBy: 'cs-32' })
    expect((await start('root', 'AT-08')).body.error.code).toBe('trial_running')
    await runTimers(world.engine, clock.advance(SECOND))
    const result = async (login: string, id: string) => (await call(login, 'GET', `rule-trials/${id}`)).body
    expect([...Value.Errors(RuleTrialResult, await result('root', group.body.id))]).toEqual([])
    const counts = async (login: string) => { const { onlyTrial, both, onlyLive, holding } = await result(login, group.body.id); return [onlyTrial, both, onlyLive, holding] }
    expect([await counts('root'), await counts('agent-32'), await counts('agent-33')]).toEqual([[3, 0, 0, 3], [2, 0, 0, 2], [1, 0, 0, 1]])
    expect([await listed('agent-32'), await listed('agent-33')]).toEqual([[own.body.id, group.body.id], [group.body.id]])
    expect((await call('agent-33', 'GET', `rule-trials/${own.body.id}`)).status).toBe(404)
    expect([...Value.Errors(RuleTrialList, (await call('agent-32', 'GET', 'rule-trials')).body)]).toEqual([])
    expect((await world.pool.query('select (select count(*) from alert)::int + (select count(*) from outbox)::int as n')).rows[0]).toEqual({ n: 0 })
    const lines = await loadAudit(world.pool, scopeOf(world.tree.root), null, 2)
    expect(lines.map(({ action, subject }) => [action, subject])).toEqual([['rule_trial_started', 'AT-09'], ['rule_trial_started', 'AT-08']])
  })

  test('it is stopped by who may change the rules there, and keeps what it has found', async () => {
    const [own, group] = await listed('agent-32')
    expect((await call('cs-32', 'POST', `rule-trials/${group}/stop`)).status).toBe(403)
    expect((await call('agent-32', 'POST', `rule-trials/${own}/stop`)).status).toBe(403)
    expect((await call('cs-32', 'POST', `rule-trials/${own}/stop`)).body).toMatchObject({ endedAt: clock.now(), stoppedBy: 'cs-32', mayStop: false })
    const stopped = await call('root', 'POST', `rule-trials/${group}/stop`)
    expect(stopped.body).toMatchObject({ endedAt: clock.now(), stoppedBy: 'root' })
    clock.advance(3600 * SECOND)
    expect((await call('root', 'POST', `rule-trials/${group}/stop`)).body).toEqual(stopped.body)
    expect((await call('root', 'GET', `rule-trials/${group}`)).body).toMatchObject({ onlyTrial: 3, byLevel: [{ key: '1', trial: 3, live: 0 }] })
    expect((await start('root', 'AT-08', { endsAt: clock.now() + DAY })).status).toBe(201)
  })
})

describe('trials of risk rules over HTTP', () => {
  const begin = (login: string, id: string, body: object = {}) => call(login, 'POST', `risk-rules/${id}/trials`, { reason: '先试后用 try first', endsAt: clock.now() + 7 * DAY, ...body })

  test.each<[string, string, string, object, number, string, string?]>([
    ['with a date that has passed', 'root', 'MR-01', { endsAt: NOW }, 400, 'bad_rule', 'endsAt'],
    ['with thresholds that fall', 'root', 'MR-01', { values: { 'batch.city': [9, 8, 7, 6] } }, 400, 'bad_rule', 'batch.city'],
    ['with another rule’s parameter', 'root', 'MR-01', { values: { 'surge.z': [3, 5, 8, 12] } }, 400, 'bad_rule', 'surge.z'],
    ['in a province with what is one for all', 'cs-32', 'MR-19', { scope: '32', values: { 'redLine.hours': 12 } }, 400, 'bad_rule', 'redLine.hours'],
    ['in a province of what looks at all provinces', 'cs-32', 'MR-18', { scope: '32' }, 400, 'bad_rule', 'scope'],
    ['with an owner who has no account', 'root', 'MR-01', { owner: 'nobody' }, 400, 'unknown_owner', 'owner'],
    ['of a rule that is none', 'root', 'MR-99', {}, 404, 'not_found'],
    ['of what all rules go by', 'root', 'common', {}, 404, 'not_found'],
    ['of the group by a province', 'cs-32', 'MR-01', {}, 403, 'whole_tree_only', 'scope'],
    ['in another province', 'cs-32', 'MR-01', { scope: '33' }, 404, 'region_not_found'],
    ['by an agent', 'agent-32', 'MR-01', { scope: '32' }, 403, 'not_allowed'],
  ])('none begins %s', async (_, login, id, body, status, code, field) => {
    const before = await listed('root')
    const answer = await begin(login, id, body)
    expect([answer.status, answer.body.error.code]).toEqual([status, code])
    if (field !== undefined) expect(answer.body.error.field).toBe(field)
    expect(await listed('root')).toEqual(before)
  })

  test('one runs, with what is left out as in force, seen by its province, once at a time, until it is stopped', async () => {
    const started = await begin('cs-32', 'MR-01', { scope: '32', values: { 'batch.city': [40, 50, 100, 300] } })
    expect([...Value.Errors(RuleTrialShown, started.body)]).toEqual([])
    expect([started.status, started.body]).toMatchObject([201, { ruleId: 'MR-01', nameZh: '批量投诉', scope: '32', values: { 'batch.city': [40, 50, 100, 300], 'batch.province': [20, 60, 200, 600] }, owner: 'cs-32', endedAt: null }])
    expect((await begin('root', 'MR-01', { scope: '32' })).body.error.code).toBe('trial_running')
    const path = `rule-trials/${started.body.id}`
    const result = await call('agent-32', 'GET', path)
    expect([...Value.Errors(RuleTrialResult, result.body)]).toEqual([])
    expect(result.body).toMatchObject({ onlyTrial: 0, both: 0, onlyLive: 0, holding: 0, byLevel: [], byDay: [] })
    expect((await call('agent-33', 'GET', path)).status).toBe(404)
    expect((await call('cs-32', 'POST', `${path}/stop`)).body).toMatchObject({ stoppedBy: 'cs-32' })
    const lines = (await world.pool.query("select action, subject from audit_log where subject = 'MR-01' order by id")).rows
    expect(lines).toEqual([{ action: 'rule_trial_started', subject: 'MR-01' }, { action: 'rule_trial_stopped', subject: 'MR-01' }])
  })
})
