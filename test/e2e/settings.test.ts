import { afterAll, beforeAll, expect, it } from 'vitest'
import type { SettingsAnswer, SettingsHistory } from '../../core/contract/settings.ts'
import type { Code } from '../../core/domain/dictionary/dictionary.ts'
import { describeInBrowser } from '../support/browser.ts'
import { expectSound } from '../support/page-look.ts'
import { type RunningSystem, runSystem } from '../support/running-system.ts'
import { pageOf, until } from '../support/visit.ts'

describeInBrowser('the page of settings', (browser) => {
  let system: RunningSystem
  const held = async (kind: string) => (await system.get('manager', `/settings/${kind}`)) as SettingsAnswer
  const put = async (login: string, kind: string, body: unknown) => {
    const { cookie, csrfToken } = await system.signIn(login)
    return fetch(`${system.url}/api/v1/settings/${kind}`, { method: 'PUT', headers: { cookie, 'x-csrf-token': csrfToken, 'content-type': 'application/json' }, body: JSON.stringify(body) })
  }
  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('keeper', '规则管理员', 'admin', '00')
    await system.addUser('second', '集团客服部', 'group_cs_dept', '00')
    await system.addUser('manager', '江苏值班经理', 'duty_manager', '32')
  }, 180_000)
  afterAll(async () => system?.stop())

  it('shows everybody every value with its meaning, unit, range and default, and lets a duty manager change nothing', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', '/settings')
    const panel = page.locator('[data-test=settings-limits]')
    await panel.waitFor()
    expect(await panel.locator('[data-setting=handleMinutes]').innerText()).toMatch(/处理时限[\s\S]*受理至办结[\s\S]*2,880 分钟（48 小时）[\s\S]*可设 1 分钟 至 21,600 分钟（360 小时）/)
    expect(await panel.locator('[data-setting=dayShiftEnd]').innerText()).toMatch(/20:00/)
    expect(await panel.locator('[data-setting]').count()).toBe((await held('limits')).fields.length)
    expect(await page.getByRole('button', { name: '更改', exact: true }).count()).toBe(0)
    await page.getByRole('link', { name: '保存期限' }).click()
    expect(await page.locator('[data-test=settings-retention] [data-setting=logs]').innerText()).toMatch(/36 个月[\s\S]*可设 6 个月 至 1,200 个月/)
    await page.getByRole('link', { name: '字典' }).click()
    await page.locator('[data-code=hotline]').waitFor()
    expect(await page.locator('[data-test=codes] button, [data-test=add-code]').count()).toBe(0)
    expect(errors).toEqual([])
    await context.close()
  })

  it('changes a limit with a reason and the difference shown, refused by its field first, and keeps its history', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'keeper', '/settings/limits')
    await page.locator('[data-test=change]').click()
    const form = page.locator('[data-test=setting-form]')
    expect(await form.locator('button.primary').isDisabled()).toBe(true)
    await form.locator('[name=handleMinutes]').fill('1000')
    await form.locator('[name=reviewNightEnd]').fill('11:30')
    expect(await form.locator('[data-test=setting-changes]').innerText()).toMatch(/处理时限 2,880 分钟（48 小时） → 1,000 分钟[\s\S]*夜间复核顺延至 12:00 → 11:30/)
    await form.locator('[name=reason]').fill('新服务承诺')
    await page.keyboard.press('Enter')
    await form.getByRole('alert').waitFor()
    expect(await form.getByRole('alert').innerText()).toMatch(/handleHighValueMinutes[\s\S]*不得大于 handleMinutes/)
    await form.getByRole('button', { name: '处理时限恢复默认' }).click()
    await form.locator('[name=handleMinutes]').fill('1440')
    await form.locator('button.primary').click()
    await page.locator('[data-test=setting-told]', { hasText: '第 2 版对此后受理的工单生效' }).waitFor()
    expect((await held('limits')).values).toMatchObject({ handleMinutes: 1_440, reviewNightEnd: 690 })
    expect(await page.locator('[data-setting=handleMinutes]').innerText()).toMatch(/1,440 分钟（24 小时）\s+默认 2,880 分钟/)
    await page.locator('[data-test=history]').click()
    await page.locator('[data-test=settings-history] li').first().waitFor()
    expect(await page.locator('[data-test=settings-history]').innerText()).toMatch(/keeper，第 2 版[\s\S]*新服务承诺[\s\S]*处理时限 2,880 分钟（48 小时） → 1,440 分钟/)
    expect(errors).toEqual([])
    await context.close()
  })

  it('keeps what was typed where another was faster, upon the newest version', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'keeper', '/settings/retention')
    await page.locator('[data-test=change]').click()
    const form = page.locator('[data-test=setting-form]')
    await form.locator('[name=logs]').fill('48')
    await form.locator('[name=reason]').fill('审计要求')
    expect((await put('second', 'retention', { basedOn: 1, values: { alerts: 72 }, reason: '先一步' })).status).toBe(200)
    await form.locator('button.primary').click()
    await form.locator('[data-test=kept]').waitFor()
    expect(await form.getByRole('alert').innerText()).toContain('其间已有版本 2')
    expect([await form.locator('[name=logs]').inputValue(), await form.locator('[name=alerts]').inputValue(), await form.locator('[name=reason]').inputValue()]).toEqual(['48', '72', '审计要求'])
    expect(await form.locator('[data-test=setting-changes]').innerText()).not.toContain('72')
    await form.locator('button.primary').click()
    await page.locator('[data-test=setting-told]', { hasText: '第 3 版已生效' }).waitFor()
    expect((await held('retention')).values).toMatchObject({ logs: 48, alerts: 72 })
    expect(errors).toEqual([])
    await context.close()
  })

  it('finds a code, ends it, adds one beside it, and saves both as one version, also after another was faster', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'keeper', '/settings/dictionary')
    await page.locator('[data-test=codes]').waitFor()
    await page.locator('[name=field]').selectOption('emotion')
    await page.locator('[name=search]').fill('平静')
    await until(() => page.locator('[data-code]').count(), (count) => count === 1)
    await page.getByRole('button', { name: '停用 calm' }).click()
    expect(await page.locator('[data-code=calm]').innerText()).toMatch(/未保存[\s\S]*已停用，至 \d{4}-\d{2}-\d{2} \d{2}:\d{2}/)
    await page.locator('[name=search]').fill('')
    await page.locator('[data-test=add-code]').click()
    await page.keyboard.type('anxious')
    const form = page.locator('[data-test=code-form]')
    await form.locator('[name=zh]').fill('焦虑')
    await form.locator('[name=en]').fill('Anxious')
    await form.locator('[name=from]').fill('2026-01-01')
    await page.keyboard.press('Enter')
    await page.locator('[data-code=anxious]').waitFor()
    expect(await page.locator('[data-test=setting-changes]').innerText()).toMatch(/情绪 calm 平静 \/ Calm → calm 平静 \/ Calm，至 [\s\S]*情绪 \+ 新增 anxious 焦虑 \/ Anxious，自 2026-01-01/)
    await page.locator('[name=reason]').fill('新增情绪代码')
    await expectSound(page, 'settings-dictionary-changing-1366')
    expect((await put('second', 'dictionary', { basedOn: 1, values: { strict: true }, reason: '先一步' })).status).toBe(200)
    await page.locator('button.primary').click()
    await page.locator('[data-test=kept]').waitFor()
    expect(await page.locator('[name=strict]').isChecked()).toBe(true)
    await page.locator('button.primary').click()
    await page.locator('[data-test=setting-told]', { hasText: '第 3 版已生效' }).waitFor()
    const { values } = await held('dictionary')
    const emotion = values['emotion'] as Code[]
    expect([values['strict'], emotion.map(({ code }) => code), emotion[0]?.validTo, emotion.at(-1)?.validFrom]).toEqual([true, ['calm', 'angry', 'anxious'], expect.any(Number), Date.parse('2025-12-31T16:00:00Z')])
    const { items } = (await system.get('manager', '/settings/dictionary/history')) as SettingsHistory
    expect(items[0]?.changes.map(({ path }) => path.split('@')[0])).toEqual(['emotion/calm', 'emotion/anxious'])
    await page.getByRole('button', { name: '恢复使用 calm' }).click()
    await page.getByRole('button', { name: '撤销 calm 的更改' }).click()
    expect(await page.locator('[data-test=setting-changes]').count()).toBe(0)
    expect(errors).toEqual([])
    await context.close()
  })

  it.each(['zh', 'en'] as const)('fits a desk and a telephone in %s, read and being changed', async (language) => {
    const { page, errors, context } = await pageOf(system, browser(), 'keeper', `/settings/limits?lang=${language}`)
    for (const kind of ['limits', 'retention', 'dictionary', 'nearDuplicate']) {
      await page.goto(`${system.url}/settings/${kind}?lang=${language}`)
      await page.locator(`[data-test=settings-${kind}]`).waitFor()
      await page.locator('[data-test=history]').click()
      await page.locator('[data-test=settings-history]').waitFor()
      for (const state of ['read', 'changing']) {
        if (state === 'changing' && kind === 'dictionary') await page.locator('[data-test=add-code]').click()
        else if (state === 'changing') await page.locator('[data-test=change]').click()
        for (const [width, height] of [[1440, 900], [390, 844]] as const) {
          await page.setViewportSize({ width, height })
          await expectSound(page, `settings-${kind}-${state}-${width}-${language}`)
        }
      }
    }
    expect(await page.locator('main').innerText()).not.toMatch(/settings\.\w/)
    expect(errors).toEqual([])
    await context.close()
  })
})
