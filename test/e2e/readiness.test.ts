import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RosterAnswer } from '../../core/contract/rosters.ts'
import { describeInBrowser, screenshot } from '../support/browser.ts'
import { expectSound } from '../support/page-look.ts'
import { type RunningSystem, runSystem } from '../support/running-system.ts'
import { pageOf } from '../support/visit.ts'

describeInBrowser('the readiness of people', (browser) => {
  let system: RunningSystem
  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('day', '白班经理 / Day manager', 'duty_manager', '32')
    await system.addUser('night', '夜班经理 / Night manager', 'duty_manager', '32')
    await system.addUser('cs', '省客服 / Customer service', 'province_cs_dept', '32')
    await system.addUser('steward', '数据管理 / Data steward', 'data_steward', '32')
    await system.addUser('admin', '管理员 / Administrator', 'admin', '00')
    const { candidates } = (await system.get('cs', '/rosters/duty_manager/32')) as RosterAnswer
    const id = (name: string) => candidates.find((one) => one.name.startsWith(name))?.userId
    const crews = [{ primary: id('白班经理'), deputy: id('夜班经理') }]
    await sent('cs', 'PUT', '/rosters/duty_manager/32', {
      basedOn: 0, reason: '本月排班', roster: { pattern: 'day_night', fromMinute: 480, toMinute: 1200, rotations: [{ kinds: ['day', 'night'], crews, anchor: '2026-01-01', turnDays: 1 }] },
    })
  }, 180_000)
  afterAll(async () => system?.stop())

  async function sent(login: string, method: string, path: string, body: unknown): Promise<void> {
    const { cookie, csrfToken } = await system.signIn(login)
    const headers = { cookie, 'x-csrf-token': csrfToken, 'content-type': 'application/json' }
    const answer = await fetch(`${system.url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) })
    expect(answer.ok, await answer.clone().text()).toBe(true)
  }

  it('says that nobody is reached by more than the screen as long as nothing goes out', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'cs', '/rosters')
    await page.locator('[data-test=on-now-ready-duty_manager] [data-state=unreachable]').waitFor()
    expect(await page.locator('[data-test=on-now-ready-duty_manager]').innerText()).toContain('没有启用的通道')
    await page.locator('[data-test=configuration-note]', { hasText: '没有启用任何通知通道' }).waitFor({ timeout: 60_000 })
    expect(errors).toEqual([])
    await context.close()
  })

  it('tells of the one on duty on the desk once a provider is in use, until he registers a number on his own page', async () => {
    await sent('admin', 'POST', '/providers', { kind: 'sms_gateway', regionCode: '00', url: 'https://gateway.example/sms', account: 'a', sender: '', perMinute: 60, isEnabled: true, secret: 'sixteen letters!' })
    const desk = await pageOf(system, browser(), 'night', '/desk')
    await desk.page.locator('[data-test=configuration-note]', { hasText: '江苏值班经理：在岗人员收不到' }).waitFor({ timeout: 60_000 })
    await desk.context.close()
    const { page, errors, context } = await pageOf(system, browser(), 'day', '/me')
    const panel = page.locator('[data-test=own-readiness]')
    await panel.locator('[data-test=own-position] [data-state=unreachable]').first().waitFor()
    expect(await panel.locator('[data-test=own-sms]').innerText()).toContain('未登记')
    await page.locator('[data-test=contacts] [name=mobile]').fill('13900000001')
    await page.locator('[data-test=contacts]').getByRole('button', { name: '保存' }).press('Enter')
    await panel.locator('[data-test=own-position] [data-state=partly]').first().waitFor()
    await panel.locator('[data-test=own-sms]').getByRole('button', { name: '给我发一条测试' }).click()
    await panel.locator('[data-test=own-sms]', { hasText: '未发出' }).waitFor({ timeout: 30_000 })
    expect(await panel.innerText()).not.toContain('13900000001')
    await screenshot(page, 'me-readiness-zh', true)
    expect(errors).toEqual([])
    await context.close()
    await expect.poll(async () => JSON.stringify(await system.get('cs', '/configuration-alerts')), { timeout: 30_000 }).not.toContain('在岗人员')
  })

  it('is listed for the whole region, worst first, each with what is missing by colour', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'cs', '/rosters')
    const list = page.locator('[data-test=readiness]')
    await list.locator('li').first().waitFor()
    expect(await list.locator('[data-test=readiness-counts]').innerText()).toContain('不可达 2，部分可达 1，可达 0')
    await list.locator('[data-test=ready-duty_manager-partly] summary').press('Enter')
    expect(await list.locator('[data-test=ready-duty_manager-partly] .more').innerText()).toContain('缺即时通讯、电话')
    await list.scrollIntoViewIfNeeded()
    await screenshot(page, 'rosters-readiness-zh', true)
    expect(errors).toEqual([])
    await context.close()
  })

  it('says so to somebody whom no ladder calls', async () => {
    const { page, context } = await pageOf(system, browser(), 'steward', '/me')
    await page.locator('[data-test=own-readiness]', { hasText: '升级梯级不通知您所在的岗位' }).waitFor()
    await context.close()
  })

  it.each(['zh', 'en'] as const)('fits a desktop and a telephone in %s, without a serious fault for assistive technology', async (language) => {
    for (const [width, height] of [[1440, 900], [390, 844]] as const) {
      for (const [path, ready] of [['/rosters', '[data-test=readiness] li'], ['/me', '[data-test=own-position]']] as const) {
        const { page, errors, context } = await pageOf(system, browser(), 'day', `${path}?lang=${language}`)
        await page.setViewportSize({ width, height })
        await page.locator(ready).first().waitFor()
        if (path === '/rosters') await page.locator(`${ready} summary`).first().click()
        await expectSound(page, `readiness${path.replace('/', '-')}-${width}x${height}-${language}`)
        expect(errors).toEqual([])
        await context.close()
      }
    }
  })
})
