import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { WallSnapshot } from '../../core/contract/wall.ts'
import { describeInBrowser } from '../support/browser.ts'
import { expectSound } from '../support/page-look.ts'
import { burst, type RunningSystem, runSystem } from '../support/running-system.ts'
import { pageOf, until } from '../support/visit.ts'

describeInBrowser('reviews of cases on the running system', (browser) => {
  let system: RunningSystem
  let id = ''
  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('manager', '江苏值班经理', 'duty_manager', '32')
    await system.addUser('leader', '江苏班长', 'duty_leader', '32')
    await system.addUser('auditor', '审计甲', 'auditor', '00')
    await system.post(burst(40, { province: '32', region: '320500', phenomenon: '宽带上不了网' }))
    const cards = await until(async () => ((await system.get('manager', '/wall')) as WallSnapshot).alerts.filter(({ kind, severity }) => kind === 'risk' && severity >= 2), (found) => found.length > 0)
    id = cards[0]?.id ?? ''
    const { cookie, csrfToken } = await system.signIn('manager')
    for (const move of ['ack', 'resolve']) {
      const answer = await fetch(`${system.url}/api/v1/alerts/${id}/moves`, { method: 'POST', headers: { cookie, 'x-csrf-token': csrfToken, 'content-type': 'application/json' }, body: JSON.stringify({ move, reason: '光缆修复', client: 'api' }) })
      expect(answer.status).toBe(200)
    }
  }, 180_000)
  afterAll(async () => system?.stop())

  const shoot = async (page: Page, name: string) => {
    await page.setViewportSize({ width: 1366, height: 768 })
    await expectSound(page, name)
    await page.setViewportSize({ width: 390, height: 844 })
    await until(() => page.evaluate('innerWidth') as Promise<number>, (width) => width === 390)
    await expectSound(page, `${name}-390`)
    await page.setViewportSize({ width: 1366, height: 768 })
  }

  it('lists what is due, and leads to the case', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', '/reviews')
    const list = page.locator('[data-test=reviews]')
    await list.locator('li').waitFor()
    expect(await list.innerText()).toMatch(/黄[\s\S]*宽带上不了网[\s\S]*苏州市[\s\S]*简表[\s\S]*待办 · 签字 0\/1[\s\S]*时限 \d\d-\d\d 24:00/)
    expect(await page.locator('[data-test=totals]').innerText()).toBe('待办 1，其中逾期 0')
    await shoot(page, 'reviews-zh')
    await page.locator('[data-test=state-overdue]').click()
    await page.locator('[data-test=none]').waitFor()
    expect(await page.locator('[data-test=none]').innerText()).toBe('没有逾期的复盘。')
    expect(new URL(page.url()).search).toBe('?state=overdue')
    await page.locator('[data-test=state-open]').click()
    await list.locator('a').click()
    await page.locator('[data-test=case-review] [data-test=review-timeline]').waitFor()
    expect(new URL(page.url()).pathname).toBe(`/cases/${id}`)
    expect(errors).toEqual([])
    await context.close()
  })

  it('is written in versions, takes measures, and is signed by the duty manager, which closes the case', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', `/cases/${id}`)
    const section = page.locator('[data-test=case-review]')
    await section.locator('[data-test=missing]').waitFor()
    expect(await section.innerText()).toMatch(/首位客户[\s\S]*首次预警[\s\S]*确认[\s\S]*投诉客户\s+40/)
    await section.locator('[data-test=write-review]').click()
    const form = section.locator('[data-test=review-form]')
    for (const field of ['earlier', 'late', 'falseAlarm']) await form.locator(`[name=${field}]`).selectOption('no')
    await form.locator('[name=cause-0]').fill('上不了网')
    await form.locator('[data-test=add-cause]').click()
    await form.locator('[name=cause-1]').fill('施工挖断光缆 13812345678')
    await form.locator('[name=wrong]').fill('通知装维晚了 10 分钟')
    await shoot(page, 'review-form-zh')
    await form.locator('[data-test=save-review]').click()
    await form.locator('[role=alert]').waitFor()
    expect(await form.locator('[role=alert]').innerText()).toContain('个人信息')
    await form.locator('[name=cause-1]').fill('施工挖断光缆')
    // Somebody else keeps a version meanwhile: nothing is overwritten unseen.
    const other = await system.signIn('leader')
    const EMPTY = { behaviour: '', causes: [], right: '', wrong: '班长先写', refunds: '', rules: '', line: '', noMeasures: '', metOn: '', departments: '', minutes: '' }
    const kept = await fetch(`${system.url}/api/v1/cases/${id}/review`, { method: 'POST', headers: { cookie: other.cookie, 'x-csrf-token': other.csrfToken, 'content-type': 'application/json' }, body: JSON.stringify({ basedOn: 0, content: { earlier: null, late: null, falseAlarm: null, ...EMPTY } }) })
    expect(kept.status).toBe(200)
    await form.locator('[data-test=take-over]').waitFor()
    expect(await form.innerText()).toContain('他人已保存第 1 版')
    await form.locator('[data-test=take-over]').click()
    await form.locator('[data-test=save-review]').click()
    await form.waitFor({ state: 'detached' })
    expect(await section.locator('[data-test=missing]').innerText()).toBe('签字前尚缺：整改措施')
    expect(await section.locator('[data-test=sign-review]').count()).toBe(0)
    await section.locator('[data-test=add-review-measure]').click()
    await section.locator('[name=review-what]').fill('加装光缆保护套管')
    await section.locator('[name=review-owner]').selectOption('city_owner')
    await section.locator('[name=review-due]').fill('2099-12-31')
    await section.locator('[name=review-due]').press('Enter')
    await section.locator('[data-test=review-measures] li').waitFor()
    expect(await section.locator('[data-test=review-measures]').innerText()).toMatch(/加装光缆保护套管[\s\S]*地市责任人 · 至 12-31 24:00/)
    await shoot(page, 'review-zh')
    await section.locator('[data-test=sign-review]').click()
    await until(() => section.locator('[data-test=review-status]').innerText(), (text) => text === '已签完')
    await until(() => page.locator('[data-test=state], [data-test=case]').first().innerText(), (text) => text.includes('已关闭') || text.includes('关闭'))
    expect(await section.locator('[data-test=review-signatures]').innerText()).toMatch(/值班经理 江苏值班经理，.*第 3 版/)
    await section.locator('[data-test=versions] > summary').click()
    expect(await section.locator('[data-test=versions]').innerText()).toMatch(/第 2 版[\s\S]*第 1 版/)
    await page.getByRole('button', { name: 'English' }).first().click()
    await until(() => section.innerText(), (text) => text.includes('Signatures'))
    expect(await section.innerText()).not.toMatch(/review\.\w|act\.\w|role\.\w/)
    await shoot(page, 'review-en')
    expect(errors.filter((text) => !/40[0-9]|422/.test(text))).toEqual([])
    await context.close()
  })

  it('is read in English by an auditor, who writes nothing', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'auditor', `/cases/${id}?lang=en`)
    const section = page.locator('[data-test=case-review]')
    await section.locator('[data-test=review-signatures]').waitFor()
    expect(await section.locator('button').count()).toBe(0)
    await page.goto(`${system.url}/reviews?state=done&lang=en`)
    await page.locator('[data-test=reviews] li').waitFor()
    await shoot(page, 'reviews-en')
    expect(errors).toEqual([])
    await context.close()
  })
})
