import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import type { TicketDetail } from '../../core/contract/tickets.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { describeInBrowser, screenshot } from '../support/browser.ts'
import { createdEvent, laterEvent } from '../support/complaints.ts'
import { type RunningSystem, runSystem } from '../support/running-system.ts'
import { pageOf, until } from '../support/visit.ts'

const HOUR = 3_600_000
const KEY = '32:eoms:V1'
const PRODUCT = '13912340000'

describeInBrowser('a ticket that breaks several rules', (browser) => {
  let system: RunningSystem
  let event = (_type: string, _hoursAgo: number, _payload: Record<string, unknown> = {}): Record<string, unknown> => ({})

  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('manager', '江苏甲', 'duty_manager', '32')
    await system.addUser('auditor', '审计甲', 'auditor', '32')
    await system.addUser('far', '浙江甲', 'duty_manager', '33')
    const now = systemClock.now()
    const ticket = { no: 'V1', at: now - 30 * HOUR, payload: { star: 7, product_no: PRODUCT } }
    event = (type, hoursAgo, payload = {}) => laterEvent(ticket, type, now - hoursAgo * HOUR, payload)
    await system.post([
      createdEvent(ticket),
      event('dispatched', 29, { to_unit: 'net-suzhou', leg_id: 'L1' }),
      event('claimed', 28, { leg_id: 'L1', handler_id: 'h1' }),
      event('suspended', 20, { reason_code: 'customer_later', approver: 'b1', planned_resume_at: new Date(now - 18 * HOUR).toISOString() }),
      event('resumed', 19),
      event('expedited', 1, { by: 'group', channel: 'web' }),
    ])
    await until(() => system.get('manager', '/alerts?group=ticket') as Promise<{ items: { rules?: unknown[] }[] }>, ({ items }) => items.length > 0)
  })
  afterAll(async () => system?.stop())

  const rowsOf = (page: Page) => page.locator('[data-test=alert-list] .row')
  const narrow = async (page: Page, test: string) => {
    await page.setViewportSize({ width: 360, height: 780 })
    await page.locator(`[data-test=${test}]`).first().waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
  }

  it('has one card on the desk with all its rules; a rule that joins changes the card and adds none', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', '/desk')
    await page.setViewportSize({ width: 1366, height: 768 })
    await rowsOf(page).first().waitFor()
    expect(await rowsOf(page).count()).toBe(1)
    const before = await rowsOf(page).locator('[data-test=rules]').innerText()
    expect(before).toContain('要客工单')
    await system.post([event('marked', 0.01, { tendency: 1 }), event('expedited', 0.5, { by: 'group', channel: 'web' })])
    const after = await until(() => rowsOf(page).locator('[data-test=rules]').innerText(), (text) => text !== before)
    expect(after.length).toBeGreaterThan(before.length)
    expect(await rowsOf(page).count()).toBe(1)
    await rowsOf(page).locator('a').first().click()
    await page.locator('[data-test=ticket-rules] li').first().waitFor()
    expect(await page.locator('[data-test=ticket-rules] li').count()).toBe(after.split('、').length)
    await screenshot(page, 'card-desk-zh')
    expect((await page.locator('[data-test=ticket-rules] li').allInnerTexts()).every((text) => text.includes('待确认'))).toBe(true)
    await page.locator('[data-test=alert-list] .ack').click()
    const answered = await until(() => page.locator('[data-test=ticket-rules] li').allInnerTexts(), (texts) => texts.every((text) => text.includes('已确认')))
    expect(answered.filter((text) => !text.includes('已确认'))).toEqual([])
    expect(errors).toEqual([])
    await context.close()
  })

  it('counts as one ticket on the wall', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', '/wall')
    await page.locator('[data-test=newest-list] li').first().waitFor()
    expect(await page.locator('[data-test=newest-list] li').count()).toBe(1)
    await screenshot(page, 'card-wall-zh')
    expect(errors).toEqual([])
    await context.close()
  })

  it('has a page, reached by keys from its card, in both languages and on a telephone', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', '/desk')
    await page.setViewportSize({ width: 1366, height: 768 })
    await rowsOf(page).first().waitFor()
    await page.keyboard.press('j')
    await page.locator('[data-test=to-ticket]').focus()
    await page.keyboard.press('Enter')
    await page.locator('[data-test=ticket-clocks] li').first().waitFor()
    expect(new URL(page.url()).pathname).toBe(`/tickets/${encodeURIComponent(KEY)}`)
    const detail = (await system.get('manager', `/tickets/${encodeURIComponent(KEY)}`)) as TicketDetail
    expect(detail.deadline).not.toBeNull()
    expect(await page.locator('[data-test=deadline]').innerText()).toContain(detail.deadline?.name.zh)
    expect(await page.locator('[data-test=level]').innerText()).toContain(`A${detail.level}`)
    expect(await page.locator('[data-test=product]').innerText()).toBe('139****0000')
    expect(await page.locator('[data-test=ticket-alerts] li').count()).toBe(detail.alerts.length)
    expect(await page.locator('[data-test=ticket-events] li').count()).toBe(8)
    expect(await page.locator('[data-test=ticket-legs]').innerText()).toContain('net-suzhou')
    await screenshot(page, 'ticket-zh-1366', true)
    await narrow(page, 'ticket-clocks')
    await screenshot(page, 'ticket-zh-360', true)
    await page.setViewportSize({ width: 1366, height: 768 })
    await page.getByRole('button', { name: 'English' }).first().click()
    await until(() => page.locator('[data-test=ticket]').innerText(), (text) => text.includes('Clocks'))
    expect(await page.locator('[data-test=ticket]').innerText()).not.toMatch(/ticketEvent|ticketKind|ticket\.\w/)
    await screenshot(page, 'ticket-en-1366', true)
    await narrow(page, 'ticket-clocks')
    await screenshot(page, 'ticket-en-360', true)
    expect(errors).toEqual([])
    await context.close()
  })

  it('shows neither text nor number to who may not see them, and nothing to another province', async () => {
    const seen = (await system.get('auditor', `/tickets/${encodeURIComponent(KEY)}`)) as TicketDetail
    expect([seen.contentText, seen.productMask, seen.ticketNo]).toEqual([null, null, 'V1'])
    const { page, context } = await pageOf(system, browser(), 'far', `/tickets/${encodeURIComponent(KEY)}`)
    await page.locator('[data-test=ticket] [role=alert]').waitFor()
    expect(await page.locator('[data-test=ticket]').innerText()).not.toContain('V1')
    await context.close()
  })
})
