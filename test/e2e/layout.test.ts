import { setTimeout as sleep } from 'node:timers/promises'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { WallSnapshot } from '../../core/contract/wall.ts'
import { DAY, HOUR } from '../../core/domain/time.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { describeInBrowser, openPage, screenshot } from '../support/browser.ts'
import { createdEvent, laterEvent } from '../support/complaints.ts'
import { crawl, seriousFaults } from '../support/page-look.ts'
import { burst, oldComplaint, PASSWORD, type RunningSystem, runSystem } from '../support/running-system.ts'

const WALLS = [
  [1366, 768],
  [1920, 1080],
  [3840, 2160],
  [7680, 2160],
  [1080, 1920],
] as const
const DESKS = [
  [1366, 768],
  [360, 740],
] as const
const LANGUAGES = ['zh', 'en'] as const

/** Ten weeks of completed complaints, so that every chart and table has something in it. */
function history(): Record<string, unknown>[] {
  const now = systemClock.now()
  return Array.from({ length: 200 }, (_, index) => {
    const complaint = { no: `H${index}`, at: now - 70 * DAY + Math.floor((index * 69 * DAY) / 200), province: '32', region: '320500', phenomenon: '宽带慢' }
    return [createdEvent(complaint), laterEvent(complaint, 'completed', complaint.at + 20 * HOUR, { result_code: 'done' })]
  }).flat()
}

async function signIn(system: RunningSystem, browser: Browser, login: string, options = {}): Promise<BrowserContext> {
  const { page, context } = await openPage(browser, options)
  const answer = await context.request.post(`${system.url}/api/v1/login`, { data: { login, password: PASSWORD } })
  expect(answer.status()).toBe(200)
  await page.close()
  return context
}

