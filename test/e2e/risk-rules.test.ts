import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RiskRulesAnswer } from '../../core/contract/risk-rules.ts'
import { RISK_RULES } from '../../core/domain/risk/catalogue.ts'
import { describeInBrowser, screenshot } from '../support/browser.ts'
import { expectSound } from '../support/page-look.ts'
import { type RunningSystem, runSystem } from '../support/running-system.ts'
import { pageOf } from '../support/visit.ts'

describeInBrowser('the rules for risks on the page of the rules', (browser) => {
  let system: RunningSystem

  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('keeper', '规则管理员', 'admin', '00')
    await system.addUser('manager', '江苏值班长', 'duty_manager', '32')
    await system.addUser('province', '江苏客服部', 'province_cs_dept', '32')
  }, 180_000)
  afterAll(async () => system?.stop())

  it('are shown to a duty manager with their values, and not to be changed by him', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', '/rules')
    const panel = page.locator('[data-test=risk-rules]')
    await panel.locator('[data-test=risk-MR-01]').waitFor()
    expect(await panel.locator('[role=group]').count()).toBe(RISK_RULES.length + 1)
    expect(await panel.locator('[data-test=risk-MR-01]').innerText()).toMatch(/MR-01 批量投诉[\s\S]*启用[\s\S]*地市阈值[\s\S]*10 \/ 30 \/ 100 \/ 300/)
    expect(await panel.getByRole('button', { name: '更改', exact: true }).count()).toBe(0)
    expect(errors).toEqual([])
    await context.close()
  })

  it('are changed by the keeper of the group, by keyboard, with what is about to change before it is sent', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'keeper', '/rules')
    const card = page.locator('[data-test=risk-MR-01]')
    await card.getByRole('button', { name: '更改', exact: true }).focus()
    await page.keyboard.press('Enter')
    expect(await card.locator('button.primary').isDisabled()).toBe(true)
    await card.locator('[name="batch.city.0"]').fill('400')
    await card.locator('[name=reason]').fill('节前收紧')
    await page.keyboard.press('Enter')
    expect(await card.getByRole('alert').innerText()).toMatch(/batch\.city/)
    await card.locator('[name="batch.city.0"]').fill('8')
    expect(await card.locator('[data-test=risk-changes]').innerText()).toMatch(/10 \/ 30 \/ 100 \/ 300 → 8 \/ 30 \/ 100 \/ 300/)
    for (const width of [360, 1366]) {
      await page.setViewportSize({ width, height: 768 })
      await expectSound(page, `risk-rules-change-${width}-zh`)
    }
    await card.locator('[name=reason]').focus()
    await page.keyboard.press('Enter')
    await page.locator('[data-test=risk-told]', { hasText: 'MR-01 已更改' }).waitFor()
    await card.locator('dd', { hasText: '8 / 30 / 100 / 300' }).waitFor()
    await card.getByRole('button', { name: '更改记录' }).click()
    await page.locator('[data-test=risk-history-MR-01] li li').first().waitFor()
    expect(await page.locator('[data-test=risk-history-MR-01]').innerText()).toMatch(/keeper，\S+，第 \d+ 版[\s\S]*节前收紧[\s\S]*10 \/ 30 \/ 100 \/ 300 → 8 \/ 30 \/ 100 \/ 300/)
    const { items } = (await system.get('manager', '/risk-rules')) as RiskRulesAnswer
    expect(items.find(({ id }) => id === 'MR-01')?.parameters[0]?.value).toEqual([8, 30, 100, 300])
    expect(errors).toEqual([])
    await context.close()
  })

  it('say what else a shared parameter changes, and are switched off and on', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'keeper', '/rules?lang=en')
    const surge = page.locator('[data-test=risk-MR-02]')
    await surge.getByRole('button', { name: 'Change', exact: true }).click()
    await surge.locator('[name="surge.weeks"]').fill('6')
    expect(await surge.locator('[data-test=risk-changes]').innerText()).toMatch(/8 → 6 · changes for MR-06 as well/)
    await surge.getByRole('button', { name: 'Cancel' }).click()
    const silent = page.locator('[data-test=risk-MR-17]')
    await silent.getByRole('button', { name: 'Change', exact: true }).click()
    await silent.locator('[name=isOn]').uncheck()
    await silent.locator('[name=reason]').fill('feeds are being moved')
    await silent.locator('button.primary').click()
    await silent.locator('.state', { hasText: 'off' }).waitFor()
    await screenshot(page, 'risk-rules-en', true)
    expect(errors).toEqual([])
    await context.close()
  })

  it('are made stricter by a province for itself, beside the group’s values, by keyboard, and never laxer', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'province', '/rules')
    const card = page.locator('[data-test=risk-MR-19]')
    await card.getByRole('button', { name: '更改', exact: true }).focus()
    await page.keyboard.press('Enter')
    expect(await card.locator('[name="redLine.customers"]').innerText()).toMatch(/逐项不大于集团 5 \/ 15 \/ 50 \/ 150/)
    expect([await card.locator('[name=isOn]').isDisabled(), await card.locator('[name="redLine.hours"]').count()]).toEqual([true, 0])
    await card.locator('[name="redLine.customers.0"]').fill('6')
    await card.locator('[name=reason]').fill('携号转网专项')
    await page.keyboard.press('Enter')
    expect(await card.getByRole('alert').innerText()).toMatch(/redLine\.customers[\s\S]*5 \/ 15 \/ 50 \/ 150/)
    await card.locator('[name="redLine.customers.0"]').fill('3')
    for (const width of [360, 1366]) {
      await page.setViewportSize({ width, height: 768 })
      await expectSound(page, `risk-rules-province-${width}-zh`)
    }
    await card.locator('[name=reason]').focus()
    await page.keyboard.press('Enter')
    await card.locator('dd', { hasText: '3 / 15 / 50 / 150（集团 5 / 15 / 50 / 150）' }).waitFor()
    expect(await page.locator('[data-test=risk-MR-18]').getByRole('button', { name: '更改', exact: true }).count()).toBe(0)
    await page.goto(page.url().replace(/\/rules.*/, '/rules?lang=en'))
    await card.locator('dd', { hasText: '3 / 15 / 50 / 150(group 5 / 15 / 50 / 150)' }).waitFor()
    await card.getByRole('button', { name: 'History' }).click()
    await page.locator('[data-test=risk-history-MR-19] li li').first().waitFor()
    expect(await page.locator('[data-test=risk-history-MR-19]').innerText()).toMatch(/province, Jiangsu, version \d+[\s\S]*5 \/ 15 \/ 50 \/ 150 → 3 \/ 15 \/ 50 \/ 150/)
    for (const width of [360, 1366]) {
      await page.setViewportSize({ width, height: 768 })
      await expectSound(page, `risk-rules-province-${width}-en`)
    }
    expect(errors).toEqual([])
    await context.close()
  })

  it('are looked at province by province from the group, by the one choice of the page', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'keeper', '/rules')
    const card = page.locator('[data-test=risk-MR-19]')
    await card.locator('dd', { hasText: '5 / 15 / 50 / 150' }).waitFor()
    await page.locator('select[name=scope]').selectOption('32')
    await card.locator('dd', { hasText: '3 / 15 / 50 / 150（集团 5 / 15 / 50 / 150）' }).waitFor()
    await page.locator('select[name=scope]').selectOption('33')
    await card.locator('dd', { hasText: /^5 \/ 15 \/ 50 \/ 150$/ }).waitFor()
    expect(errors).toEqual([])
    await context.close()
  })

  it('are tried silently with values of their own, beside what is in force', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'province', '/rules')
    const card = page.locator('[data-test=risk-MR-01]')
    await card.getByRole('button', { name: '试运行', exact: true }).click()
    await card.locator('[name="batch.city.0"]').fill('x')
    await card.locator('[name=reason]').fill('先试后用')
    await card.locator('button.primary').click()
    expect(await card.getByRole('alert').innerText()).toMatch(/batch\.city/)
    await card.locator('[name="batch.city.0"]').fill('5')
    for (const width of [360, 1366]) {
      await page.setViewportSize({ width, height: 768 })
      await expectSound(page, `risk-trial-form-${width}-zh`)
    }
    await card.locator('button.primary').click()
    const trial = page.locator('[data-test=trials] li', { hasText: 'MR-01 批量投诉' })
    await trial.waitFor()
    expect(await trial.innerText()).toMatch(/江苏[\s\S]*进行中[\s\S]*先试后用[\s\S]*5 \/ 30 \/ 100 \/ 300/)
    await trial.getByRole('button', { name: '结果' }).click()
    await page.locator('[data-test=trial-onlyTrial]', { hasText: '0' }).waitFor()
    expect(await trial.innerText()).toMatch(/尚未成立过/)
    await page.goto(page.url().replace(/\/rules.*/, '/rules?lang=en'))
    const english = page.locator('[data-test=trials] li', { hasText: 'MR-01 Batch complaints' })
    await english.getByRole('button', { name: 'Results' }).click()
    await page.locator('[data-test=trial-onlyTrial]').waitFor()
    for (const width of [360, 1366]) {
      await page.setViewportSize({ width, height: 768 })
      await expectSound(page, `risk-trial-${width}-en`)
    }
    await english.getByRole('button', { name: 'Stop' }).click()
    await english.locator('.state', { hasText: 'ended' }).waitFor()
    expect(errors).toEqual([])
    await context.close()
  })
})
