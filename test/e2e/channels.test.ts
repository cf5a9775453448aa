import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeInBrowser, screenshot } from '../support/browser.ts'
import { crawl, expectSound } from '../support/page-look.ts'
import { type RunningSystem, runSystem } from '../support/running-system.ts'
import { pageOf } from '../support/visit.ts'

describeInBrowser('how people are reached', (browser) => {
  let system: RunningSystem
  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('manager', '江苏值班经理甲', 'duty_manager', '32')
  }, 180_000)
  afterAll(async () => system?.stop())

  it('is registered by the person, shown masked, refused by its field and taken away again', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', '/desk')
    await page.locator('details.person summary').click()
    await page.getByRole('link', { name: '我的联系方式' }).click()
    const form = page.locator('[data-test=contacts]')
    await form.locator('[name=mobile]').fill('13900000001')
    await form.locator('[name=feishu]').fill('ou_12345')
    await form.locator('[name=preferred-im]').selectOption('feishu')
    await page.keyboard.press('Tab')
    await form.getByRole('button', { name: '保存' }).press('Enter')
    await form.getByText('已保存').waitFor()
    expect(await form.innerText()).toContain('139****0001')
    expect(await form.innerText()).not.toContain('13900000001')
    await form.locator('[name=email]').fill('not an address')
    await form.getByRole('button', { name: '保存' }).click()
    await form.getByRole('alert').waitFor()
    expect(await form.getByRole('alert').innerText()).toContain('邮箱格式不对')
    await form.locator('[name=email]').fill('')
    await form.locator('[name=clear-mobile]').check()
    await form.getByRole('button', { name: '保存' }).click()
    await page.locator('#now-mobile', { hasText: '未登记' }).waitFor()
    await expectSound(page, 'contacts-zh')
    expect(errors.filter((error) => !error.includes('400'))).toEqual([])
    await context.close()
  })

  it('and through whom is set by an administrator, who sends himself a test and reads what became of it', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'admin', '/admin')
    const part = page.locator('[data-test=providers]')
    const add = async () => part.getByRole('button', { name: '新增通道' }).click()
    await part.locator('[name=url]').fill('https://127.0.0.1:9/sms')
    await part.locator('[name=secret]').fill('short')
    await add()
    await part.getByRole('alert').waitFor()
    expect(await part.getByRole('alert').innerText()).toContain('至少 16 个字符')
    await part.locator('[name=secret]').fill('a secret of sixteen')
    await add()
    await part.locator('tbody tr').waitFor()
    await page.locator('[data-test=contacts-admin]').click()
    const form = page.locator('[data-test=contacts]')
    await form.locator('[name=mobile]').fill('13900000002')
    await form.getByRole('button', { name: '保存' }).click()
    await form.getByText('已保存').waitFor()
    await part.getByRole('button', { name: '给我发一条测试' }).click()
    // Nothing of ours is on that address, nor may it be called: the proof says so.
    await part.locator('[data-test=proof]', { hasText: '地址不在允许范围' }).waitFor({ timeout: 20_000 })
    await part.getByRole('button', { name: '更改' }).click()
    await part.locator('[name=enabled]').uncheck()
    await part.getByRole('button', { name: '保存' }).click()
    await part.locator('tbody', { hasText: '已停用' }).waitFor()
    await expectSound(page, 'providers-zh')
    expect(errors.filter((error) => !error.includes('400'))).toEqual([])
    await context.close()
  })

  it.each([['zh', 1440], ['en', 1440], ['zh', 390], ['en', 390]] as const)('fits a screen in %s at %d', async (language, width) => {
    for (const [login, address, content] of [['manager', '/me', '[data-test=contacts]'], ['admin', '/admin', '[data-test=providers] tbody']] as const) {
      const { page, context } = await pageOf(system, browser(), login, `${address}?lang=${language}`)
      await page.setViewportSize({ width, height: 900 })
      await page.locator(content).waitFor()
      const found = await crawl(page)
      await screenshot(page, `channels-${login}-${width}-${language}`, true)
      expect({ address, faults: found.faults, width: found.width }).toEqual({ address, faults: [], width })
      await context.close()
    }
  })
})
