import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KpiAnswer } from '../../core/contract/kpi.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { at } from '../support/builders.ts'
import { type Caller, type ServerWorld, serverWorld } from '../support/server.ts'

const clock = new ManualClock(at('2026-06-10 12:00'))
let world: ServerWorld
let [manager, auditor, zhejiang, exec]: Caller[] = []

beforeAll(async () => {
  world = await serverWorld({ clock })
  for (const [login, role, code] of [['js', 'duty_manager', '32'], ['sj', 'auditor', '32'], ['zj', 'duty_manager', '33'], ['ex', 'exec', '32']] as const) await world.addUser(login, role, code)
  ;[manager, auditor, zhejiang, exec] = [await world.signIn('js'), await world.signIn('sj'), await world.signIn('zj'), await world.signIn('ex')]
}, 60_000)
afterAll(async () => { await world?.stop() })

const call = (caller: Caller | undefined, method: 'GET' | 'POST', path: string, body?: unknown) => world.call(caller as Caller, method, `/api/v1${path}`, body)
const missed = async () => {
  const { series } = (await call(manager, 'GET', '/kpi?weeks=1')).body as KpiAnswer
  return series.find(({ id }) => id === 'K-82')?.weeks[0]?.figure
}
const ENTRY = { region: '320500', foundAt: '2026-06-09T09:00:00+08:00', foundBy: 'press', matter: '媒体报道宽带大面积中断，联系13800001111', ruleId: 'MR-09' }

describe('risks that others found first', () => {
  test('count where and when they were found, masked, until the entry is withdrawn with a reason; both stay to be seen', async () => {
    expect(await missed()).toMatchObject({ value: null, status: 'no_data' })
    const made = await call(auditor, 'POST', '/missed-risks', ENTRY)
    expect([made.status, made.body]).toEqual([201, expect.objectContaining({ regionCode: '320500', foundAt: at('2026-06-09 09:00'), foundBy: 'press', ruleId: 'MR-09', withdrawnAt: null })])
    expect(made.text).not.toContain('13800001111')
    expect(await missed()).toMatchObject({ numerator: 1, value: 1, status: 'ok' })
    const { id } = made.body as { id: string }
    expect((await call(zhejiang, 'POST', `/missed-risks/${id}/withdraw`, { reason: '与我省无关' })).status).toBe(404)
    expect((await call(manager, 'POST', `/missed-risks/${id}/withdraw`, { reason: '  ' })).status).toBe(400)
    expect((await call(manager, 'POST', `/missed-risks/${id}/withdraw`, { reason: '同一事件已有案件' })).body).toMatchObject({ withdrawnAt: clock.now(), withdrawnReason: '同一事件已有案件' })
    expect((await call(manager, 'POST', `/missed-risks/${id}/withdraw`, { reason: '另一理由' })).body).toMatchObject({ withdrawnReason: '同一事件已有案件' })
    expect(await missed()).toMatchObject({ value: null, status: 'no_data' })
    expect((await call(manager, 'GET', '/missed-risks')).body).toMatchObject({ items: [{ id, withdrawnReason: '同一事件已有案件' }] })
    expect((await call(zhejiang, 'GET', '/missed-risks')).body).toEqual({ items: [] })
  })

  test('are refused by field where they cannot be true, and by role', async () => {
    for (const [body, field] of [
      [{ ...ENTRY, foundAt: '2026-06-10T12:00:00.001+08:00' }, 'foundAt'], [{ ...ENTRY, foundAt: 'yesterday, in the morning' }, 'foundAt'],
      [{ ...ENTRY, foundBy: 'nobody' }, 'foundBy'], [{ ...ENTRY, ruleId: 'MR-99' }, 'ruleId'], [{ ...ENTRY, matter: ' \t ' }, 'matter'],
    ] as const) {
      const answer = await call(manager, 'POST', '/missed-risks', body)
      expect([answer.status, answer.text], field).toEqual([400, expect.stringContaining(field)])
    }
    expect((await call(manager, 'POST', '/missed-risks', { ...ENTRY, foundAt: '2026-06-10T12:00:00+08:00' })).status).toBe(201)
    expect((await call(manager, 'POST', '/missed-risks', { ...ENTRY, region: '330100' })).status).toBe(404)
    expect((await call(exec, 'POST', '/missed-risks', ENTRY)).status).toBe(403)
  })
})
