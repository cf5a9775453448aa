import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AlertCard } from '../../core/contract/alerts.ts'
import type { WallSnapshot } from '../../core/contract/wall.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { describeInBrowser, openPage, screenshot, type WatchedPage } from '../support/browser.ts'
import { burst, oldComplaint, PASSWORD, type RunningSystem, runSystem } from '../support/running-system.ts'

const SUZHOU = { province: '32', region: '320500', phenomenon: '宽带上不了网' }
const numberIn = async (page: Page, test: string) => Number((await page.locator(`[data-test="${test}"]`).first().innerText()).replaceAll(',', ''))

/** A page of a person whose session was made beforehand. */
async function pageOf(system: RunningSystem, browser: Browser, login: string, path: string): Promise<WatchedPage> {
  const opened = await openPage(browser)
  const answer = await opened.context.request.post(`${system.url}/api/v1/login`, { data: { login, password: PASSWORD } })
  expect(answer.status()).toBe(200)
  await opened.page.goto(`${system.url}${path}`)
  return opened
}

/** The same by typing into the login page. */
async function signedIn(system: RunningSystem, browser: Browser, login: string, path: string): Promise<WatchedPage> {
  const opened = await openPage(browser)
  await opened.page.goto(`${system.url}/login?next=${encodeURIComponent(path)}`)
  await opened.page.fill('[name=login]', login)
  await opened.page.fill('[name=password]', PASSWORD)
  await opened.page.click('button[type=submit]')
  await opened.page.waitForURL((url) => url.pathname === new URL(path, system.url).pathname)
  return opened
}

/** Asks again until the answer satisfies, and gives the last one. */
async function until<T>(ask: () => Promise<T>, satisfies: (value: T) => boolean, withinMs = 20_000): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const value = await ask()
    if (satisfies(value) || performance.now() > deadline) return value
    await sleep(50)
  }
}

