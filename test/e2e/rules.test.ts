import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AxeBuilder } from '@axe-core/playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RulesAnswer } from '../../core/contract/rules.ts'
import { ABNORMAL_RULES } from '../../core/domain/abnormal/catalogue.ts'
import { describeInBrowser, screenshot } from '../support/browser.ts'
import { type RunningSystem, runSystem } from '../support/running-system.ts'
import { pageOf } from '../support/visit.ts'

const CRAWLER = readFileSync(path.join(import.meta.dirname, '../support/page-crawler.js'), 'utf8')

describeInBrowser('the page of the rules', (browser) => {
  let system: RunningSystem

  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('keeper', '规则管理员', 'admin', '00')
    await system.addUser('manager', '江苏值班长', 'duty_manager', '32')
  }, 180_000)
  afterAll(async () => system?.stop())

  it('shows every rule to a duty manager, who cannot change any', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', '/rules')
    await page.locator('[data-test=rule-AT-01]').waitFor()
    expect(await page.locator('article').count()).toBe(ABNORMAL_RULES.length)
    expect(await page.locator('[data-test=rule-AT-01]').innerText()).toMatch(/AT-01 临近超时[\s\S]*启用[\s\S]*120/)
    expect(await page.locator('article button').count()).toBe(0)
    expect(errors).toEqual([])
    await context.close()
  })

  it('lets the keeper of the rules change one, by keyboard, and shows what is about to change before it is sent', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'keeper', '/rules')
    const card = page.locator('[data-test=rule-AT-01]')
    await card.locator('button').focus()
    await page.keyboard.press('Enter')
    expect(await card.locator('button.primary').isDisabled()).toBe(true)
    await card.locator('[name=A1]').fill('60')
    expect(await card.locator('[data-test=rule-changes]').innerText()).toMatch(/120 → 60 · 比默认宽松/)
    await card.locator('[name=A1]').fill('180')
    expect(await card.locator('[data-test=rule-changes]').innerText()).not.toMatch(/宽松/)
    await card.locator('[name=reason]').fill('节前收紧')
    await screenshot(page, 'rules-change-zh', true)
    await page.keyboard.press('Enter')
    await page.locator('[data-test=rule-told]', { hasText: 'AT-01 已更改，配置第 2 版已生效' }).waitFor()
    await card.locator('dd', { hasText: '180' }).waitFor()
    expect((await system.get('keeper', '/abnormal-rules') as RulesAnswer).items[0]?.parameters[0]).toMatchObject({ value: 180, default: 120 })
    expect(errors).toEqual([])
    await context.close()
  })

  it.each(['zh', 'en'] as const)('fits a desktop and a telephone in %s, without a serious fault for assistive technology', async (language) => {
    for (const [width, height] of [[1366, 768], [360, 740]] as const) {
      const { page, context } = await pageOf(system, browser(), 'keeper', `/rules?lang=${language}`)
      await page.setViewportSize({ width, height })
      await page.locator('article button').first().click()
      await page.evaluate('document.fonts.ready')
      await sleep(300)
      const found = (await page.evaluate(CRAWLER)) as { faults: string[]; width: number }
      await screenshot(page, `rules-${width}x${height}-${language}`, true)
      expect(found.faults).toEqual([])
      expect(found.width).toBe(width)
      const { violations } = await new AxeBuilder({ page }).analyze()
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      expect(serious.map(({ id, nodes }) => [id, ...nodes.slice(0, 3).map(({ html }) => html.slice(0, 160))])).toEqual([])
      await context.close()
    }
  })
})
