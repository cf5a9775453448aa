import { afterAll, beforeAll, expect, it } from 'vitest'
import type { LaddersAnswer } from '../../core/contract/ladders.ts'
import { describeInBrowser, screenshot } from '../support/browser.ts'
import { expectSound } from '../support/page-look.ts'
import { type RunningSystem, runSystem } from '../support/running-system.ts'
import { pageOf } from '../support/visit.ts'

describeInBrowser('the page of the ladders', (browser) => {
  let system: RunningSystem
  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('keeper', '规则管理员', 'admin', '00')
    await system.addUser('manager', '江苏值班经理', 'duty_manager', '32')
  }, 180_000)
  afterAll(async () => system?.stop())

  it('shows a duty manager every ladder and who would be told now in his province, and lets him change nothing', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', '/ladders')
    await page.locator('[data-test=ladder-abnormal-1]').waitFor()
    expect(await page.locator('article').count()).toBe(8)
    expect(await page.locator('[data-test=ladder-risk-3]').innerText()).toMatch(/确认时限\s+10 分钟[\s\S]*每 5 分钟[\s\S]*T\+30 分钟\s+集团运营中心[\s\S]*通知阶梯的下一步/)
    const preview = page.locator('[data-test=ladder-preview]')
    await preview.locator('[data-via=nobody], [data-via=step]').first().waitFor()
    await preview.locator('[name=severity]').selectOption('2')
    await preview.getByText('江苏值班经理').first().waitFor()
    expect(await preview.innerText()).toMatch(/立即\s+江苏值班经理 值班经理 · 江苏\s+空缺：值班长、专业部门责任人/)
    expect(await preview.innerText()).toMatch(/T\+60 分钟\s+! 其后各步也无人，转兜底岗位/)
    expect(await page.getByRole('button', { name: '更改', exact: true }).count()).toBe(0)
    expect(errors).toEqual([])
    await expectSound(page, 'ladders')
    await screenshot(page, 'ladders-zh')
    await context.close()
  })

  it('lets a keeper of the rules change one, with the difference before and the history after; of two the second is told and loses nothing', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'keeper', '/ladders')
    const card = page.locator('[data-test=ladder-risk-2]')
    await card.getByRole('button', { name: '更改', exact: true }).click()
    await card.locator('[name=after-3]').fill('90')
    expect(await card.locator('[data-test=ladder-changes]').innerText()).toMatch(/第 4 步 T\+60 分钟[\s\S]*第 4 步 T\+90 分钟/)
    const { cookie, csrfToken } = await system.signIn('keeper')
    const { ladders } = (await system.get('keeper', '/ladders')) as LaddersAnswer
    const body = { basedOn: 1, ladders: [{ kind: 'risk', severity: 1, ladder: { ...ladders.risk[1], handleMinutes: 600 } }], reason: '同时更改' }
    expect((await fetch(`${system.url}/api/v1/ladders`, { method: 'PUT', headers: { cookie, 'x-csrf-token': csrfToken, 'content-type': 'application/json' }, body: JSON.stringify(body) })).status).toBe(200)
    await card.locator('[name=reason]').fill('夜间省部需更多时间')
    await card.getByRole('button', { name: '保存并生效' }).click()
    await card.locator('[data-test=kept]').waitFor()
    expect(await card.locator('[name=after-3]').inputValue()).toBe('90')
    await card.getByRole('button', { name: '保存并生效' }).click()
    await page.getByText('升级阶梯已更改为第 3 版').waitFor()
    expect(await card.innerText()).toMatch(/已自行调整[\s\S]*T\+90 分钟/)
    await page.getByRole('button', { name: '查看更改记录' }).click()
    await page.getByText('夜间省部需更多时间').waitFor()
    expect(await page.locator('.history').innerText()).toMatch(/第 4 步 T\+60 分钟[\s\S]*第 4 步 T\+90 分钟[\s\S]*同时更改[\s\S]*10 小时内报出方案/)
    // The browser reports the refusal of the stale change.
    expect(errors.filter((error) => !error.includes('409'))).toEqual([])
    await context.close()
  })

  it('is sound in English on a phone', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'keeper', '/ladders?lang=en')
    await page.setViewportSize({ width: 390, height: 844 })
    await page.getByText('Who would be told now').waitFor()
    await page.locator('[data-test=ladder-abnormal-1]').waitFor()
    await expectSound(page, 'ladders')
    await screenshot(page, 'ladders-phone-en')
    expect(errors).toEqual([])
    await context.close()
  })
})
