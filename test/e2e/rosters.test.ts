import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RosterAnswer, RostersAnswer } from '../../core/contract/rosters.ts'
import { describeInBrowser, screenshot } from '../support/browser.ts'
import { expectSound } from '../support/page-look.ts'
import { type RunningSystem, runSystem } from '../support/running-system.ts'
import { pageOf, until } from '../support/visit.ts'

const MANAGER = '/rosters/duty_manager/32'

describeInBrowser('the page of rosters', (browser) => {
  let system: RunningSystem
  let people: Map<string, string>
  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('day', '白班经理 / Day manager', 'duty_manager', '32')
    await system.addUser('night', '夜班经理 / Night manager', 'duty_manager', '32')
    await system.addUser('cs', '省客服 / Customer service', 'province_cs_dept', '32')
    await system.addUser('agent', '江苏坐席', 'duty_agent', '32')
    const { candidates } = (await system.get('cs', MANAGER)) as RosterAnswer
    people = new Map(candidates.map(({ name, userId }) => [name.split(' / ')[0] ?? '', userId]))
  }, 180_000)
  afterAll(async () => system?.stop())
  const id = (name: string) => people.get(name) ?? ''

  it('writes a roster, and shows who is on and every day of the week as the API has them', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'cs', '/rosters')
    await page.locator('[data-test=on-now-duty_manager] button').click()
    const form = page.locator('[data-test=roster-form]')
    await form.waitFor()
    expect(await page.locator('[data-test=on-now-duty_manager]').innerText()).toContain('未排班')
    await form.locator('[name=primary-0-0]').selectOption(id('白班经理'))
    await form.locator('[name=deputy-0-0]').selectOption(id('省客服'))
    await form.locator('[name=primary-1-0]').selectOption(id('夜班经理'))
    await form.locator('[name=grounds]').fill('本月排班')
    await form.locator('[type=submit]').click()
    await page.locator('[data-test=roster-told]').waitFor()
    await page.locator('[data-test=roster-days]').waitFor()
    const { items } = (await system.get('agent', '/rosters')) as RostersAnswer
    const now = items.find(({ role }) => role === 'duty_manager')?.now
    const name = now?.primary?.name.split(' / ')[0] ?? 'nobody'
    await page.locator('[data-test=on-now-duty_manager]', { hasText: name }).waitFor()
    expect(await page.locator('[data-test=roster-days] > li').count()).toBe(7)
    expect(await page.locator('[data-test=roster-history]').innerText()).toContain('本月排班')
    expect(errors).toEqual([])
    await context.close()
  })

  it('takes a leave, shows the gap with a sign and words, refuses what does not fit, and takes it back', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'cs', '/rosters')
    await page.locator('[data-test=roster-days]').waitFor()
    await page.locator('[data-test=roster-make] summary').click()
    const form = page.locator('[data-test=change-form]')
    await form.getByRole('button', { name: '请假' }).click()
    await form.locator('[name=primary]').selectOption(id('夜班经理'))
    const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10)
    await form.locator('[name=from]').fill(`${day(1)}T12:00`)
    await form.locator('[name=to]').fill(`${day(2)}T12:00`)
    await form.locator('[name=reason]').fill('年假')
    await form.locator('[type=submit]').click()
    await page.locator('[data-test=on-now-duty_manager]', { hasText: '1 段无人值班' }).waitFor()
    await page.locator('[data-test=roster]').getByRole('button', { name: '月' }).click()
    await until(() => page.locator('[data-test=roster-days] > li').count(), (count) => count >= 28)
    // The night of tomorrow may lie in the next month.
    if ((await page.locator('[data-test=roster-days] .gap').count()) === 0) await page.getByRole('button', { name: '向后' }).click()
    const gap = page.locator('[data-test=roster-days] .gap').first()
    await gap.waitFor()
    expect([await gap.innerText(), await gap.locator('svg').count()]).toEqual([expect.stringContaining('无人值班'), 1])
    await screenshot(page, 'rosters-month-zh', true)
    await form.getByRole('button', { name: '临时调整' }).click()
    await form.locator('[name=primary]').selectOption(id('夜班经理'))
    await form.locator('[type=date]').first().fill(day(1))
    await form.locator('select').first().selectOption({ index: 1 })
    await form.locator('[name=reason]').fill('试错')
    await form.locator('[type=submit]').click()
    expect(await form.locator('[role=alert]').innerText()).toContain('请假')
    await page.locator('[data-test=roster-changes]').getByRole('button', { name: '撤销' }).click()
    await page.locator('[name=withdraw]').fill('不休了')
    await page.keyboard.press('Enter')
    await page.locator('[data-test=on-now-duty_manager]:not(:has-text("段无人值班"))').waitFor()
    expect(errors.filter((error) => !error.includes('400'))).toEqual([])
    await context.close()
  })

  it('tells of a gap that has begun on the desk and on the wall, to the province and above', async () => {
    const { cookie, csrfToken } = await system.signIn('cs')
    const sent = async (method: string, path: string, body: unknown) => {
      const headers = { cookie, 'x-csrf-token': csrfToken, 'content-type': 'application/json' }
      const answer = await fetch(`${system.url}/api/v1/rosters/province_center_director/32${path}`, { method, headers, body: JSON.stringify(body) })
      expect(answer.ok, await answer.clone().text()).toBe(true)
    }
    const rotations = [{ kinds: ['day', 'night'], crews: [{ primary: id('夜班经理'), deputy: null }], anchor: '2026-01-01', turnDays: 1 }]
    await sent('PUT', '', { basedOn: 0, roster: { pattern: 'day_night', fromMinute: 480, toMinute: 1200, rotations }, reason: '代班' })
    const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10)
    await sent('POST', '/changes', { basedOn: 1, change: { kind: 'leave', userId: id('夜班经理'), from: `${day(-1)}T00:00`, to: `${day(2)}T00:00` }, reason: '病假' })
    for (const path of ['/desk', '/wall']) {
      const { page, errors, context } = await pageOf(system, browser(), 'agent', path)
      const note = page.locator('[data-test=configuration-note]')
      await note.waitFor({ timeout: 60_000 })
      expect(await note.innerText()).toMatch(/江苏.+：当前无人值班/)
      await screenshot(page, `roster-gap-${path.slice(1)}`)
      expect(errors).toEqual([])
      await context.close()
    }
    await sent('PUT', '', { basedOn: 2, roster: { pattern: 'day_night', fromMinute: 480, toMinute: 1200, rotations: [{ ...rotations[0], crews: [{ primary: id('省客服'), deputy: null }] }] }, reason: '改由客服部' })
  })

  it('is read by those who are called, without forms', async () => {
    const { page, context } = await pageOf(system, browser(), 'agent', '/rosters')
    await page.locator('[data-test=roster-days]').waitFor()
    expect(await page.locator('[data-test=roster-make], [data-test=roster-write]').count()).toBe(0)
    await context.close()
  })

  it.each(['zh', 'en'] as const)('fits a desktop and a telephone in %s, without a serious fault for assistive technology', async (language) => {
    for (const [width, height] of [[1440, 900], [390, 844]] as const) {
      const { page, errors, context } = await pageOf(system, browser(), 'cs', `/rosters?lang=${language}`)
      await page.setViewportSize({ width, height })
      await page.locator('[data-test=roster-days]').waitFor()
      await page.locator('[data-test=roster-make] summary').click()
      await page.locator('[data-test=roster-write] summary').click()
      await expectSound(page, `rosters-${width}x${height}-${language}`)
      expect(errors).toEqual([])
      await context.close()
    }
  })
})
