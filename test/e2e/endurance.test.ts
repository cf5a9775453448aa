import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../core/platform/clock.ts'
import { describeInBrowser, openPage } from '../support/browser.ts'
import { FarSide } from '../support/far-side.ts'

const PROVINCES = ['11', '32', '33', '44', '51', '65']

/** All that the page holds after a collection, and its nodes and listeners. The growth to fear is native: what scripts can see is blind to it. */
async function weigh(session: CDPSession): Promise<{ bytes: number; nodes: number; listeners: number }> {
  for (let turn = 0; turn < 2; turn += 1) await session.send('HeapProfiler.collectGarbage')
  const heap = (await session.send('Runtime.getHeapUsage')) as { usedSize: number; embedderHeapUsedSize?: number; backingStorageSize?: number }
  const { metrics } = await session.send('Performance.getMetrics')
  const metric = (name: string) => metrics.find((entry) => entry.name === name)?.value ?? 0
  return { bytes: heap.usedSize + (heap.embedderHeapUsedSize ?? 0) + (heap.backingStorageSize ?? 0), nodes: metric('Nodes'), listeners: metric('JSEventListeners') }
}

/** The median of the slopes between all pairs of points (Theil and Sen): one odd weighing does not move it. */
function medianSlope(values: readonly number[]): number {
  const slopes = values.flatMap((from, at) => values.slice(at + 1).map((to, ahead) => (to - from) / (ahead + 1))).sort((a, b) => a - b)
  return slopes[Math.floor(slopes.length / 2)] ?? 0
}

