import { expect } from 'vitest'
import type { ReviewBody } from '../../core/contract/reviews.ts'
import { EMPTY_CONTENT } from '../../core/domain/review/content.ts'
import { HOUR, MINUTE } from '../../core/domain/time.ts'
import type { Severity } from '../../core/domain/vocabulary.ts'
import { moveAlert, openAlert } from '../../core/engine/alert-life.ts'
import type { EngineTx } from '../../core/engine/context.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import type { ManualClock } from '../../core/platform/clock.ts'
import { insertCase } from '../../core/store/case-store.ts'
import { type Answer, type ServerWorld, serverWorld } from './server.ts'

const PEOPLE = [
  ['agent', 'duty_agent', '32'], ['leader', 'duty_leader', '32'], ['manager', 'duty_manager', '32'], ['dept', 'province_cs_dept', '32'], ['handler', 'province_cs_dept', '32'],
  ['city', 'city_owner', '320500'], ['group', 'group_cs_dept', '00'], ['elsewhere', 'duty_manager', '33'], ['auditor', 'auditor', '00'], ['steward', 'data_steward', '32'],
] as const

/** A review that says what the short form asks for, and one that says what the full one does. */
export const SHORT: ReviewBody = { ...EMPTY_CONTENT, earlier: 'no', late: 'no', falseAlarm: 'no', causes: [{ depth: 0, text: '光缆中断' }, { depth: 1, text: '施工挖断' }], wrong: '通知晚', noMeasures: '已有措施' }
export const FULL: ReviewBody = { ...SHORT, behaviour: '首次预警后 5 分钟确认', right: '升级及时', refunds: '无', rules: '不需要', line: '正在抢修' }

/** A server with the people who write and sign reviews, and cases that end when a test says so. */
export interface ReviewScene {
  readonly world: ServerWorld
  readonly call: (login: string, method: string, path: string, body?: object) => Promise<Answer>
  readonly ofReview: (login: string, id: string, path?: string, body?: object) => Promise<Answer>
  readonly opened: (severity: Severity, matter: string, given?: { regionCode?: string; openedAt?: number }) => Promise<string>
  /** Has the handler acknowledge and resolve a case at the clock's time. */
  readonly end: (id: string) => Promise<void>
  readonly ended: ReviewScene['opened']
  readonly stateOf: (id: string) => Promise<string>
  /** Alerts about a case's review, by their rule. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into rows of every shape
  readonly told: (ruleId: string, caseId: string) => Promise<any[]>
  /** The roles that each step for an alert called. */
  readonly calls: (alertId: string) => Promise<string[][]>
}

export async function reviewScene(clock: ManualClock): Promise<ReviewScene> {
  const world = await serverWorld({ clock })
  const ids: Record<string, string> = {}
  for (const [login, role, region] of PEOPLE) ids[login] = await world.addUser(login, role, region)
  const engineAt = <T>(now: number, act: (etx: EngineTx) => Promise<T>) => inEngineTransaction(world.engine, now, act)
  const call: ReviewScene['call'] = async (login, method, path, body) => world.call(await world.signIn(login), method, `/api/v1${path}`, body)
  const opened: ReviewScene['opened'] = (severity, matter, { regionCode = '320500', openedAt = clock.now() - 2 * HOUR } = {}) =>
    engineAt(openedAt, async (etx) => {
      const alert = await openAlert(etx, { kind: 'risk', ruleId: 'MR-01', severity, ticketKey: null, regionCode, facts: {}, parameters: {}, ruleVersion: 1, openedAt, suppressedBy: null })
      await insertCase(etx.tx, { alertId: alert.id, matter: { kind: 'phenomenon', name: matter }, firstTrueAt: openedAt - MINUTE })
      return alert.id
    })
  const end = async (id: string) => {
    const actor = { kind: 'user', userId: ids['handler'] ?? '', name: 'handler', role: 'province_cs_dept', regionPath: '/00/32/' } as const
    await engineAt(clock.now(), (etx) => moveAlert(etx, id, { move: 'ack', reason: '' }, actor, 'test'))
    expect((await engineAt(clock.now(), (etx) => moveAlert(etx, id, { move: 'resolve', reason: '光缆修复' }, actor, 'test'))).ok).toBe(true)
  }
  return {
    world, call, opened, end,
    ofReview: (login, id, path = '', body) => call(login, body === undefined ? 'GET' : 'POST', `/cases/${id}/review${path}`, body),
    async ended(severity, matter, given) {
      const id = await opened(severity, matter, given)
      await end(id)
      return id
    },
    stateOf: async (id) => (await world.pool.query<{ state: string }>('select state from alert where id = $1', [id])).rows[0]?.state ?? '',
    told: async (ruleId, caseId) => (await world.pool.query("select id::text, severity, state, opened_at, facts from alert where rule_id = $1 and facts ->> 'caseId' = $2 order by id", [ruleId, caseId])).rows,
    calls: async (alertId) =>
      (await world.pool.query<{ roles: string[] }>(`select (select array_agg(t ->> 'role') from jsonb_array_elements(s.targets -> 'told') t) as roles from escalation_step s join escalation e on e.id = s.escalation_id where e.alert_id = $1 order by s.step`, [alertId])).rows.map(({ roles }) => roles),
  }
}
