import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CalendarYearAnswer } from '../../core/contract/calendar.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { scopeOf } from '../../core/domain/access.ts'
import { loadAudit } from '../../core/store/audit-store.ts'
import { runSweep } from '../../workers/sweep.ts'
import { at } from '../support/builders.ts'
import { type Caller, NOBODY, type ServerWorld, serverWorld } from '../support/server.ts'

const NOW = at('2026-11-16 10:00')
const YEAR = {
  year: 2027,
  off: [
    { from: '2027-01-01', to: '2027-01-03', nameZh: '元旦', nameEn: 'New Year' },
    { from: '2027-02-05', to: '2027-02-11', nameZh: '春节', nameEn: 'Spring Festival' },
  ],
  worked: ['2027-02-14'],
  reason: '国办发明电〔2026〕1号',
}

let world: ServerWorld
let steward: Caller
let agent: Caller
beforeAll(async () => {
  world = await serverWorld({ clock: new ManualClock(NOW) })
  await world.addUser('steward', 'data_steward', world.tree.root.code)
  await world.addUser('steward-32', 'data_steward', '32')
  await world.addUser('agent-32', 'duty_agent', '32')
  steward = await world.signIn('steward')
  agent = await world.signIn('agent-32')
})
afterAll(() => world.stop())

describe('the calendar over HTTP', () => {
  test('shows this year to everybody who is signed in', async () => {
    const answer = await world.call(agent, 'GET', '/api/v1/calendar')
    expect([...Value.Errors(CalendarYearAnswer, answer.body)]).toEqual([])
    expect(answer.body).toMatchObject({ year: 2026, isLoaded: true, workdays: 248, loadedYears: [2026], version: 1 })
    expect((await world.call(agent, 'GET', '/api/v1/calendar?year=2027')).body).toMatchObject({ isLoaded: false, workdays: null, off: [] })
    expect((await world.call(NOBODY, 'GET', '/api/v1/calendar')).status).toBe(401)
    expect((await world.call(agent, 'GET', '/api/v1/calendar?year=soon')).status).toBe(400)
  })

  test.each([
    ['a worked day that is off', { ...YEAR, worked: ['2027-01-02'] }, 'worked[0]'],
    ['a date that does not exist', { ...YEAR, worked: ['2027-02-30'] }, 'worked[0]'],
    ['a year far away', { ...YEAR, year: 3000 }, 'year'],
  ])('refuses %s by name, and changes nothing', async (_, body, field) => {
    const answer = await world.call(steward, 'POST', '/api/v1/calendar', body)
    expect(answer.status).toBe(400)
    expect(answer.body.error).toMatchObject({ code: 'bad_calendar', field })
    expect(answer.body.error.expected).toMatch(/ \/ /)
    expect((await world.call(agent, 'GET', '/api/v1/calendar')).body.version).toBe(1)
  })

  test('refuses a province’s steward, an agent and a body of another shape', async () => {
    const provincial = await world.call(await world.signIn('steward-32'), 'POST', '/api/v1/calendar', YEAR)
    expect([provincial.status, provincial.body.error.code]).toEqual([403, 'whole_tree_only'])
    expect((await world.call(agent, 'POST', '/api/v1/calendar', YEAR)).status).toBe(403)
    expect((await world.call(steward, 'POST', '/api/v1/calendar', { ...YEAR, off: 'none' })).status).toBe(400)
  })

  const TAG = { tag: 'promotion', from: '2026-11-10', to: '2026-11-12', isOn: true, reason: '双11' }
  test.each([
    ['a date that does not exist', { ...TAG, from: '2026-11-31' }, 'from'],
    ['an end before the beginning', { ...TAG, to: '2026-11-09' }, 'to'],
    ['more days than an event has', { ...TAG, to: '2026-12-31' }, 'to'],
    ['an end that is no date', { ...TAG, to: 'soon' }, 'to'],
  ])('refuses to tag %s by name', async (_, body, field) => {
    const answer = await world.call(steward, 'POST', '/api/v1/calendar/tags', body)
    expect([answer.status, answer.body.error.code, answer.body.error.field]).toEqual([400, 'bad_calendar', field])
    expect(answer.body.error.mend).toMatch(/ \/ /)
  })

  test('tags days of a known event and takes the tag away again, for the root region only', async () => {
    expect((await world.call(steward, 'POST', '/api/v1/calendar/tags', { ...TAG, tag: 'rain' })).status).toBe(400)
    expect((await world.call(await world.signIn('steward-32'), 'POST', '/api/v1/calendar/tags', TAG)).status).toBe(403)
    const put = await world.call(steward, 'POST', '/api/v1/calendar/tags', TAG)
    expect(put.status).toBe(201)
    expect([...Value.Errors(CalendarYearAnswer, put.body)]).toEqual([])
    expect(put.body.tagged).toEqual(['2026-11-10', '2026-11-11', '2026-11-12'].map((date) => ({ date, tags: ['promotion'] })))
    await world.call(steward, 'POST', '/api/v1/calendar/tags', { ...TAG, tag: 'bill_day', to: '2026-11-10' })
    const off = await world.call(steward, 'POST', '/api/v1/calendar/tags', { ...TAG, isOn: false, reason: '不再促销，问13800001111' })
    expect((await world.call(steward, 'POST', '/api/v1/calendar/tags', { ...TAG, reason: '   ' })).body.error.code).toBe('no_reason')
    expect(off.body).toMatchObject({ workdays: 248, tagged: [{ date: '2026-11-10', tags: ['bill_day'] }] })
    const acts = await loadAudit(world.pool, scopeOf(world.tree.root), null, 10)
    expect(acts.find(({ action }) => action === 'calendar_tagged')).toMatchObject({ actor: 'steward', subject: '2026-11-10..2026-11-12', detail: { tag: 'promotion', isOn: false, reason: '不再促销，问138****1111' } })
    const { rows } = await world.pool.query("select reason from config_version where kind = 'calendar' order by version desc limit 1")
    expect(rows).toEqual([{ reason: '不再促销，问138****1111' }])
  })

  test('takes a year in, clears its alert, and writes down who did it', async () => {
    await runSweep(world.engine, NOW)
    const told = await world.call(agent, 'GET', '/api/v1/configuration-alerts')
    expect(told.body.items).toMatchObject([{ code: 'calendar_missing:2027', raisedAt: NOW }])
    const answer = await world.call(steward, 'POST', '/api/v1/calendar', YEAR)
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({ year: 2027, isLoaded: true, version: 5, loadedYears: [2026, 2027], worked: ['2027-02-14'] })
    expect((await world.call(agent, 'GET', '/api/v1/configuration-alerts')).body.items).toEqual([])
    expect((await world.call(agent, 'GET', '/api/v1/calendar?year=2027')).body.off).toEqual(YEAR.off)
    const acts = await loadAudit(world.pool, scopeOf(world.tree.root), null, 10)
    expect(acts.find(({ action }) => action === 'calendar_loaded')).toMatchObject({ actor: 'steward', subject: '2027', detail: { version: 5 } })
  })
})
