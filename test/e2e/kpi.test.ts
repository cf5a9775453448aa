import { afterAll, beforeAll, expect, it } from 'vitest'
import type { KpiAnswer, KpiMonthsAnswer } from '../../core/contract/kpi.ts'
import type { RestatementsAnswer } from '../../core/contract/restatement.ts'
import { DAY, HOUR } from '../../core/domain/time.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { describeInBrowser, screenshot } from '../support/browser.ts'
import { createdEvent, laterEvent } from '../support/complaints.ts'
import { expectSound } from '../support/page-look.ts'
import { type RunningSystem, runSystem } from '../support/running-system.ts'
import { pageOf, until } from '../support/visit.ts'

const now = systemClock.now()
/** In a week that is published, and in a month that is frozen and whose weeks are not shown any more, on every day of the year. */
const [PUBLISHED, FROZEN] = [now - 14 * DAY, now - 100 * DAY]
const filed = (no: string, at: number) => ({ no, at })

describeInBrowser('the page of indicators', (browser) => {
  let system: RunningSystem

  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('steward', '江苏数据管理员', 'data_steward', '32')
    await system.addUser('group', '集团甲', 'group_ops', '00')
    await system.post([...Array.from({ length: 5 }, (_, n) => createdEvent(filed(`P${n}`, PUBLISHED - n))), ...Array.from({ length: 4 }, (_, n) => createdEvent(filed(`F${n}`, FROZEN - n)))])
    const monthly = (satisfies: (months: KpiMonthsAnswer['series'][number]['months']) => boolean) =>
      until(() => system.get('group', '/kpi/months') as Promise<KpiMonthsAnswer>, ({ series }) => satisfies(series[0]?.months ?? []), 200_000)
    await monthly((months) => [5, 4].every((n) => months.some(({ figure }) => figure.value === n)))
    await system.heardSince(now - 200 * DAY)
    // Months freeze once an hour, and at the first full minute after a start that is not missed.
    await system.kill()
    await system.start()
    await monthly((months) => months.some(({ status, figure }) => status === 'frozen' && figure.value === 4))
    await system.post([laterEvent(filed('P0', PUBLISHED), 'voided', now - HOUR), laterEvent(filed('F0', FROZEN), 'voided', now - HOUR)])
    const { items } = await until(() => system.get('steward', '/restatements?state=waiting') as Promise<RestatementsAnswer>, ({ items: found }) => found.length === 2)
    const { cookie, csrfToken } = await system.signIn('steward')
    const decided = await fetch(`${system.url}/api/v1/restatements/decide`, {
      method: 'POST', headers: { cookie, 'x-csrf-token': csrfToken, 'content-type': 'application/json' },
      body: JSON.stringify({ ids: items.map(({ id }) => id), decision: 'confirm', reason: '测试工单，已核对' }),
    })
    expect(decided.status).toBe(200)
    await until(() => system.get('group', '/kpi') as Promise<KpiAnswer>, ({ series }) => series[0]?.weeks.some(({ first }) => first !== null) === true)
  }, 300_000)
  afterAll(async () => system?.stop())

  it('says in words which published week was restated: from what, by whom and why; and what a frozen month leaves out', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'group', '/kpi?lang=zh')
    const panel = page.locator('[data-kpi="K-01"]')
    await panel.locator('summary', { hasText: '数据表' }).click()
    const row = panel.locator('tr[data-week]', { has: page.locator('[data-test=restated]') })
    await row.first().waitFor()
    expect(await row.count()).toBe(1)
    expect(await row.locator('[data-test=value]').innerText()).toBe('4')
    expect(await row.locator('[data-test=restated]').innerText()).toMatch(/^重述\s+首次发布 5，现为 4\s+\d\d-\d\d \d\d:\d\d steward 确认 作废 1 条：测试工单，已核对$/)
    expect(await panel.locator('.legend').innerText()).toContain('重述')
    await panel.locator('[data-test=months] summary').focus()
    await page.keyboard.press('Enter')
    const adjustment = panel.locator('[data-test=adjustment]')
    await adjustment.waitFor()
    expect(await adjustment.innerText()).toMatch(/^调整\s+−1\s+冻结后的变动；计入后为 3\s+\d\d-\d\d \d\d:\d\d steward 确认 作废 1 条：测试工单，已核对$/)
    expect(await panel.locator('[data-month]').filter({ hasText: '冻结后的变动' }).locator('tr').first().innerText()).toMatch(/4\s+4\s+—\s+已于 \d\d-\d\d \d\d:\d\d 冻结/)
    const chart = panel.locator('.chart canvas')
    const box = await chart.boundingBox()
    // Two weeks before the last of thirteen.
    await chart.hover({ position: { x: (box?.width ?? 0) * 0.83, y: (box?.height ?? 0) * 0.4 } })
    await screenshot(page, 'kpi-tooltip-zh')
    expect(errors).toEqual([])
    await context.close()
  })

  it('takes an entry of a risk that others found first, and its withdrawal', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'steward', '/kpi?lang=zh')
    const section = page.locator('[data-test=missed-risks]')
    await section.getByRole('button', { name: '登记漏报' }).click()
    // Yesterday, wherever the browser sits.
    await section.locator('[name=foundAt]').fill(new Date(now - DAY).toISOString().slice(0, 16))
    await section.locator('[name=foundBy]').selectOption('press')
    await section.locator('[name=matter]').fill('媒体报道宽带中断')
    await section.locator('[name=ruleId]').selectOption('MR-09')
    await screenshot(page, 'kpi-missed-form-zh')
    await section.getByRole('button', { name: '提交' }).click()
    await section.locator('[data-test=missed-told]').waitFor()
    const entry = section.locator('[data-missed]')
    expect(await entry.innerText()).toMatch(/媒体 · 江苏 · MR-09 [^\n]+\s+媒体报道宽带中断\s+江苏数据管理员 登记于 /)
    await entry.getByRole('button', { name: '撤销' }).click()
    await entry.locator('[name=reason]').fill('已有案件')
    await entry.getByRole('button', { name: '撤销' }).click()
    await entry.getByText('撤销：已有案件').waitFor()
    expect(errors).toEqual([])
    await context.close()
  })

  it.each(['zh', 'en'] as const)('fits a desktop and a telephone in %s, without a serious fault for assistive technology', async (language) => {
    for (const [width, height] of [[1366, 768], [360, 740]] as const) {
      const { page, context } = await pageOf(system, browser(), 'group', `/kpi?lang=${language}`)
      await page.setViewportSize({ width, height })
      await page.locator('[data-test=months]').first().waitFor({ state: 'attached' })
      await page.evaluate('for (const details of document.querySelectorAll("main details")) details.open = true')
      await page.locator('[data-test=adjustment]').first().waitFor()
      await expectSound(page, `kpi-${width}x${height}-${language}`)
      await context.close()
    }
  })
})