describeInBrowser('the wall and the desk on the running system', (browser) => {
  let system: RunningSystem
  const snapshot = () => system.get('group', '/wall') as Promise<WallSnapshot>
  const alertsOf = async (kind: AlertCard['kind']) => (await snapshot()).alerts.filter((card) => card.kind === kind)

  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('group', '集团甲', 'group_ops', '00')
    await system.addUser('manager', '江苏甲', 'duty_manager', '32')
    await system.addUser('second', '江苏乙', 'duty_manager', '32')
    await system.post([...burst(40, SUZHOU), oldComplaint(80), oldComplaint(81), oldComplaint(82), oldComplaint(83), oldComplaint(84)])
    await until(() => alertsOf('risk'), (cards) => cards.length > 0)
  })
  afterAll(async () => system?.stop())

  it('shows the figures that the API gives, and a case with its colour, place and count', async () => {
    const { page, errors, context } = await signedIn(system, browser(), 'group', '/wall')
    const api = await until(snapshot, ({ figures }) => figures.some(({ regionCode, acceptedToday }) => regionCode === '00' && acceptedToday >= 40))
    const own = api.figures.find(({ regionCode }) => regionCode === '00')
    await until(() => numberIn(page, 'accepted-today'), (value) => value === own?.acceptedToday)
    expect([await numberIn(page, 'accepted-today'), await numberIn(page, 'open'), await numberIn(page, 'overdue')]).toEqual([own?.acceptedToday, own?.open, own?.overdue])
    const jiangsu = api.figures.find(({ regionCode }) => regionCode === '32')
    expect(await page.locator('[data-region="32"] [data-test=accepted-today]').innerText()).toBe(String(jiangsu?.acceptedToday))
    const [risk] = api.alerts.filter((card) => card.kind === 'risk')
    const row = page.locator(`.case[data-alert="${risk?.id}"]`)
    expect(await row.innerText()).toMatch(/黄[\s\S]*宽带上不了网 苏州市[\s\S]*40 户/)
    expect(await page.locator('[data-region="32"]').innerText()).toContain('黄')
    await screenshot(page, 'wall-live')
    expect(errors).toEqual([])
    await context.close()
  })

  it('shows an acknowledgement of the desk on the wall in less than a second', async () => {
    const wall = await pageOf(system, browser(), 'group', '/wall')
    const desk = await pageOf(system, browser(), 'manager', '/desk?kind=risk')
    const [risk] = await alertsOf('risk')
    const answer = wall.page.locator(`.case[data-alert="${risk?.id}"] [data-test=answer]`)
    await answer.waitFor()
    await desk.page.locator(`.row[data-alert="${risk?.id}"] a`).click()
    await desk.page.locator('[data-move=ack]').waitFor()
    const began = performance.now()
    await desk.page.keyboard.press('a')
    await wall.page.locator(`.case[data-alert="${risk?.id}"] [data-test=answer]`, { hasText: '江苏甲' }).waitFor()
    const took = performance.now() - began
    expect(await answer.innerText()).toBe('江苏甲 已确认')
    process.stdout.write(`acknowledged on the desk, on the wall after ${Math.round(took)} ms\n`)
    expect(took).toBeLessThan(1_000)
    await until(() => desk.page.locator('[data-test=timeline]').innerText(), (text) => text.includes('确认'))
    expect(await desk.page.locator('[data-test=timeline]').innerText()).toMatch(/确认[\s\S]*江苏甲/)
    expect([...wall.errors, ...desk.errors]).toEqual([])
    await screenshot(desk.page, 'desk-acknowledged')
    await wall.context.close()
    await desk.context.close()
  })

  it('tells the second desk who was first', async () => {
    const [alert] = (await alertsOf('abnormal')).filter((card) => card.needsAck)
    const second = await pageOf(system, browser(), 'second', '/desk')
    const row = second.page.locator(`.row[data-alert="${alert?.id}"]`)
    await row.locator('button').waitFor()
    // Both press at the same moment: the second has not yet heard of the first.
    await second.context.setOffline(true)
    const first = await system.signIn('manager')
    const moved = await fetch(`${system.url}/api/v1/alerts/${alert?.id}/moves`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: first.cookie, 'x-csrf-token': first.csrfToken },
      body: JSON.stringify({ move: 'ack', reason: '', client: 'test' }),
    })
    expect(moved.status).toBe(200)
    await second.page.route('**/api/v1/wall', (route) => route.abort())
    await second.page.routeWebSocket(/socket\.io/, () => undefined)
    await second.context.setOffline(false)
    await row.locator('button').click()
    await row.locator('[data-test=ack-note]').waitFor()
    expect(await row.locator('[data-test=ack-note]').innerText()).toMatch(/^江苏甲 已于 \d\d:\d\d:\d\d 先行确认$/)
    await screenshot(second.page, 'desk-second')
    expect(second.errors).toEqual([])
    await second.context.close()
  })

  it('says within five seconds that the server is gone, keeps the figures, and resumes without a reload with nothing lost', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'group', '/wall')
    await page.locator('.pulse.fresh').waitFor()
    await page.evaluate('window.__sameLife = true')
    const before = await numberIn(page, 'accepted-today')
    await system.kill()
    const began = performance.now()
    await page.locator('[data-test=stale]').waitFor({ timeout: 15_000 })
    const took = performance.now() - began
    process.stdout.write(`killed; the wall says stale after ${Math.round(took)} ms\n`)
    expect(took).toBeLessThan(5_000)
    expect(await page.locator('[data-test=stale]').innerText()).toMatch(/数据停更[\s\S]*自 \d\d:\d\d:\d\d 起/)
    expect(await numberIn(page, 'accepted-today')).toBe(before)
    await screenshot(page, 'wall-stale')
    await system.start()
    await system.post(burst(7, { ...SUZHOU, phenomenon: 'IPTV' }))
    await page.locator('[data-test=stale]').waitFor({ state: 'detached', timeout: 30_000 })
    await until(() => numberIn(page, 'accepted-today'), (value) => value === before + 7)
    expect(await numberIn(page, 'accepted-today')).toBe(before + 7)
    expect(await page.evaluate('window.__sameLife')).toBe(true)
    expect(errors).toEqual([])
    await context.close()
  })

  it('says so within five seconds too when the server only stands still', async () => {
    const { page, context } = await pageOf(system, browser(), 'group', '/wall')
    await page.locator('.pulse.fresh').waitFor()
    system.signal('SIGSTOP')
    const began = performance.now()
    try {
      await page.locator('[data-test=stale]').waitFor({ timeout: 15_000 })
    } finally {
      system.signal('SIGCONT')
    }
    const took = performance.now() - began
    process.stdout.write(`stopped; the wall says stale after ${Math.round(took)} ms\n`)
    expect(took).toBeLessThan(5_000)
    await page.locator('[data-test=stale]').waitFor({ state: 'detached', timeout: 30_000 })
    await context.close()
  })

  it('loses nothing while its line is cut', async () => {
    const { page, context } = await pageOf(system, browser(), 'group', '/wall')
    await page.locator('.pulse.fresh').waitFor()
    const before = await numberIn(page, 'accepted-today')
    const snapshots: string[] = []
    page.on('request', (request) => (request.url().endsWith('/api/v1/wall') ? snapshots.push(request.url()) : undefined))
    await context.setOffline(true)
    await system.post([...burst(5, { ...SUZHOU, phenomenon: '宽带慢' }), oldComplaint(90)])
    const api = await until(snapshot, ({ figures }) => figures.some(({ regionCode, acceptedToday }) => regionCode === '00' && acceptedToday === before + 5))
    await sleep(1_000)
    await context.setOffline(false)
    await until(() => numberIn(page, 'accepted-today'), (value) => value === before + 5, 30_000)
    expect(await numberIn(page, 'accepted-today')).toBe(before + 5)
    expect(await numberIn(page, 'open')).toBe(api.figures.find(({ regionCode }) => regionCode === '00')?.open)
    const newest = api.alerts.filter((card) => card.kind === 'abnormal').sort((a, b) => b.severitySince - a.severitySince)[0]
    await until(() => page.locator(`[data-test=newest-list] [data-alert="${newest?.id}"]`).count(), (count) => count === 1)
    expect(await page.locator(`[data-test=newest-list] [data-alert="${newest?.id}"]`).count()).toBe(1)
    // It came by the rows that were missed, not by starting over.
    expect(snapshots).toEqual([])
    await context.close()
  })

  it('pairs a wall by its code, shows the scope it was given, and goes back to a code when it is revoked', async () => {
    const wall = await openPage(browser())
    await wall.page.goto(`${system.url}/wall`)
    const code = wall.page.locator('[data-test=pairing-code]')
    await until(() => code.innerText(), (text) => /^[A-Z0-9]{6}$/.test(text))
    await screenshot(wall.page, 'wall-pairing')
    const admin = await pageOf(system, browser(), 'admin', '/admin')
    await admin.page.fill('[name=code]', await code.innerText())
    await admin.page.locator('[name=name]').first().fill('监控室一号')
    await admin.page.locator('select[name=region]').first().selectOption('32')
    await admin.page.getByRole('button', { name: '确认配对' }).click()
    await wall.page.locator('.wall .scope').waitFor({ timeout: 15_000 })
    expect(await wall.page.locator('.wall .scope').innerText()).toBe('江苏')
    await wall.page.reload()
    await wall.page.locator('.wall .scope').waitFor()
    admin.page.once('dialog', (dialog) => void dialog.accept())
    await screenshot(admin.page, 'admin', true)
    await admin.page.getByRole('row', { name: /监控室一号/ }).getByRole('button').click()
    await wall.page.locator('[data-test=pairing-code]').waitFor({ timeout: 15_000 })
    expect([...wall.errors, ...admin.errors]).toEqual([])
    await wall.context.close()
    await admin.context.close()
  })

  it('keeps what a person is typing while the alert changes under him, and stores a resolution with cause, measure and evidence', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'second', '/desk?kind=risk')
    const [risk] = (await alertsOf('risk')).filter((card) => card.state === 'acknowledged')
    await page.locator(`.row[data-alert="${risk?.id}"] a`).click()
    await page.locator('[data-move=resolve]').click()
    await page.fill('[name=cause]', '光缆中断')
    const first = await system.signIn('manager')
    await fetch(`${system.url}/api/v1/alerts/${risk?.id}/moves`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: first.cookie, 'x-csrf-token': first.csrfToken },
      body: JSON.stringify({ move: 'note', reason: '已联系网络部', client: 'test' }),
    })
    await until(() => page.locator('[data-test=timeline]').innerText(), (text) => text.includes('已联系网络部'))
    expect(await page.locator('[data-test=timeline]').innerText()).toContain('已联系网络部')
    expect(await page.inputValue('[name=cause]')).toBe('光缆中断')
    await page.getByRole('button', { name: '提交' }).click()
    expect(await page.locator('form [role=alert]').innerText()).toContain('措施')
    await page.fill('[name=measure]', '已抢通')
    await page.fill('[name=evidence]', '网管单 0001')
    await page.getByRole('button', { name: '提交' }).click()
    await until(() => page.locator('[data-test=state]').innerText(), (text) => text === '已解决')
    expect(await page.locator('[data-test=state]').innerText()).toBe('已解决')
    expect(await page.locator('[data-test=timeline]').innerText()).toContain('原因：光缆中断；措施：已抢通；佐证：网管单 0001')
    expect(errors).toEqual([])
    await context.close()
  })

  it('moves through the desk by keys alone', async () => {
    const { page, context } = await pageOf(system, browser(), 'manager', '/desk')
    await page.locator('[data-test=alert-list] .row').first().waitFor()
    const rows = await page.locator('[data-test=alert-list] .row').evaluateAll((list) => list.map((row) => row.getAttribute('data-alert')))
    expect(rows.length).toBeGreaterThan(2)
    for (const key of ['j', 'j', 'k']) {
      await page.keyboard.press(key)
      await sleep(150)
    }
    expect(new URL(page.url()).pathname).toBe(`/desk/${rows[0]}`)
    expect(await page.evaluate("document.activeElement.closest('[data-alert]')?.getAttribute('data-alert')")).toBe(rows[0])
    await page.locator('[data-move=note]').waitFor()
    await page.keyboard.press('n')
    await page.keyboard.type('j 键不应移动')
    expect(await page.inputValue('[name=noteText]')).toBe('j 键不应移动')
    await page.keyboard.press('Escape')
    expect(await page.locator('form[data-test=form-note]').count()).toBe(0)
    await page.keyboard.press('?')
    expect(await page.locator('dialog[open]').count()).toBe(1)
    await page.keyboard.press('Escape')
    expect(await page.locator('dialog[open]').count()).toBe(0)
    await page.keyboard.press('Escape')
    expect(new URL(page.url()).pathname).toBe('/desk')
    await context.close()
  })

  it('calls a person in the application, and his page gives the receipt', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', '/desk')
    await page.locator('[data-test=alert-list]').waitFor()
    await system.post(burst(36, { ...SUZHOU, phenomenon: '不知情定制' }))
    const toast = page.locator('.toast')
    await toast.waitFor({ timeout: 30_000 })
    expect(await toast.innerText()).toMatch(/黄[\s\S]*不知情定制 · 苏州市/)
    await screenshot(page, 'desk-notice')
    await toast.getByRole('button', { name: '查看' }).click()
    const receipt = page.locator('[data-test=deliveries] li', { hasText: '江苏甲' })
    await until(async () => {
      await page.reload()
      return receipt.first().innerText()
    }, (text) => text.includes('已送达'))
    expect(await receipt.first().innerText()).toContain('已送达')
    expect(errors).toEqual([])
    await context.close()
  })

  it('answers an expired session with the login page and comes back to where one was', async () => {
    const { page, context } = await pageOf(system, browser(), 'manager', '/desk?kind=abnormal')
    const cookies = await context.cookies()
    await context.request.post(`${system.url}/api/v1/logout`, { headers: { 'x-csrf-token': ((await (await context.request.get(`${system.url}/api/v1/me`)).json()) as { csrfToken: string }).csrfToken } })
    await page.waitForURL((url) => url.pathname === '/login', { timeout: 15_000 })
    expect(new URL(page.url()).searchParams.get('next')).toBe('/desk?kind=abnormal')
    expect(cookies.length).toBeGreaterThan(0)
    await context.close()
  })

  it('runs on the server’s clock', async () => {
    const { page, context } = await openPage(browser())
    await page.clock.install({ time: systemClock.now() + 3 * 86_400_000 })
    await page.goto(`${system.url}/login?next=/wall`)
    await page.fill('[name=login]', 'group')
    await page.fill('[name=password]', PASSWORD)
    await page.click('button[type=submit]')
    const clock = page.locator('[data-test=clock]')
    await clock.waitFor()
    await sleep(2_500)
    const expected = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
    const now = systemClock.now()
    const around = [-3, -2, -1, 0, 1].map((seconds) => expected.format(now + seconds * 1_000))
    expect(around).toContain(await clock.innerText())
    await context.close()
  })
})
