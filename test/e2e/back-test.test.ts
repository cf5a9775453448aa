import path from 'node:path'
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AlertList } from '../../core/contract/alerts.ts'
import { DAY, HOUR, localDate } from '../../core/domain/time.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { describeInBrowser } from '../support/browser.ts'
import { createdEvent, spread } from '../support/complaints.ts'
import { expectSound } from '../support/page-look.ts'
import { burst, type RunningSystem, runSystem } from '../support/running-system.ts'
import { pageOf, until } from '../support/visit.ts'

/** The card alone: the page is twenty screens long. */
const look = (card: Locator, name: string) => card.screenshot({ path: path.join(import.meta.dirname, '../../test-results', `${name}.png`) })
const dayAgo = (days: number) => localDate(systemClock.now() - days * DAY, 'Asia/Shanghai')

describeInBrowser('back-tests on the page of the rules', (browser) => {
  let system: RunningSystem

  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('keeper', '集团客服部', 'group_cs_dept', '00')
    await system.addUser('zj', '浙江客服部', 'province_cs_dept', '33')
    await system.addUser('manager', '江苏值班长', 'duty_manager', '32')
    const [long, now] = [systemClock.now() - 3 * DAY, systemClock.now()]
    await system.post(spread(long - HOUR, long, 40).map((at, index) => createdEvent({ no: `P${index}`, at })))
    await system.post(burst(12, { province: '32', region: '320100', phenomenon: '宽带上不了网' }))
    const { items } = await until(async () => (await system.get('keeper', '/alerts')) as AlertList, (list) => list.items.some(({ ruleId, openedAt }) => ruleId === 'MR-01' && openedAt >= now - HOUR), 40_000)
    expect(items.some(({ ruleId }) => ruleId === 'MR-01')).toBe(true)
  }, 240_000)
  afterAll(async () => system?.stop())

  it('are started by keyboard, show how far they are, and lay what would be raised beside what was', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'keeper', '/rules')
    const card = page.locator('[data-test=risk-MR-01]')
    await card.getByRole('button', { name: '回测', exact: true }).focus()
    await page.keyboard.press('Enter')
    await card.locator('[data-test=back-test-never]').waitFor()
    await page.setViewportSize({ width: 1366, height: 768 })
    await expectSound(page, 'back-test-never-1366-zh')
    await card.locator('[name=from]').fill(dayAgo(4))
    await card.locator('[name=to]').fill(dayAgo(0))
    await card.locator('[name=to]').focus()
    await page.keyboard.press('Enter')
    await card.locator('[data-test=back-test-result]').waitFor({ timeout: 60_000 })
    expect(await card.locator('[data-test=back-test-state]').innerText()).toBe('已完成')
    const figures = async (name: string) => card.locator(`[data-test=figure-${name}] td`).allInnerTexts()
    const [did, would] = await figures('cases')
    expect([Number(did), Number(would)].every((count) => count >= 1)).toBe(true)
    expect(await figures('precision')).toEqual(['无人核对', '无人核对'])
    await card.locator('canvas').waitFor()
    await card.getByText('逐日数字').click()
    expect(await card.locator('[data-test=back-test-days] tbody tr').count()).toBe(5)
    const byDay = await card.locator('[data-test=back-test-days] tbody td:last-child').allInnerTexts()
    expect(byDay.reduce((sum, one) => sum + Number(one), 0)).toBe(Number(would))
    for (const width of [360, 1366]) {
      await page.setViewportSize({ width, height: 768 })
      await expectSound(page, `back-test-done-${width}-zh`)
      await look(card, `back-test-done-card-${width}-zh`)
    }
    expect(errors).toEqual([])
    await context.close()
  })

  it('try a change before it is saved, and lead to the cases that only the rule in force has raised', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'keeper', '/rules?lang=en')
    const card = page.locator('[data-test=risk-MR-01]')
    await card.getByRole('button', { name: 'Change', exact: true }).click()
    for (const level of ['city', 'province']) for (const [place, value] of ['3000', '4000', '5000', '6000'].entries()) await card.locator(`[name="batch.${level}.${place}"]`).fill(value)
    await card.getByRole('button', { name: 'Back-test', exact: true }).click()
    expect(await card.locator('[data-test=back-test-values]').innerText()).toMatch(/3,000 \/ 4,000 \/ 5,000 \/ 6,000/)
    await card.locator('[name=from]').fill(dayAgo(1))
    await card.locator('[name=to]').fill(dayAgo(0))
    await card.getByRole('button', { name: 'Start', exact: true }).click()
    await card.locator('[data-test=back-test-onlyDid] li').first().waitFor({ timeout: 60_000 })
    expect(await card.locator('[data-test=figure-cases] td').allInnerTexts()).toEqual([expect.stringMatching(/^[1-9]/), '0'])
    for (const width of [360, 1366]) {
      await page.setViewportSize({ width, height: 768 })
      await expectSound(page, `back-test-change-${width}-en`)
      await look(card, `back-test-change-card-${width}-en`)
    }
    await card.locator('[data-test=back-test-onlyDid] a').first().click()
    await page.waitForURL(/\/cases\/\d+/)
    expect(errors).toEqual([])
    await context.close()
  })

  it('of an abnormal rule try a change on single tickets, and lead to these', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'keeper', '/rules')
    const card = page.locator('[data-test=rule-AT-03]')
    await card.getByRole('button', { name: '更改', exact: true }).click()
    await card.locator('[name=A1]').fill('24')
    await card.getByRole('button', { name: '回测', exact: true }).click()
    expect(await card.locator('[data-test=back-test-values]').innerText()).toMatch(/受理后小时\s*24/)
    await card.locator('[name=from]').fill(dayAgo(4))
    await card.locator('[name=to]').fill(dayAgo(0))
    await card.getByRole('button', { name: '开始回测' }).click()
    await card.locator('[data-test=back-test-result]').waitFor({ timeout: 60_000 })
    const [did, would] = await card.locator('[data-test=figure-cases] td').allInnerTexts()
    expect([Number(did), Number(would)].every((count) => count >= 40)).toBe(true)
    expect(await card.locator('[data-test=back-test-median]').innerText()).toMatch(/早 [\d,]+/)
    await card.locator('[data-test=back-test-both] summary').click()
    for (const width of [360, 1366]) {
      await page.setViewportSize({ width, height: 768 })
      await expectSound(page, `back-test-tickets-${width}-zh`)
      await look(card, `back-test-tickets-card-${width}-zh`)
    }
    await card.locator('[data-test=back-test-both] a').first().click()
    await page.waitForURL(/\/tickets\//)
    expect(errors).toEqual([])
    await context.close()
  })

  it('are cancelled while they run, and say what they were', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'keeper', '/rules')
    const card = page.locator('[data-test=risk-MR-02]')
    await card.getByRole('button', { name: '回测', exact: true }).click()
    await card.locator('[name=from]').fill(dayAgo(360))
    await card.getByRole('button', { name: '开始回测' }).click()
    await card.getByRole('button', { name: '取消回测' }).click()
    await card.locator('[data-test=back-test-state]', { hasText: '已取消' }).waitFor()
    expect(await card.locator('[data-test=back-test-progress]').count()).toBe(0)
    await page.setViewportSize({ width: 360, height: 768 })
    await expectSound(page, 'back-test-cancelled-360-zh')
    // Once more, for a look at it while it runs.
    await card.getByRole('button', { name: '开始回测' }).click()
    await card.locator('[data-test=back-test-progress]').waitFor()
    await look(card, 'back-test-running-card-360-zh')
    expect(errors).toEqual([])
    await context.close()
  })

  it('say why a rule cannot be tested, keep to the region of the reader, and are not offered to those who keep no rules', async () => {
    const zhejiang = await pageOf(system, browser(), 'zj', '/rules')
    const silent = zhejiang.page.locator('[data-test=risk-MR-17]')
    await silent.getByRole('button', { name: '回测', exact: true }).click()
    await silent.locator('[data-test=back-test-why-not]').waitFor()
    const redLine = zhejiang.page.locator('[data-test=risk-MR-19]')
    await redLine.getByRole('button', { name: '回测', exact: true }).click()
    await redLine.locator('[data-test=back-test-never]').waitFor()
    await redLine.locator('[name=from]').fill(dayAgo(4))
    await redLine.getByRole('button', { name: '开始回测' }).click()
    await redLine.locator('[data-test=back-test-result]').waitFor({ timeout: 60_000 })
    expect(await redLine.locator('[data-test=back-test-result]').innerText()).toMatch(/都没有触发/)
    expect(zhejiang.errors).toEqual([])
    await zhejiang.context.close()
    const manager = await pageOf(system, browser(), 'manager', '/rules')
    await manager.page.locator('[data-test=risk-MR-01]').waitFor()
    expect(await manager.page.getByRole('button', { name: '回测', exact: true }).count()).toBe(0)
    await manager.context.close()
  })
})
