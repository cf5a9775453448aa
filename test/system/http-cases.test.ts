import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAlert } from '../../core/engine/alert-life.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { type ServerWorld, serverWorld } from '../support/server.ts'

let world: ServerWorld
beforeAll(async () => {
  world = await serverWorld()
  await world.addUser('manager', 'duty_manager', '32')
  await world.addUser('agent', 'duty_agent', '32')
  await world.addUser('auditor', 'auditor', '00')
  await world.addUser('far', 'duty_manager', '33')
})
afterAll(async () => { await world?.stop() })

/** A live case at a place, with tickets of these regions, two of each for one customer. */
async function aCase(regionCode: string, matter: string, regions: readonly string[] = []): Promise<string> {
  const now = systemClock.now()
  const alert = await inEngineTransaction(world.engine, now, (etx) => openAlert(etx, {
    kind: 'risk', ruleId: 'MR-01', severity: 2, ticketKey: null, regionCode, facts: {}, parameters: {}, ruleVersion: 1, openedAt: now, suppressedBy: null,
  }))
  await world.pool.query('insert into risk_case (alert_id, matter, first_true_at, last_true_at) values ($1, $2, now(), now())', [alert.id, matter])
  await world.pool.query(
    `insert into risk_member (alert_id, rule_id, region_code, tick_at, level, value, reason) values ($1, 'MR-01', $2, now(), 2, 60, '{"why":"threshold","thresholds":[20,60,200,600]}')`,
    [alert.id, regionCode],
  )
  for (const [index, region] of regions.entries()) {
    const path = world.engine.tree.get(region)?.path
    for (const copy of ['a', 'b']) {
      const key = `32:eoms:${alert.id}-${index}-${copy}`
      await world.pool.query(
        `insert into ticket (ticket_key, province_code, kind, status, region_code, region_path, phenomenon_l2, accepted_at, customer_key, is_valid, is_overdue, fold, updated_at)
         values ($1, '32', 'complaint', 'accepted', $2, $3, $4, now(), $5, true, false, '{}', now())`,
        [key, region, path, matter, `${alert.id}-${index}`],
      )
      await world.pool.query('insert into case_ticket values ($1, $2, now())', [alert.id, key])
    }
  }
  return alert.id
}

