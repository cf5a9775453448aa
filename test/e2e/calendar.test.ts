import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CalendarYearAnswer } from '../../core/contract/calendar.ts'
import { describeInBrowser, screenshot } from '../support/browser.ts'
import { expectSound } from '../support/page-look.ts'
import { type RunningSystem, runSystem } from '../support/running-system.ts'
import { pageOf } from '../support/visit.ts'

describeInBrowser('the page of the calendar', (browser) => {
  let system: RunningSystem
  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('steward', '数据管理员', 'data_steward', '00')
    await system.addUser('agent', '江苏坐席', 'duty_agent', '32')
  }, 180_000)
  afterAll(async () => system?.stop())

  it('shows the days as the API has them, tags days of a known event and takes the tag away', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'steward', '/calendar')
    await page.getByRole('button', { name: '2026', exact: true }).click()
    await page.locator('[data-date="2026-10-01"]').waitFor()
    expect(await page.locator('[data-test=calendar-state]').innerText()).toContain('248')
    expect(await page.locator('[data-date="2026-10-01"]').innerText()).toContain('休')
    expect(await page.locator('[data-date="2026-10-10"]').innerText()).toContain('班')
    const form = page.locator('[data-test=tag-form]')
    await form.locator('[name=tag]').selectOption('promotion')
    await form.locator('[name=from]').fill('2026-11-10')
    await form.locator('[name=to]').fill('2026-11-12')
    await form.locator('[name=reason]').fill('双11')
    await page.keyboard.press('Enter')
    await page.locator('[data-test=calendar-told]').waitFor()
    expect(await page.locator('[data-test=calendar-tags]').innerText()).toContain('促销')
    expect(await page.locator('[data-date="2026-11-11"]').innerText()).toContain('标')
    const held = (await system.get('agent', '/calendar?year=2026')) as CalendarYearAnswer
    expect([held.mayChange, held.tagged.map(({ date }) => date)]).toEqual([false, ['2026-11-10', '2026-11-11', '2026-11-12']])
    await form.locator('[name=from]').fill('2026-11-12')
    await form.locator('[name=to]').fill('2026-11-01')
    await form.locator('[name=reason]').fill('试错')
    await form.getByRole('button', { name: '取消标记' }).click()
    await form.locator('[role=alert]').waitFor()
    await form.locator('[name=from]').fill('2026-11-12')
    await form.locator('[name=to]').fill('2026-11-12')
    await form.getByRole('button', { name: '取消标记' }).click()
    await page.locator('[data-date="2026-11-12"]:not(:has(.tagged))').waitFor()
    await screenshot(page, 'calendar-zh', true)
    expect(errors.filter((error) => !error.includes('400'))).toEqual([])
    await context.close()
  })

  it('loads next year from the notice, refusing what is not sound by its field', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'steward', '/calendar')
    await page.getByRole('button', { name: '2027', exact: true }).click()
    const form = page.locator('[data-test=year-form]')
    await form.waitFor()
    const dates = form.locator('[type=date]')
    await dates.nth(0).fill('2027-01-01')
    await dates.nth(1).fill('2027-03-31')
    await form.locator('input[maxlength="40"]').first().fill('元旦')
    await form.locator('input[maxlength="60"]').first().fill('New Year’s Day')
    await form.locator('[name=grounds]').fill('国办发明电')
    await form.getByRole('button', { name: '载入' }).click()
    await form.locator('[role=alert]').waitFor()
    await dates.nth(1).fill('2027-01-03')
    await form.getByRole('button', { name: '载入' }).click()
    await page.locator('[data-test=calendar-told]').waitFor()
    expect((await system.get('agent', '/calendar?year=2027')) as CalendarYearAnswer).toMatchObject({ isLoaded: true, off: [{ nameZh: '元旦', to: '2027-01-03' }] })
    expect(errors.filter((error) => !error.includes('400'))).toEqual([])
    await context.close()
  })

  it.each(['zh', 'en'] as const)('fits a desktop and a telephone in %s, without a serious fault for assistive technology', async (language) => {
    for (const [width, height] of [[1366, 768], [360, 740]] as const) {
      const { page, errors, context } = await pageOf(system, browser(), 'steward', `/calendar?lang=${language}`)
      await page.setViewportSize({ width, height })
      await page.getByRole('button', { name: '2026', exact: true }).click()
      await page.locator('[data-date="2026-10-01"]').waitFor()
      await page.locator('summary').last().click()
      await expectSound(page, `calendar-${width}x${height}-${language}`)
      expect(errors).toEqual([])
      await context.close()
    }
  })

  it('is read by everybody and changed by those who keep it', async () => {
    const { page, context } = await pageOf(system, browser(), 'agent', '/calendar')
    await page.locator('[data-test=calendar-state]').waitFor()
    expect(await page.locator('[data-test=tag-form], [data-test=year-form]').count()).toBe(0)
    await context.close()
  })
})
