import { afterAll, beforeAll, expect, it } from 'vitest'
import type { WallSnapshot } from '../../core/contract/wall.ts'
import { describeInBrowser, screenshot } from '../support/browser.ts'
import { expectSound } from '../support/page-look.ts'
import { burst, type RunningSystem, runSystem } from '../support/running-system.ts'
import { pageOf, until } from '../support/visit.ts'

describeInBrowser('the log of notifications on the running system', (browser) => {
  let system: RunningSystem
  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('manager', '江苏值班经理', 'duty_manager', '32')
    await system.post(burst(40, { province: '32', region: '320500', phenomenon: '宽带上不了网' }))
    await until(async () => ((await system.get('manager', '/wall')) as WallSnapshot).alerts, (found) => found.length > 0)
  }, 180_000)
  afterAll(async () => system?.stop())

  it('is opened from the bell, says who was told how and what became of it, by state and channel', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', '/desk')
    await page.locator('[data-test=bell]').click()
    await page.locator('[data-test=whole-log]').click()
    const list = page.locator('[data-test=log]')
    await list.locator('li').first().waitFor()
    expect(new URL(page.url()).pathname).toBe('/deliveries')
    expect(await list.innerText()).toMatch(/#\d+[\s\S]*苏州市[\s\S]*江苏值班经理[\s\S]*站内 · 第 1 步[\s\S]*应发 \d\d-\d\d \d\d:\d\d:\d\d/)
    await expectSound(page, 'deliveries-1366')
    await screenshot(page, 'deliveries-zh')
    await page.locator('[data-test=group-refused]').click()
    await page.getByText('未发：没有启用的短信网关').first().waitFor()
    await page.locator('select[name=channel]').selectOption('voice')
    await page.locator('[data-test=none]').waitFor()
    expect(new URL(page.url()).search).toBe('?group=refused&channel=voice')
    expect(errors).toEqual([])
    await context.close()
  })

  it('fits a telephone, in English', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', '/deliveries?lang=en')
    await page.setViewportSize({ width: 390, height: 844 })
    await page.locator('[data-test=log] li').first().waitFor()
    await expectSound(page, 'deliveries-390')
    await screenshot(page, 'deliveries-en-390')
    expect(errors).toEqual([])
    await context.close()
  })
})