describeInBrowser('every page on every screen', (browser) => {
  let system: RunningSystem
  let group: BrowserContext
  let caseId = ''
  let smallCaseId = ''
  let ticketKey = ''

  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('group', '集团运营中心值班甲', 'group_ops', '00')
    await system.addUser('manager', '江苏值班经理甲', 'duty_manager', '32')
    await system.post(history())
    await system.post([
      ...burst(320, { province: '32', region: '320500', phenomenon: '宽带上不了网' }),
      ...burst(110, { province: '44', region: '440100', phenomenon: '计费及收费' }),
      ...burst(35, { province: '51', region: '510100', phenomenon: '不知情定制' }),
      ...burst(12, { province: '15', region: '150100', phenomenon: '产品业务规则' }),
      ...burst(14, { province: '23', region: '230100', phenomenon: 'IPTV' }),
      ...[80, 130, 60, 50].map((hours) => oldComplaint(hours)),
    ])
    for (let tries = 0; tries < 100; tries += 1) {
      const { alerts } = (await system.get('group', '/wall')) as WallSnapshot
      const cases = alerts.filter(({ kind }) => kind === 'risk')
      caseId = cases.find(({ severity }) => severity === 4)?.id ?? ''
      smallCaseId = cases.find(({ severity }) => severity === 1)?.id ?? ''
      ticketKey = alerts.find(({ kind }) => kind === 'abnormal')?.ticketKey ?? ''
      if (cases.length >= 5 && caseId !== '' && alerts.length >= 9) break
      await sleep(300)
    }
    group = await signIn(system, browser(), 'group')
  }, 180_000)
  afterAll(async () => system?.stop())

  /** Opens a page and waits until its content is there and settled. */
  async function open(context: BrowserContext, address: string, content: string, [width, height]: readonly [number, number]): Promise<Page> {
    const page = await context.newPage()
    await page.setViewportSize({ width, height })
    await page.goto(`${system.url}${address}`)
    await page.locator(content).first().waitFor()
    await page.evaluate('document.fonts.ready')
    await sleep(400)
    return page
  }

  it.each(WALLS.flatMap((size) => LANGUAGES.map((language) => [size[0], size[1], language] as const)))('the wall fits %d × %d in %s', async (width, height, language) => {
    const page = await open(group, `/wall?lang=${language}`, '.case', [width, height])
    const found = await crawl(page)
    await screenshot(page, `wall-${width}x${height}-${language}`)
    expect(found.faults).toEqual([])
    expect([found.width, found.height]).toEqual([width, height])
    expect(await page.locator('.colour .figure').allInnerTexts()).toEqual(['1', '1', '1', '2'])
    await page.close()
  })

  it.each(LANGUAGES)('the wall can be read by scrolling on a telephone in %s', async (language) => {
    const page = await open(group, `/wall?lang=${language}`, '.case', [360, 740])
    const found = await crawl(page)
    await screenshot(page, `wall-360x740-${language}`, true)
    expect(found.faults).toEqual([])
    expect(found.width).toBe(360)
    await page.close()
  })

  it.each(DESKS.flatMap((size) => LANGUAGES.map((language) => [size[0], size[1], language] as const)))('the other pages fit %d × %d in %s', async (width, height, language) => {
    const pages = [
      ['desk', `/desk?lang=${language}`, '.row'],
      ['detail', `/desk/${caseId}?lang=${language}`, '[data-test=timeline]'],
      ['case', `/cases/${caseId}?lang=${language}`, '[data-test=members]'],
      ['ticket', `/tickets/${encodeURIComponent(ticketKey)}?lang=${language}`, '[data-test=ticket-clocks]'],
      ['kpi', `/kpi?lang=${language}`, '[data-kpi] canvas'],
      ['login', `/login?lang=${language}`, '[name=login]'],
      ['nothing', `/desk/nothing?lang=${language}`, '.failure'],
    ] as const
    for (const [name, address, content] of pages) {
      const page = await open(group, address, content, [width, height])
      await page.evaluate('for (const details of document.querySelectorAll("main details")) details.open = true')
      const found = await crawl(page)
      await screenshot(page, `${name}-${width}x${height}-${language}`, true)
      expect({ name, faults: found.faults }).toEqual({ name, faults: [] })
      expect(found.width).toBe(width)
      await page.close()
    }
  })

  it.each(LANGUAGES)('the pages of an administrator fit a desktop and a telephone in %s', async (language) => {
    const admin = await signIn(system, browser(), 'admin')
    for (const size of [[1366, 768], [360, 740]] as const) {
      for (const [name, address, content] of [['admin', '/admin', 'table'], ['forbidden', '/desk', '.failure']] as const) {
        const page = await open(admin, `${address}?lang=${language}`, content, size)
        const found = await crawl(page)
        await screenshot(page, `${name}-${size[0]}x${size[1]}-${language}`, true)
        expect({ name, faults: found.faults }).toEqual({ name, faults: [] })
        await page.close()
      }
    }
    await admin.close()
  })

  it.each(['light', 'dark'] as const)('no page has a serious fault for assistive technology (%s)', async (colorScheme) => {
    const context = await signIn(system, browser(), 'group', { colorScheme })
    const pages = [['/wall', '.case'], [`/desk/${smallCaseId}`, '[data-test=timeline]'], [`/cases/${smallCaseId}`, '[data-test=members]'], [`/tickets/${encodeURIComponent(ticketKey)}`, '[data-test=ticket-clocks]'], ['/kpi', '[data-kpi] canvas'], ['/login', '[name=login]']] as const
    for (const [address, content] of pages.filter(([name]) => colorScheme === 'light' || !['/wall', '/login'].includes(name))) {
      const page = await open(context, `${address}?lang=zh`, content, [1440, 900])
      expect({ address, serious: await seriousFaults(page) }).toEqual({ address, serious: [] })
      await page.close()
    }
    await context.close()
  })

  it('keeps text on the wall at seven to one against its ground', async () => {
    const page = await open(group, '/wall?lang=zh', '.case', [1920, 1080])
    const { violations } = await new AxeBuilder({ page }).withRules(['color-contrast-enhanced']).options({ rules: { 'color-contrast-enhanced': { enabled: true } } }).analyze()
    expect(violations.flatMap(({ nodes }) => nodes.map(({ html, failureSummary }) => [html.slice(0, 120), failureSummary]))).toEqual([])
    await page.close()
  })

  it('prints the same times whatever zone the client lives in', async () => {
    const texts = []
    for (const timezoneId of ['UTC', 'Asia/Shanghai', 'America/New_York']) {
      const context = await signIn(system, browser(), 'group', { timezoneId })
      const kpi = await open(context, '/kpi?lang=zh', '[data-test=months]', [1440, 900])
      await kpi.evaluate('for (const details of document.querySelectorAll("main details")) details.open = true')
      const detail = await open(context, `/desk/${smallCaseId}?lang=zh`, '[data-test=timeline]', [1440, 900])
      texts.push({
        // The moment of asking moves on; everything else stands.
        kpi: (await kpi.locator('main').innerText()).replaceAll(/数据截至 \d\d-\d\d \d\d:\d\d/g, ''),
        timeline: await detail.locator('[data-test=timeline]').innerText(),
        tickets: await detail.locator('[data-test=tickets]').innerText(),
      })
      await context.close()
    }
    expect(texts[0]?.kpi).toMatch(/2026|20\d\d-W\d\d/)
    expect(texts[1]).toEqual(texts[0])
    expect(texts[2]).toEqual(texts[0])
  })

  it('switches every word of a page without a reload', async () => {
    const page = await open(group, `/desk/${smallCaseId}?lang=zh`, '[data-test=timeline]', [1440, 900])
    await page.evaluate('window.__sameLife = true')
    await page.getByRole('button', { name: 'English' }).click()
    const words = (await page.locator('body').innerText()).replaceAll(/宽带[^\s]*|中文|集团运营中心值班甲|江苏值班经理甲/g, '')
    expect(words).toContain('Acknowledge')
    expect(words.match(/待确认|时间线|基线|为什么/g)).toBeNull()
    expect(await page.evaluate('[window.__sameLife, document.documentElement.lang]')).toEqual([true, 'en'])
    await page.close()
  })
})