describeInBrowser('a wall that runs for months', (browser) => {
  let far: FarSide
  let url: string

  beforeEach(async () => {
    far = new FarSide()
    url = await far.listen()
  })
  afterEach(async () => far?.close())

  async function openWall(chromium: Browser) {
    const opened = await openPage(chromium)
    await opened.page.goto(`${url}/wall`)
    await opened.page.locator('.pulse.fresh').waitFor()
    return opened
  }

  const total = (page: Page) => page.locator('[data-test=accepted-today]').first().innerText()

  it('survives a thousand frames that do not fit, and shows what came between them', async () => {
    const { page, errors, context } = await openWall(browser())
    await page.evaluate('window.__sameLife = true')
    const frames = fc.sample(fc.oneof(fc.anything({ withNullPrototype: false, withBigInt: false, maxDepth: 2 }), fc.array(fc.record({ seq: fc.nat(), at: fc.nat(), topic: fc.string(), payload: fc.jsonValue() }))), 1_000)
    for (const [index, frame] of frames.entries()) {
      far.io.emit(index % 3 === 0 ? 'beat' : 'rows', frame === undefined ? null : frame)
      if (index % 100 === 99) far.pushFigures(['00'], { acceptedToday: 1_000 + index })
    }
    far.io.emit('rows', 'x'.repeat(1_000_000))
    await page.getByText('1,999', { exact: true }).first().waitFor()
    far.pushAlert({ id: '77', severity: 4 })
    await page.locator('.case[data-alert="77"]').waitFor()
    expect(await page.evaluate('window.__sameLife')).toBe(true)
    expect(errors).toEqual([])
    await context.close()
  })

  it('heals a row that it could not read with a snapshot', async () => {
    const { page, context } = await openWall(browser())
    const before = far.seq
    far.figures.set('00', { ...far.figures.get('00')!, acceptedToday: 4_321 })
    far.seq += 1
    far.io.emit('rows', [{ seq: far.seq, at: 0, topic: 'figures', payload: { regionCode: '00' } }])
    await page.getByText('4,321', { exact: true }).first().waitFor({ timeout: 10_000 })
    expect(far.seq).toBe(before + 1)
    await context.close()
  })

  it('says that the engine stands although the socket lives, and takes it back by itself', async () => {
    const { page, context } = await openWall(browser())
    far.engineBeatAt = systemClock.now()
    await page.locator('[data-test=stale]').waitFor({ timeout: 10_000 })
    expect(await page.locator('[data-test=stale]').innerText()).toContain('监测引擎停止')
    expect(await total(page)).toBe('100')
    far.engineBeatAt = null
    await page.locator('[data-test=stale]').waitFor({ state: 'detached', timeout: 10_000 })
    await context.close()
  })

  it('loads itself anew once when the server speaks another version, and does not loop', async () => {
    const { context } = await openWall(browser())
    const served = far.pagesServed
    far.version += 1
    far.beat()
    await sleep(6_000)
    expect(far.pagesServed).toBe(served + 1)
    await context.close()
  })

  it('lets a new red case grow in without hiding a figure, and keeps it until it is answered', async () => {
    const { page, context } = await openWall(browser())
    const strip = page.locator('[data-test=strip]')
    expect(await strip.innerText()).toContain('没有待确认')
    const covered = () => page.locator('.figure').evaluateAll((figures) => figures.filter((figure) => {
      const { left, top, width, height } = figure.getBoundingClientRect()
      const top1 = figure.ownerDocument.elementFromPoint(left + width / 2, top + height / 2)
      return !(top1 === figure || figure.contains(top1))
    }).length)
    far.pushAlert({ id: '1', severity: 4 })
    await strip.locator('.ramp').waitFor()
    expect(await covered()).toBe(0)
    expect(await strip.innerText()).toMatch(/红[\s\S]*宽带上不了网[\s\S]*苏州市[\s\S]*20 户/)
    await sleep(2_500)
    expect(await strip.locator('.row').evaluate((row) => row.getAnimations().filter((animation: { readonly playState: string }) => animation.playState === 'running').length)).toBe(0)
    far.pushAlert({ id: '1', needsAck: false, state: 'acknowledged', ackedByName: '甲' })
    await strip.getByText('没有待确认').waitFor()
    await context.close()
  })

  // Right after the warm-up the browser still compiles: 400 B per update is the limit here, and 40 B what is left of it between the 6,000th
  // and the 18,000th (measured once). The leak to fear, texts measured on one canvas for ever, is 1,400 B; the control keeps 1 KB of each.
  it.each([['holds its memory over three thousand updates', 0], ['would be caught if it kept a kilobyte of each', 1_024]] as const)('%s', async (_, leak) => {
    const { page, context } = await openWall(browser())
    const session = await context.newCDPSession(page)
    await session.send('Performance.enable')
    let cycle = 0
    const turn = async (cycles: number) => {
      for (const end = cycle + cycles; cycle < end; cycle += 1) {
        far.pushFigures(['00', PROVINCES[cycle % PROVINCES.length] ?? '32'], { acceptedToday: 100 + cycle, open: 50 + (cycle % 977), overdue: cycle % 89 })
        // Cases come, change colour and go; no two have the same name.
        if (cycle % 5 === 0) far.pushAlert({ id: String(cycle), severity: 1 + (cycle % 4), phenomenon: `现象 ${cycle}` })
        if (cycle % 5 === 4 && cycle > 100) far.pushAlert({ id: String(cycle - 99), state: 'resolved' })
        if (cycle % 10 === 9) await sleep(40)
      }
      if (leak > 0) await page.evaluate(`(window.__kept ??= []).push(Array.from({ length: ${cycles} }, () => Float64Array.from({ length: ${leak / 8} }, Math.random)))`)
      await page.getByText((99 + cycle).toLocaleString('en-US'), { exact: true }).first().waitFor()
    }
    const updates = leak > 0 ? 1_500 : 3_000
    await turn(updates)
    const weights = [await weigh(session)]
    for (let part = 0; part < updates / 500; part += 1) {
      await turn(500)
      weights.push(await weigh(session))
    }
    const [start, end] = [weights[0]!, weights.at(-1)!]
    const perUpdate = medianSlope(weights.map(({ bytes }) => bytes)) / 500
    process.stdout.write(`memory: ${Math.round(perUpdate)} B per update, ${(end.bytes / 1e6).toFixed(1)} MB; nodes ${start.nodes} → ${end.nodes}, listeners ${start.listeners} → ${end.listeners}${leak > 0 ? ' (with the planted leak)' : ''}\n`)
    if (leak > 0) return void expect(perUpdate).toBeGreaterThan(700)
    expect(perUpdate).toBeLessThan(400)
    expect(Math.abs(end.listeners - start.listeners)).toBeLessThan(start.listeners * 0.1 + 20)
    expect(Math.abs(end.nodes - start.nodes)).toBeLessThan(start.nodes * 0.2 + 200)
    await context.close()
  })
})
