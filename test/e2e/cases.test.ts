import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import type { AlertCard } from '../../core/contract/alerts.ts'
import type { WallSnapshot } from '../../core/contract/wall.ts'
import { describeInBrowser } from '../support/browser.ts'
import { expectSound } from '../support/page-look.ts'
import { burst, type RunningSystem, runSystem } from '../support/running-system.ts'
import { pageOf, until } from '../support/visit.ts'

const NET = { province: '32', region: '320500', phenomenon: '宽带上不了网' }
const FEES = { province: '32', region: '320100', phenomenon: '计费及收费' }

describeInBrowser('the page of a case on the running system', (browser) => {
  let system: RunningSystem
  let cases: readonly AlertCard[] = []
  const caseOf = (region: string) => cases.find(({ regionCode }) => regionCode === region)?.id ?? ''
  const live = async () => ((await system.get('manager', '/wall')) as WallSnapshot).alerts.filter(({ kind }) => kind === 'risk')

  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('manager', '江苏甲', 'duty_manager', '32')
    await system.addUser('agent', '江苏乙', 'duty_agent', '32')
    await system.post([...burst(40, NET), ...burst(15, FEES)])
    cases = await until(live, (found) => found.length >= 2)
  }, 120_000)
  afterAll(async () => system?.stop())

  const opened = async (login: string, path: string, width = 1366) => {
    const visit = await pageOf(system, browser(), login, path)
    await visit.page.setViewportSize({ width, height: 768 })
    await visit.page.locator('[data-test=members] tbody tr').first().waitFor()
    return visit
  }
  const shoot = async (page: Page, name: string) => {
    await expectSound(page, `${name}-1366`)
    await page.setViewportSize({ width: 360, height: 780 })
    await until(() => page.evaluate('innerWidth') as Promise<number>, (width) => width === 360)
    await expectSound(page, `${name}-360`)
    await page.setViewportSize({ width: 1366, height: 768 })
  }

  it('is reached from the desk, and shows scope, value against threshold, measures and words in both languages', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', `/desk/${caseOf('320500')}`)
    await page.locator('[data-test=to-case]').click()
    await page.locator('[data-test=members] tbody tr').first().waitFor()
    expect(new URL(page.url()).pathname).toBe(`/cases/${caseOf('320500')}`)
    expect(await page.locator('[data-test=places] tbody tr').first().innerText()).toMatch(/苏州市\s+40\s+40/)
    expect(await page.locator('[data-test=members]').innerText()).toMatch(/40 户[\s\S]*≥ 30/)
    await page.locator('[data-test=add-measure]').click()
    await page.fill('[name=what]', '回访 13812345678')
    await page.fill('[name=owner]', '网络部值班')
    await page.keyboard.press('Enter')
    await page.locator('.section [role=alert]').waitFor()
    expect(await page.locator('.section [role=alert]').first().innerText()).toContain('个人信息')
    await page.fill('[name=what]', '抢修光缆')
    await page.keyboard.press('Enter')
    await page.locator('[data-test=measures] li').waitFor()
    await page.getByRole('button', { name: '标为完成: 抢修光缆' }).click()
    await until(() => page.locator('[data-test=measures]').innerText(), (text) => text.includes('已完成'))
    expect(await page.locator('[data-test=measures]').innerText()).toContain('网络部值班')
    await page.locator('[data-test=edit-line]').click()
    await page.fill('[name=line]', '苏州部分宽带中断，正在抢修，预计两小时内恢复。')
    await page.getByRole('button', { name: '提交' }).click()
    await page.locator('[data-test=line]').waitFor()
    await until(() => page.locator('[data-test=timeline]').innerText(), (text) => text.includes('Line-to-take v1'))
    expect(await page.locator('[data-test=timeline]').innerText()).toContain('措施完成 Measure done：抢修光缆')
    await shoot(page, 'case-zh')
    await page.getByRole('button', { name: 'English' }).first().click()
    await until(() => page.locator('[data-test=case]').innerText(), (text) => text.includes('Line-to-take'))
    expect(await page.locator('[data-test=case]').innerText()).not.toMatch(/cases\.\w|timeline\.move|act\.\w/)
    await shoot(page, 'case-en')
    expect(errors.filter((text) => !text.includes('422'))).toEqual([])
    await context.close()
  })

  it('says which reports are owed by when, and sending one stops its clock', async () => {
    const { page, errors, context } = await opened('manager', `/cases/${caseOf('320500')}`)
    const reports = page.locator('[data-test=case-reports]')
    await reports.locator('[data-test=duties] li').first().waitFor()
    expect(await reports.locator('[data-test=duties]').innerText()).toMatch(/书面报告\s+时限 [\s\S]*还有/)
    await reports.locator('[data-test=make-report]').click()
    await reports.locator('[name=kind]').selectOption('written')
    await reports.locator('[name=recipient]').fill('省投诉中心')
    await reports.locator('[name=situation]').fill('苏州宽带中断，抢修中')
    await reports.getByRole('button', { name: '提交' }).click()
    await reports.locator('details').waitFor()
    expect(await reports.locator('[data-test=duties]').innerText()).toMatch(/书面报告\s+时限 [\s\S]*已于 [\s\S]*续报\s+时限/)
    await reports.locator('summary').click()
    expect(await reports.locator('details').innerText()).toMatch(/书面报告[\s\S]*报给 省投诉中心[\s\S]*40 单，40 位客户[\s\S]*抢修中/)
    expect(errors).toEqual([])
    await context.close()
  })

  it('merges by keys alone and splits again; both stay so', async () => {
    const { page, errors, context } = await opened('manager', `/cases/${caseOf('320100')}`)
    await page.locator('[data-test=merge]').focus()
    await page.keyboard.press('Enter')
    await page.locator('[data-test=merge-form] .choice').waitFor()
    await page.keyboard.type('苏州')
    await page.locator('[data-test=merge-form] .choice input').focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('Tab')
    await page.keyboard.type('同一机房断电')
    await shoot(page, 'case-merge')
    await page.getByRole('button', { name: '合并', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname === `/cases/${caseOf('320500')}`)
    await until(() => page.locator('[data-test=places]').innerText(), (text) => text.includes('江苏'))
    expect(await page.locator('[data-test=places]').innerText()).toMatch(/江苏省?\s+55\s+55[\s\S]*南京市\s+15\s+15[\s\S]*苏州市\s+40\s+40/)
    expect((await live()).map(({ id }) => id)).toEqual([caseOf('320500')])
    await page.locator('[data-test=split]').click()
    await page.locator('[data-test=split-form]').waitFor()
    await page.getByRole('button', { name: '拆分', exact: true }).last().click()
    await page.locator('[data-test=split-form] input[value="320100"]').check()
    await page.locator('[data-test=split-form] textarea').fill('原因不同')
    await shoot(page, 'case-split')
    await page.locator('[data-test=split-form] button[type=submit]').click()
    await page.waitForURL((url) => url.pathname !== `/cases/${caseOf('320500')}`)
    await page.getByRole('link', { name: `由案件 ${caseOf('320500')} 拆出` }).waitFor()
    const after = await live()
    expect(after.map(({ regionCode, ticketCount }) => [regionCode, ticketCount]).sort()).toEqual([['32', 40], ['320100', 15]])
    expect(errors).toEqual([])
    await context.close()
  })

  it('offers a duty agent neither, and closes a form by Escape', async () => {
    const agent = await opened('agent', `/cases/${caseOf('320500')}`)
    expect(await agent.page.locator('[data-test=merge], [data-test=split]').count()).toBe(0)
    await agent.context.close()
    const { page, context } = await opened('manager', `/cases/${caseOf('320500')}`)
    await page.locator('[data-test=split]').click()
    await page.locator('[data-test=split-form]').waitFor()
    await page.keyboard.press('Escape')
    await until(() => page.locator('[data-test=split-form]').count(), (count) => count === 0)
    expect(await page.locator('[data-test=split-form]').count()).toBe(0)
    expect(await page.evaluate('document.activeElement.dataset.test')).toBe('split')
    await page.keyboard.press('n')
    await page.keyboard.type('已联系网络部')
    expect(await page.inputValue('[name=noteText]')).toBe('已联系网络部')
    await context.close()
  })
})
