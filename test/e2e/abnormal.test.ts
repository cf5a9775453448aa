import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AlertList } from '../../core/contract/alerts.ts'
import type { CheckList, UnitLists } from '../../core/contract/checks.ts'
import { describeInBrowser, screenshot } from '../support/browser.ts'
import { expectSound } from '../support/page-look.ts'
import { oldComplaint, type RunningSystem, runSystem } from '../support/running-system.ts'
import { pageOf, until } from '../support/visit.ts'

describeInBrowser('the page of abnormal tickets', (browser) => {
  let system: RunningSystem

  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('manager', '江苏值班经理', 'duty_manager', '32')
    await system.addUser('checker', '江苏客服部', 'province_cs_dept', '32')
    await system.addUser('boss', '领导', 'exec', '00')
    await system.post([oldComplaint(80), oldComplaint(76), oldComplaint(49)])
    const { items } = await until(
      async () => (await system.get('manager', '/alerts?kind=abnormal&group=ticket')) as AlertList,
      ({ items }) => items.filter(({ severity }) => severity >= 3).length >= 2,
    )
    await until(async () => (await system.get('manager', '/unit-lists')) as UnitLists, ({ slotAt }) => slotAt !== null)
    const grave = items.find(({ severity }) => severity >= 3)
    const { cookie, csrfToken } = await system.signIn('manager')
    const move = (alertId: string | undefined, body: object) =>
      fetch(`${system.url}/api/v1/alerts/${alertId}/moves`, { method: 'POST', headers: { cookie, 'x-csrf-token': csrfToken, 'content-type': 'application/json' }, body: JSON.stringify(body) })
    // One acknowledgement answers all the rules of a ticket.
    expect((await move(grave?.rules?.[0]?.alertId, { move: 'ack' })).status).toBe(200)
    for (const { alertId } of grave?.rules ?? []) expect((await move(alertId, { move: 'resolve', reason: '已回复客户' })).status).toBe(200)
  }, 180_000)
  afterAll(async () => system?.stop())

  it('shows what each unit was given, as the API gives it, and leads to the ticket', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', '/abnormal')
    const lists = page.locator('[data-test=unit-lists]')
    await lists.locator('tbody tr').first().waitFor()
    const { units } = (await system.get('manager', '/unit-lists')) as UnitLists
    expect(await lists.locator('tbody tr').count()).toBe(units.reduce((sum, { tickets }) => sum + tickets.length, 0))
    expect(await lists.locator('summary').first().innerText()).toContain('未派单')
    await lists.locator('tbody a').first().click()
    await page.waitForURL(/\/tickets\//u)
    expect(errors).toEqual([])
    await context.close()
  })

  it('lets somebody else than the handler check, by keyboard, and counts what was found', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'checker', '/abnormal')
    const checks = page.locator('[data-test=checks]')
    const due = (await system.get('checker', '/alert-checks')) as CheckList
    expect(due.due).toBeGreaterThan(0)
    const row = checks.locator(`[data-check="${due.items[0]?.card.id}"]`)
    await row.getByRole('button', { name: '核查' }).focus()
    await page.keyboard.press('Enter')
    await row.locator('[value=confirmed]').focus()
    await page.keyboard.press('Space')
    await row.locator('select').selectOption('reminder')
    await row.locator('[name=note]').fill('复核通话录音')
    await screenshot(page, 'abnormal-check-zh', true)
    await page.keyboard.press('Enter')
    await checks.locator('[data-test=check-told]').waitFor()
    await row.waitFor({ state: 'detached' })
    await checks.getByRole('button', { name: '已核查' }).click()
    expect(await row.locator('[data-test=result]').innerText()).toMatch(/属实 · 提醒 · 复核通话录音[\s\S]*江苏客服部/)
    expect((await system.get('checker', '/alert-checks')) as CheckList).toMatchObject({ due: due.due - 1, confirmed: 1, notConfirmed: 0 })
    await row.locator('a').click()
    await page.locator('[data-test=check]', { hasText: '属实 · 提醒' }).waitFor()
    expect(errors).toEqual([])
    await context.close()
  })

  it('tells whoever handled it why he may not, and is not for executives', async () => {
    const { page, context } = await pageOf(system, browser(), 'manager', '/abnormal')
    const checks = page.locator('[data-test=checks]')
    await checks.getByRole('button', { name: '已核查' }).click()
    await checks.getByRole('button', { name: '更正' }).first().click()
    await checks.locator('[name=note]').fill('自己核查')
    await checks.locator('button.primary').click()
    expect(await checks.getByRole('alert').innerText()).toContain('职责分离')
    await context.close()
    const boss = await pageOf(system, browser(), 'boss', '/abnormal')
    await boss.page.getByRole('alert').waitFor()
    expect(await boss.page.locator('nav a', { hasText: '异常工单' }).count()).toBe(0)
    await boss.context.close()
  })

  it.each(['zh', 'en'] as const)('fits a desktop and a telephone in %s, without a serious fault for assistive technology', async (language) => {
    for (const [width, height] of [[1366, 768], [360, 740]] as const) {
      const { page, context } = await pageOf(system, browser(), 'checker', `/abnormal?lang=${language}`)
      await page.setViewportSize({ width, height })
      await page.locator('[data-test=unit-lists] tbody tr').first().waitFor()
      await page.locator('[data-test=checks] .choices button').last().click()
      await page.locator('[data-test=checks] li button').first().click()
      await expectSound(page, `abnormal-${width}x${height}-${language}`)
      await context.close()
    }
  })
})
