import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInBrowser, openPage, screenshot } from '../support/browser.ts'
import { crawl, expectSound } from '../support/page-look.ts'
import { browserAt } from '../support/push-service.ts'
import { PASSWORD, type RunningSystem, runSystem } from '../support/running-system.ts'
import { until } from '../support/visit.ts'

describeInBrowser('pages while the desk is closed', (browser) => {
  let system: RunningSystem
  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('manager', '江苏值班经理甲', 'duty_manager', '32')
  }, 180_000)
  afterAll(async () => system?.stop())

  /** The person's own page in a browser that is as `script` makes it. */
  async function mine(choice: { script?: string; granted?: boolean; language?: string } = {}) {
    const opened = await openPage(browser())
    if (choice.granted === true) await opened.context.grantPermissions(['notifications'], { origin: system.url })
    if (choice.script !== undefined) await opened.context.addInitScript(choice.script)
    await opened.context.request.post(`${system.url}/api/v1/login`, { data: { login: 'manager', password: PASSWORD } })
    await opened.page.goto(`${system.url}/me?lang=${choice.language ?? 'zh'}`)
    return opened
  }
  const panel = (page: Page) => page.locator('[data-test=push]')

  it.each([
    ['unsupported', 'delete window.PushManager', '不支持推送'],
    ['insecure', "Object.defineProperty(window, 'isSecureContext', { get: () => false })", 'HTTPS'],
    ['denied', "Object.defineProperty(Notification, 'permission', { get: () => 'denied' })", '已在浏览器中禁止通知'],
  ] as const)('says that the browser is %s and offers nothing that cannot work', async (state, script, words) => {
    const { page, errors, context } = await mine({ script })
    await page.locator(`[data-test=push-${state}]`).waitFor()
    expect(await panel(page).innerText()).toContain(words)
    expect(await panel(page).getByRole('button').count()).toBe(0)
    await expectSound(page, `push-${state}-zh`)
    expect(errors).toEqual([])
    await context.close()
  })

  it('says when notifications were not allowed, and when the push service was not reached', async () => {
    const refusing = await mine({ script: "Object.defineProperty(Notification, 'permission', { get: () => 'default' }); Notification.requestPermission = () => Promise.resolve('denied')" })
    await panel(refusing.page).locator('[data-test=push-turn-on]').press('Enter')
    await refusing.page.locator('[data-test=push-why]', { hasText: '未获准通知' }).waitFor()
    await refusing.context.close()
    // No push service can be reached from here: the browser itself refuses, or keeps silent.
    const away = await mine({ granted: true })
    await panel(away.page).locator('[data-test=push-turn-on]').click()
    await away.page.locator('[data-test=push-why]', { hasText: '未能连上推送服务' }).waitFor({ timeout: 30_000 })
    await expectSound(away.page, 'push-failed-zh')
    await away.context.close()
  })

  it('turns on with what the browser gives, is on after a reload, lists it and turns off', async () => {
    const { subscription } = browserAt('https://fcm.googleapis.com/fcm/send/e2e')
    // What only a push service can give; worker, permission and server are the real ones.
    const script = `{
      const made = { toJSON: () => (${JSON.stringify(subscription)}), unsubscribe: () => { localStorage.removeItem('e2e'); return Promise.resolve(true) } }
      PushManager.prototype.subscribe = () => { localStorage.setItem('e2e', 'on'); return Promise.resolve(made) }
      PushManager.prototype.getSubscription = () => Promise.resolve(localStorage.getItem('e2e') === 'on' ? made : null)
    }`
    const { page, errors, context } = await mine({ granted: true, script })
    await panel(page).locator('[data-test=push-turn-on]').click()
    await page.locator('[data-test=push-on]').waitFor()
    await page.reload()
    await page.locator('[data-test=push-on]').waitFor()
    expect(await panel(page).locator('tbody').innerText()).toContain('fcm.googleapis.com')
    expect(await panel(page).locator('tbody').innerText()).toContain('本浏览器')
    await expectSound(page, 'push-on-zh')
    for (const [language, width] of [['en', 1440], ['zh', 390], ['en', 390]] as const) {
      await page.setViewportSize({ width, height: 900 })
      await page.goto(`${system.url}/me?lang=${language}`)
      await page.locator('[data-test=push-on]').waitFor()
      const found = await crawl(page)
      await screenshot(page, `push-on-${width}-${language}`, true)
      expect({ language, width: found.width, faults: found.faults }).toEqual({ language, width, faults: [] })
    }
    await page.goto(`${system.url}/me?lang=zh`)
    await page.getByRole('button', { name: '在本浏览器关闭' }).click()
    await page.locator('[data-test=push-off]').waitFor()
    expect(await panel(page).locator('tbody').innerText()).toContain('由本人移除')
    expect(errors).toEqual([])
    await context.close()
  })

  it('the service worker is served as a script that is always asked for anew, shows what it is sent once under its tag', async () => {
    const served = await fetch(`${system.url}/sw.js`)
    expect([served.status, served.headers.get('content-type'), served.headers.get('cache-control')]).toEqual([200, expect.stringContaining('javascript'), 'no-cache'])
    const { page, errors, context } = await mine({ granted: true })
    const session = await context.newCDPSession(page)
    const registered = new Promise<string>((resolve) => {
      session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => registrations[0] !== undefined && resolve(registrations[0].registrationId))
    })
    await session.send('ServiceWorker.enable')
    await page.evaluate("navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)")
    const registrationId = await registered
    const data = JSON.stringify({ zh: '【黄色】MR-01 #1', en: '[yellow] MR-01 #1', tag: 'one', token: 'x', link: '/ack/x' })
    for (let time = 0; time < 2; time += 1) await session.send('ServiceWorker.deliverPushMessage', { origin: system.url, registrationId, data })
    const shown = await until(
      () => page.evaluate("navigator.serviceWorker.ready.then((r) => r.getNotifications()).then((all) => all.map(({ title, tag, data }) => [title.includes('MR-01 #1'), tag, data.link]))") as Promise<unknown[]>,
      (all) => all.length > 0,
    )
    expect(shown).toEqual([[true, 'one', '/ack/x']])
    expect(errors).toEqual([])
    await context.close()
  })
})