const as = async (login: string) => {
  const caller = await world.signIn(login)
  return (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => world.call(caller, method, `/api/v1/cases/${path}`, body)
}
const errorOf = ({ status, body }: { status: number; body: { error: { code: string; field?: string } } }) => [status, body.error.code, body.error.field]

describe('a case', () => {
  test('shows its scope in tickets and distinct customers, and its readings beside their thresholds', async () => {
    const id = await aCase('32', '断网', ['320500', '320500', '320100'])
    const { status, body } = await (await as('manager'))('GET', id)
    expect(status).toBe(200)
    expect(body.places.map(({ code, depth, tickets, customers }: Record<string, unknown>) => [code, depth, tickets, customers])).toEqual([
      ['32', 0, 6, 3],
      ['320100', 1, 2, 1],
      ['320500', 1, 4, 2],
    ])
    // 2 of 3 customers are 66.7 %: less than the 70 % that would take the case down to the city (domain.md 5.1).
    expect(body.grounds).toEqual({ kind: 'spread', part: '320500', partCustomers: 2, customers: 3, share: 0.7 })
    expect(body.phenomena).toEqual([{ name: '断网', tickets: 6, customers: 3 }])
    expect(body.members).toMatchObject([{ ruleId: 'MR-01', value: 60, thresholds: [20, 60, 200, 600], regionNameZh: expect.any(String) }])
    expect((await (await as('far'))('GET', id)).status).toBe(404)
  })

  test('is merged into a candidate, and split again', async () => {
    const call = await as('manager')
    const one = await aCase('320500', '上不了网', ['320500'])
    const other = await aCase('32', '上不了网甲', ['320100', '320200'])
    const { body: found } = await call('GET', `${one}/merge-candidates?q=${encodeURIComponent('网甲')}`)
    expect(found.items.map(({ id }: { id: string }) => id)).toEqual([other])
    const merged = await call('POST', `${one}/merge`, { into: other, reason: '同一根因 13812345678' })
    expect([merged.status, merged.body.card.id, merged.body.card.ticketCount, merged.body.card.customerCount]).toEqual([200, other, 6, 3])
    expect(merged.text).toContain('138****5678')
    expect((await call('GET', one)).body.mergedInto).toBe(other)
    expect((await call('GET', other)).body.grounds).toMatchObject({ kind: 'by_hand' })
    const split = await call('POST', `${other}/split`, { regions: ['320500'], reason: '另一根因' })
    expect([split.status, split.body.card.regionCode, split.body.card.ticketCount]).toEqual([200, '320500', 2])
    expect((await call('GET', split.body.card.id)).body.splitFrom).toBe(other)
    expect((await call('GET', other)).body.places[0]).toMatchObject({ tickets: 4, customers: 2 })
  })

  test('says what is wrong with a merge or a split, with field and mend in both languages', async () => {
    const call = await as('manager')
    const id = await aCase('32', '甲', ['320100', '320500'])
    const far = await aCase('33', '乙')
    expect(errorOf(await call('POST', `${id}/merge`, { into: id, reason: 'x' }))).toEqual([409, 'same_case', 'into'])
    expect(errorOf(await call('POST', `${id}/merge`, { into: far, reason: 'x' }))).toEqual([404, 'case_not_found', 'into'])
    expect(errorOf(await call('POST', `${id}/merge`, { into: await aCase('32', '丙'), reason: ' ' }))).toEqual([422, 'reason_required', 'reason'])
    expect(errorOf(await call('POST', `${id}/split`, { reason: 'x' }))).toEqual([422, 'nothing_chosen', 'regions'])
    const foreign = await call('POST', `${id}/split`, { phenomena: ['丁'], reason: 'x' })
    expect(errorOf(foreign)).toEqual([422, 'not_of_case', 'phenomena'])
    expect(foreign.body.error).toMatchObject({ messageZh: expect.stringMatching(/\p{Script=Han}/u), messageEn: expect.stringMatching(/^[A-Z]/), mend: expect.stringContaining(' / ') })
    expect(errorOf(await call('POST', `${id}/split`, { regions: ['320100', '320500'], reason: 'x' }))).toEqual([409, 'nothing_left', undefined])
    expect(errorOf(await (await as('agent'))('POST', `${id}/split`, { regions: ['320100'], reason: 'x' }))).toEqual([403, 'role_may_not', undefined])
    const group = await world.addUser('group', 'group_ops', '00').then(() => as('group'))
    expect(errorOf(await group('POST', `${id}/merge`, { into: far, reason: 'x' }))).toEqual([409, 'other_province', 'into'])
  })
})

describe('measures and the line-to-take', () => {
  test('are kept with who and when, told in the timeline, and take nothing personal', async () => {
    const call = await as('manager')
    const id = await aCase('32', '戊')
    const dueAt = systemClock.now() + 3_600_000
    const added = await call('POST', `${id}/measures`, { what: '抢修光缆', owner: '网络部', dueAt })
    expect(added.body.measures).toMatchObject([{ what: '抢修光缆', owner: '网络部', dueAt, doneAt: null }])
    const measure = added.body.measures[0].id
    const done = await call('PUT', `${id}/measures/${measure}`, { isDone: true })
    expect(done.body.measures).toMatchObject([{ doneAt: expect.any(Number), doneByName: expect.any(String) }])
    await call('PUT', `${id}/measures/${measure}`, { isDone: true })
    expect((await call('PUT', `${id}/measures/${measure}`, { isDone: false })).body.measures[0].doneAt).toBeNull()
    const timeline = (await world.pool.query("select reason from alert_transition where alert_id = $1 and move = 'note' order by id", [id])).rows
    expect(timeline.map(({ reason }) => reason)).toEqual(['措施 Measure：抢修光缆（网络部）', '措施完成 Measure done：抢修光缆', '措施改为未完成 Measure not done：抢修光缆'])
    for (const body of [{ what: '回访 13812345678', owner: '网络部', dueAt }, { what: '回访', owner: 'a@b.cn', dueAt }]) {
      const refused = await call('POST', `${id}/measures`, body)
      expect(errorOf(refused)).toEqual([422, 'personal_data', body.owner === '网络部' ? 'what' : 'owner'])
      expect(refused.text).not.toContain('13812345678')
    }
    expect(errorOf(await (await as('auditor'))('PUT', `${id}/measures/${measure}`, { isDone: true }))).toEqual([403, 'role_may_not', undefined])
    expect((await call('PUT', `${id}/measures/999999`, { isDone: true })).status).toBe(404)
  })

  test('words are versions; who was late is told', async () => {
    const call = await as('manager')
    const id = await aCase('32', '己')
    expect((await call('PUT', `${id}/line`, { text: '正在抢修', version: 0 })).body.lines.map(({ version, text }: Record<string, unknown>) => [version, text])).toEqual([[1, '正在抢修']])
    expect(errorOf(await call('PUT', `${id}/line`, { text: '已恢复', version: 0 }))).toEqual([409, 'newer_version', 'version'])
    expect((await call('PUT', `${id}/line`, { text: '已恢复', version: 1 })).body.lines.map(({ version }: Record<string, unknown>) => version)).toEqual([2, 1])
    expect(errorOf(await call('PUT', `${id}/line`, { text: '请拨 13812345678', version: 2 }))).toEqual([422, 'personal_data', 'text'])
    expect(errorOf(await call('PUT', `${id}/line`, { text: '  ', version: 2 }))).toEqual([422, 'empty_text', 'text'])
  })
})
