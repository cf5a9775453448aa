import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { KeywordHitsAnswer, KeywordHistory, KeywordPrecisionAnswer, KeywordsAnswer } from '../../core/contract/keywords.ts'
import { describeInBrowser, screenshot } from '../support/browser.ts'
import { expectSound } from '../support/page-look.ts'
import { burst, type RunningSystem, runSystem } from '../support/running-system.ts'
import { pageOf, until } from '../support/visit.ts'

const PLACE = { province: '32', region: '320500', phenomenon: '宽带上不了网' }
const saying = (count: number, content_text: string) => burst(count, { ...PLACE, payload: { content_text } })

describeInBrowser('the page of the sensitive words', (browser) => {
  let system: RunningSystem
  const asCaller = async (login: string, method: string, path: string, body: unknown) => {
    const { cookie, csrfToken } = await system.signIn(login)
    return fetch(`${system.url}/api/v1${path}`, { method, headers: { cookie, 'x-csrf-token': csrfToken, 'content-type': 'application/json' }, body: JSON.stringify(body) })
  }
  const wordsOf = async (code: string) => ((await system.get('manager', '/keywords')) as KeywordsAnswer).items.find((one) => one.code === code)?.words ?? []
  const card = (page: Page, code: string) => page.locator(`[data-test=category-${code}]`)

  beforeAll(async () => {
    system = await runSystem()
    await system.addUser('keeper', '规则管理员', 'admin', '00')
    await system.addUser('second', '集团客服部', 'group_cs_dept', '00')
    await system.addUser('manager', '江苏值班经理', 'duty_manager', '32')
    await system.addUser('guangdong', '广东值班经理', 'duty_manager', '44')
    await system.addUser('auditor', '审计', 'auditor', '00')
    await system.post([...saying(30, '我在直播，号码18812340001'), ...saying(2, '遇到骗子')])
    const hits = await until(async () => (await system.get('manager', '/keyword-hits?word=直播')) as KeywordHitsAnswer, ({ items }) => items.length === 30)
    const { cookie, csrfToken } = await system.signIn('manager')
    for (const { id } of hits.items.slice(0, 25))
      await fetch(`${system.url}/api/v1/keyword-hits/${id}/wrong`, { method: 'POST', headers: { cookie, 'x-csrf-token': csrfToken, 'content-type': 'application/json' }, body: JSON.stringify({ isWrong: true, reason: '看直播卡' }) })
    expect(((await system.get('keeper', '/keyword-precision')) as KeywordPrecisionAnswer).items).toEqual(expect.arrayContaining([expect.objectContaining({ word: '直播', hits: 30, wrong: 25, isProposedForRemoval: true })]))
  }, 180_000)
  afterAll(async () => system?.stop())

  it('shows a duty manager every category with how its words do, finds words, and lets him change nothing', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', '/keywords')
    await card(page, 'KW-MED').waitFor()
    expect(await page.locator('nav a.here').innerText()).toBe('敏感词')
    expect(await page.locator('article').count()).toBe(17)
    expect(await card(page, 'KW-MED').innerText()).toMatch(/KW-MED 媒体曝光[\s\S]*16 词[\s\S]*MR-04，黄[\s\S]*否定语[\s\S]*法务公关[\s\S]*直播\s+命中 30，误 25，准确率 16.67%[\s\S]*建议删除[\s\S]*抖音会员/)
    expect(await card(page, 'KW-SAF').innerText()).toMatch(/计入 AT-25 涉诈\/涉安全、MR-10 [^\n]*[\s\S]*危及生命的词：自杀/)
    expect(await card(page, 'KW-REG').innerText()).toMatch(/申诉单不查/)
    expect(await page.getByRole('button', { name: '更改', exact: true }).count()).toBe(0)
    expect(await page.locator('[data-test=proposals]').innerText()).toMatch(/直播[\s\S]*准确率 16.67%/)
    expect(await page.locator('[data-test=proposals] button').count()).toBe(0)
    await page.getByText('各类共用').click()
    expect(await page.locator('details dl').innerText()).toMatch(/金额用语\n扣费[\s\S]*6 字之内[\s\S]*不打算/)
    await page.fill('[name=search]', '卡死')
    await until(() => page.locator('article:visible').count(), (count) => count === 1)
    expect(await page.locator('article:visible h3').innerText()).toMatch(/KW-SAF/)
    await page.fill('[name=search]', '无此词')
    await page.getByText('没有包含它的类别').waitFor()
    expect(errors).toEqual([])
    await context.close()
  })

  it('shows his hits when asked, masked, lets him call one wrong and take that back; another province has none, an auditor sees no fragment', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'manager', '/keywords')
    await card(page, 'KW-FRD').getByRole('button', { name: '骗子' }).click()
    const hits = page.locator('[data-test=hits]')
    await hits.locator('[data-hit]').first().waitFor()
    expect(await hits.locator('[data-hit]').count()).toBe(2)
    const line = hits.locator('[data-hit]').first()
    expect(await line.innerText()).toMatch(/涉诈 · 苏州市[\s\S]*遇到骗子/)
    await line.getByRole('button', { name: '标为误命中' }).focus()
    await page.keyboard.press('Enter')
    await line.locator('[name=reason]').fill('客户说的是电影')
    await page.keyboard.press('Enter')
    await line.locator('[data-test=wrong]').waitFor()
    expect(await line.locator('[data-test=wrong]').innerText()).toMatch(/manager，.*：客户说的是电影/)
    await card(page, 'KW-FRD').getByText('误 1，准确率 50.00%').waitFor()
    await line.getByRole('button', { name: '撤回误命中' }).click()
    await line.locator('[name=reason]').fill('看错了')
    await line.locator('button.primary').click()
    await line.getByRole('button', { name: '标为误命中' }).waitFor()
    await hits.locator('[name=word]').fill('直播')
    await hits.locator('[name=category]').selectOption('KW-MED')
    await hits.locator('form button').first().click()
    await until(() => hits.locator('[data-hit]').count(), (count) => count === 30)
    expect(await hits.innerText()).not.toContain('18812340001')
    expect(errors).toEqual([])
    await context.close()
    const far = await pageOf(system, browser(), 'guangdong', '/keywords')
    await far.page.locator('[data-test=hits] form button').click()
    await far.page.getByText('没有命中', { exact: true }).waitFor()
    expect(await card(far.page, 'KW-MED').innerText()).not.toMatch(/准确率/)
    await far.context.close()
    const auditor = await pageOf(system, browser(), 'auditor', '/keywords')
    await card(auditor.page, 'KW-MED').waitFor()
    expect(await auditor.page.locator('[data-test=hits]').count()).toBe(0)
    await auditor.context.close()
  })

  it('lets the keeper change a category by keyboard, try a text by what is not saved yet, and shows the difference before and in the history', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'keeper', '/keywords')
    const law = card(page, 'KW-LAW')
    await law.getByRole('button', { name: '更改', exact: true }).focus()
    await page.keyboard.press('Enter')
    expect(await law.locator('button.primary').isDisabled()).toBe(true)
    const words = await law.locator('[name=words]').inputValue()
    await law.locator('[name=words]').fill(`${words.replace('报警、', '')}、打官司`)
    expect(await law.locator('[data-test=keyword-changes]').innerText()).toMatch(/词 \+ 新增 打官司[\s\S]*词 − 删除 报警/)
    const box = page.locator('[data-test=try]')
    expect(await box.innerText()).toMatch(/正在更改、尚未保存的 KW-LAW 法律/)
    await box.locator('[name=text]').fill('我要打官司，报警，不想找记者，律师事务所宽带不好，电话18812340001')
    await box.locator('form button').click()
    await box.locator('[data-test=tried]').waitFor()
    expect(await box.locator('[role=status]').innerText()).toMatch(/打官司 · KW-LAW 法律 · 命中[\s\S]*记者 · KW-MED 媒体曝光 · 被否定，只记录：不想[\s\S]*律师 · KW-LAW 法律 · 被排除：律师事务所宽带/)
    expect(await box.locator('[role=status]').innerText()).not.toMatch(/报警 ·|18812340001/)
    await law.locator('[name=reason]').fill('补充')
    await law.locator('[name=words]').fill(`${words}、诉`)
    await law.locator('button.primary').click()
    expect(await law.getByRole('alert').innerText()).toMatch(/KW-LAW\.words: “诉” 应为 2–20 个字/)
    await law.locator('[name=words]').fill(`${words}、打官司`)
    await law.locator('[name=reason]').focus()
    await page.keyboard.press('Enter')
    await page.locator('[data-test=keyword-told]', { hasText: 'KW-LAW 已更改，配置第 2 版已生效' }).waitFor()
    expect(await wordsOf('KW-LAW')).toContain('打官司')
    await law.getByRole('button', { name: '更改记录' }).click()
    await law.locator('.history li li').first().waitFor()
    expect(await law.locator('.history').innerText()).toMatch(/keeper，第 2 版[\s\S]*补充[\s\S]*词 \+ 新增 打官司/)
    await page.getByRole('button', { name: '查看更改记录' }).click()
    await page.locator('[data-test=keyword-history] li').first().waitFor()
    const { items } = (await system.get('auditor', '/keywords/history')) as KeywordHistory
    expect(items[0]).toMatchObject({ version: 2, author: 'keeper', reason: '补充' })
    expect(errors).toEqual([])
    await context.close()
  })

  it('tells the second of two editors what the first has changed, keeps what was typed, and saves it upon that', async () => {
    const { page, context } = await pageOf(system, browser(), 'keeper', '/keywords')
    const fraud = card(page, 'KW-FRD')
    await fraud.getByRole('button', { name: '更改', exact: true }).click()
    const words = await fraud.locator('[name=words]').inputValue()
    await fraud.locator('[name=words]').fill(`${words.replace('骗子、', '')}、杀猪盘`)
    await fraud.locator('[name=reason]').fill('新骗术')
    await card(page, 'KW-OUT').getByRole('button', { name: '更改', exact: true }).click()
    expect(await fraud.locator('[name=reason]').inputValue()).toBe('新骗术')
    const before = (await system.get('second', '/keywords')) as KeywordsAnswer
    const theirs = words.split('、').filter((word) => word !== '转账')
    expect((await asCaller('second', 'PUT', '/keywords/KW-FRD', { version: before.version, words: [...theirs, '荐股'], reason: '转账误报多' })).status).toBe(200)
    await fraud.locator('button.primary').click()
    await fraud.locator('[data-test=kept]').waitFor()
    expect(await fraud.getByRole('alert').innerText()).toMatch(/second 已更改“涉诈”（第 \d+ 版）：词新增 荐股；词删除 转账。您的更改没有保存/)
    expect(await fraud.locator('[name=reason]').inputValue()).toBe('新骗术')
    expect(await fraud.locator('[data-test=keyword-changes]').innerText()).toMatch(/新增 杀猪盘[\s\S]*删除 骗子/)
    await screenshot(page, 'keywords-stale-zh', true)
    expect(await wordsOf('KW-FRD')).toEqual([...theirs, '荐股'])
    await fraud.locator('button.primary').click()
    await page.locator('[data-test=keyword-told]', { hasText: 'KW-FRD 已更改' }).waitFor()
    expect(await wordsOf('KW-FRD')).toEqual([...theirs.filter((word) => word !== '骗子'), '荐股', '杀猪盘'])
    await context.close()
  })

  it.each(['zh', 'en'])('fits a desk and a telephone, with a form, a trial, hits and the history open, in %s', async (language) => {
    for (const login of ['second', 'keeper']) {
      const { page, errors, context } = await pageOf(system, browser(), login, `/keywords?lang=${language}`)
      await card(page, 'KW-SAF').waitFor()
      if (login === 'second') {
        await page.locator('[data-test=hits] form button').click()
        await page.locator('[data-test=hits] [data-hit] button').first().click()
      } else {
        await card(page, 'KW-SAF').locator('.buttons button').first().click()
        await card(page, 'KW-SAF').locator('[name=words]').fill('自杀、跳楼')
      }
      await page.locator('[data-test=try] [name=text]').fill('我不想投诉到工信部，直播卡顿，再找记者，有记者证，孩子')
      await page.locator('[data-test=try] form button').click()
      await page.locator('[data-test=tried]').waitFor()
      await page.locator('[data-test=keyword-history] button').click()
      await page.locator('[data-test=keyword-history] li').first().waitFor()
      for (const [width, height] of [[1366, 768], [360, 740]] as const) {
        await page.setViewportSize({ width, height })
        await expectSound(page, `keywords-${login}-${width}-${language}`)
      }
      expect(errors).toEqual([])
      await context.close()
    }
  })

  it('takes a proposed word out with one button and the reason beside it', async () => {
    const { page, errors, context } = await pageOf(system, browser(), 'second', '/keywords')
    const proposals = page.locator('[data-test=proposals]')
    await proposals.locator('form').waitFor()
    expect(await proposals.locator('[name=reason]').inputValue()).toBe('近 30 天命中 30，误 25，准确率 16.67%')
    await proposals.getByRole('button', { name: '删除 直播' }).focus()
    await page.keyboard.press('Enter')
    await page.locator('[data-test=keyword-told]', { hasText: '已删除“直播”' }).waitFor()
    await proposals.getByText('没有建议删除的词。').waitFor()
    expect(await wordsOf('KW-MED')).not.toContain('直播')
    const { items } = (await system.get('auditor', '/keywords/history?category=KW-MED')) as KeywordHistory
    expect(items[0]).toMatchObject({ author: 'second', reason: '近 30 天命中 30，误 25，准确率 16.67%', changes: [{ lists: [{ list: 'words', added: [], removed: ['直播'] }] }] })
    expect(errors).toEqual([])
    await context.close()
  })
})
