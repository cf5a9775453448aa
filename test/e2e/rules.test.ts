import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RuleTrialList, RuleTrialResult } from '../../core/contract/rule-trials.ts'
import type { RulesAnswer } from '../../core/contract/rules.ts'
import { ABNORMAL_RULES } from '../../core/domain/abnormal/catalogue.ts'
import { describeInBrowser, screenshot } from '../support/browser.ts'
import { expectSound } from '../support/page-look.ts'
import { oldComplaint, type RunningSystem, runSystem } from '../support/running-system.ts'
import { pageOf, until } from '../support/visit.ts'

describeInBrowser('the page of the rules', (browser) => {
  let system: RunningSystem

  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('keeper', '规则管理员', 'admin', '00')
    await system.addUser('manager', '江苏值班长', 'duty_manager', '32')
    await system.addUser('province', '江苏客服部', 'province_cs_dept', '32')
  }, 180_000)
  afterAll(async () => system?.stop())

  it('shows every rule to a duty manager, who cannot change any', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', '/rules')
    await page.locator('[data-test=rule-AT-01]').waitFor()
    expect(await page.locator('article').count()).toBe(ABNORMAL_RULES.length)
    expect(await page.locator('[data-test=rule-AT-01]').innerText()).toMatch(/AT-01 临近超时[\s\S]*启用[\s\S]*120/)
    expect(await page.locator('article').getByRole('button', { name: '更改', exact: true }).count()).toBe(0)
    expect(errors).toEqual([])
    await context.close()
  })

  it('lets the keeper of the rules change one, by keyboard, and shows what is about to change before it is sent', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'keeper', '/rules')
    const card = page.locator('[data-test=rule-AT-01]')
    await card.locator('button', { hasText: '更改' }).first().focus()
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
    expect(await card.locator('[data-test=rule-last]').innerText()).toMatch(/keeper，.*集团.*，第 2 版 · 节前收紧/)
    expect(errors).toEqual([])
    await context.close()
  })

  it('lets a province be stricter than the group, shows both beside each other, and tells what was changed by whom', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'province', '/rules')
    const card = page.locator('[data-test=rule-AT-02]')
    await card.waitFor()
    expect(await page.locator('select[name=scope]').inputValue()).toBe('32')
    await card.getByRole('button', { name: '更改', exact: true }).click()
    expect(await card.locator('[name=isOn]').isDisabled()).toBe(true)
    expect(await card.locator('[name=A3]').getAttribute('max')).toBe('24')
    await card.locator('[name=A3]').fill('12')
    await card.locator('[name=reason]').fill('本省客户量大')
    await page.keyboard.press('Enter')
    await page.locator('[data-test=rule-told]', { hasText: 'AT-02 已更改' }).waitFor()
    await card.locator('dd', { hasText: '12（集团 24）' }).waitFor()
    await card.getByRole('button', { name: '更改记录' }).click()
    const history = page.locator('[data-test=history-AT-02]')
    await history.locator('li').first().waitFor()
    expect(await history.innerText()).toMatch(/province，江苏.*，第 \d+ 版[\s\S]*本省客户量大[\s\S]*24 → 12/)
    await screenshot(page, 'rules-province-zh', true)
    await page.locator('select[name=scope]').selectOption('00')
    await page.locator('[data-test=rule-AT-02] dd', { hasText: /^24$/ }).waitFor()
    expect(await page.locator('article').getByRole('button', { name: '更改', exact: true }).count()).toBe(0)
    expect(errors).toEqual([])
    await context.close()
  })

  it('tries a rule silently by keyboard, shows what it has found beside the rule in force, and stops it', async () => {
    await system.post([oldComplaint(25, '32', '320500')])
    const { page, errors, context } = await pageOf(system, browser(), 'province', '/rules')
    const card = page.locator('[data-test=rule-AT-03]')
    await card.getByRole('button', { name: '试运行', exact: true }).focus()
    await page.keyboard.press('Enter')
    await card.locator('[name=A1]').fill('24')
    expect(await card.locator('[name=owner]').inputValue()).toBe('province')
    await card.locator('[name=reason]').fill('先看会多出多少')
    await page.keyboard.press('Enter')
    await page.locator('[data-test=rule-told]', { hasText: 'AT-03 已开始试运行' }).waitFor()
    const trial = page.locator('[data-test=trials] li').first()
    expect(await trial.innerText()).toMatch(/AT-03 长期滞留 · .*江苏.*进行中[\s\S]*负责人 province[\s\S]*先看会多出多少[\s\S]*24/)
    const { items } = await system.get('province', '/rule-trials') as RuleTrialList
    await until(async () => ((await system.get('province', `/rule-trials/${items[0]?.id}`)) as RuleTrialResult).onlyTrial, (count) => count === 1)
    await trial.getByRole('button', { name: '结果' }).click()
    await trial.locator('[data-test=trial-onlyTrial]', { hasText: '1' }).waitFor()
    await screenshot(page, 'rules-trial-zh', true)
    await trial.getByRole('button', { name: '停止' }).click()
    await trial.locator('.state', { hasText: '已结束' }).waitFor()
    expect(errors).toEqual([])
    await context.close()
  })

  it.each(['zh', 'en'] as const)('fits a desktop and a telephone in %s, without a serious fault for assistive technology', async (language) => {
    for (const [width, height] of [[1366, 768], [360, 740]] as const) {
      const { page, context } = await pageOf(system, browser(), 'keeper', `/rules?lang=${language}`)
      await page.setViewportSize({ width, height })
      await page.locator('article button').first().waitFor()
      await page.locator('select[name=scope]').selectOption('32')
      await page.locator('[data-test=rule-AT-02] dd .own').waitFor()
      await page.locator('article button').first().click()
      await page.locator('[data-test=rule-AT-02] .buttons').first().locator('button').last().click()
      await page.locator('[data-test=history-AT-02] li').first().waitFor()
      await page.locator('[data-test=rule-AT-03] button').nth(1).click()
      await page.locator('[data-test=trials] button').first().click()
      await page.locator('[data-test=trial-onlyTrial]').waitFor()
      await expectSound(page, `rules-${width}x${height}-${language}`)
      await context.close()
    }
  })
})
