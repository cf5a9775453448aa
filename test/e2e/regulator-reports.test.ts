import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AlertCard } from '../../core/contract/alerts.ts'
import type { WallSnapshot } from '../../core/contract/wall.ts'
import { MINUTE } from '../../core/domain/time.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { describeInBrowser, screenshot } from '../support/browser.ts'
import { aNoticeItem } from '../support/notices.ts'
import { expectSound } from '../support/page-look.ts'
import { type RunningSystem, runSystem } from '../support/running-system.ts'
import { pageOf, until } from '../support/visit.ts'

describeInBrowser('reports of an interruption to the regulator', (browser) => {
  let system: RunningSystem
  let id = ''
  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('manager', '江苏甲', 'duty_manager', '32')
    const now = systemClock.now()
    const iso = (at: number) => new Date(at).toISOString()
    await system.post([aNoticeItem('incident.opened', { started_at: iso(now - 10 * MINUTE) }, { event_id: 'outage', occurred_at: iso(now - MINUTE) })])
    const cases = await until(
      async () => ((await system.get('manager', '/wall')) as WallSnapshot).alerts.filter(({ ruleId }: AlertCard) => ruleId === 'MR-07'),
      (found) => found.length > 0,
    )
    id = cases[0]?.id ?? ''
  }, 180_000)
  afterAll(async () => system?.stop())

  it('stand on the case’s page with grade, users and limits; sending one stops its clock', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', `/cases/${id}`)
    const regulator = page.locator('[data-test=regulator]')
    await regulator.locator('li').first().waitFor()
    expect(await regulator.innerText()).toMatch(/本案：重大及以上，自 [\s\S]*群障 I1，最多影响 23,000 户[\s\S]*口头报告\s+时限 [\s\S]*还有[\s\S]*书面报告\s+时限 [\s\S]*还有/)
    await page.locator('[data-test=make-report]').click()
    await page.locator('[name=audience]').selectOption('regulator')
    await until(() => page.locator('[name=kind]').inputValue(), (kind) => kind === 'oral')
    await page.locator('[name=recipient]').fill('省通信管理局')
    await screenshot(page, 'case-regulator-form', true)
    await page.locator('[data-test=case-reports]').getByRole('button', { name: '提交' }).click()
    await regulator.locator('li', { hasText: '已于' }).waitFor()
    expect(await page.locator('[data-test=duties]').innerText()).not.toContain('已于')
    expect(await page.locator('[data-test=case-reports] details summary').innerText()).toMatch(/监管报送 · 口头报告[\s\S]*报给 省通信管理局/)
    expect(errors).toEqual([])
    await context.close()
  })

  it.each(['zh', 'en'] as const)('fits a desktop and a telephone in %s', async (language) => {
    for (const [width, height] of [[1366, 768], [390, 844]] as const) {
      const { page, errors, context } = await pageOf(system, browser(), 'manager', `/cases/${id}?lang=${language}`)
      await page.setViewportSize({ width, height })
      await page.locator('[data-test=regulator] li').first().waitFor()
      await expectSound(page, `case-regulator-${width}x${height}-${language}`)
      expect(errors).toEqual([])
      await context.close()
    }
  })
})
