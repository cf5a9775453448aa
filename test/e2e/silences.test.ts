import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInBrowser, screenshot } from '../support/browser.ts'
import { expectSound } from '../support/page-look.ts'
import { type RunningSystem, runSystem } from '../support/running-system.ts'
import { pageOf } from '../support/visit.ts'

describeInBrowser('the page of silences and maintenance', (browser) => {
  let system: RunningSystem
  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('manager', '江苏值班经理', 'duty_manager', '32')
    await system.addUser('agent', '江苏坐席', 'duty_agent', '32')
  }, 180_000)
  afterAll(async () => system?.stop())

  it('puts up a window after a look at what it would hide, shows it standing, and ends it', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', '/silences')
    await page.getByText('没有生效中的窗口').waitFor()
    await page.locator('[data-test=put-up]').click()
    await page.locator('[name=kind]').selectOption('silence')
    await page.getByText('全部规则', { exact: true }).click()
    await page.getByLabel('MR-02').check()
    await page.locator('[data-test=look]').click()
    expect(await page.locator('[data-test=quiet-preview]').innerText()).toContain('0 件预警中有 0 件')
    await page.locator('[name=owner]').fill('监控班')
    await page.locator('[name=reason]').fill('规则调整中')
    await page.getByRole('button', { name: '设立', exact: true }).click()
    const standing = page.locator('[data-test=quiet-stands]')
    await standing.locator('li').waitFor()
    expect(await standing.innerText()).toMatch(/静默 #1 江苏 · 全部产品 · MR-02 [\s\S]*规则调整中 · 监控班[\s\S]*还有 [\s\S]*正遮住 0 件/)
    await expectSound(page, 'silences')
    await page.setViewportSize({ width: 390, height: 844 })
    await expectSound(page, 'silences-390')
    await screenshot(page, 'silences-390')
    await page.getByRole('button', { name: '提前结束 #1' }).click()
    await page.getByText('#1 已结束').waitFor()
    expect(await page.locator('[data-test=quiet-over]').innerText()).toContain('由 江苏值班经理 提前结束')
    expect(errors).toEqual([])
    await context.close()
  })

  it('is read by an agent, in English, who may change nothing', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'agent', '/silences?lang=en')
    await page.getByText('Nothing stands.').waitFor()
    expect(await page.locator('[data-test=put-up]').count()).toBe(0)
    expect(errors).toEqual([])
    await context.close()
  })
})
