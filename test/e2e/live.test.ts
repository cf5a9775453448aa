import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AlertCard } from '../../core/contract/alerts.ts'
import type { WallSnapshot } from '../../core/contract/wall.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { describeInBrowser, openPage, screenshot } from '../support/browser.ts'
import { burst, oldComplaint, PASSWORD, type RunningSystem, runSystem } from '../support/running-system.ts'
import { numberIn, pageOf, signedIn, until } from '../support/visit.ts'

const SUZHOU = { province: '32', region: '320500', phenomenon: '宽带上不了网' }

describeInBrowser('the wall on the running system', (browser) => {
  let system: RunningSystem
  const snapshot = () => system.get('group', '/wall') as Promise<WallSnapshot>
  const alertsOf = async (kind: AlertCard['kind']) => (await snapshot()).alerts.filter((card) => card.kind === kind)

  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('group', '集团甲', 'group_ops', '00')
    await system.addUser('manager', '江苏甲', 'duty_manager', '32')
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
    expect(await page.locator('[data-test=tile-age]').allInnerTexts()).toHaveLength(4)
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

  it('tells a case of important customers from the case of all customers of the same phenomenon', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'group', '/wall')
    await system.post(burst(3, { ...SUZHOU, payload: { is_vip: true } }))
    const [vip] = await until(() => alertsOf('risk').then((cards) => cards.filter(({ ruleId }) => ruleId === 'MR-05')), (cards) => cards.length > 0, 60_000)
    const row = page.locator(`.case[data-alert="${vip?.id}"]`)
    await row.waitFor()
    expect(await row.innerText()).toMatch(/宽带上不了网 苏州市 · 要客风险[\s\S]*3 户/)
    expect(await page.locator('.case', { hasText: '宽带上不了网 苏州市' }).filter({ hasNotText: '要客风险' }).count()).toBe(1)
    expect(errors).toEqual([])
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
