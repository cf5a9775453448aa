import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { screenshot } from './browser.ts'

/** What the crawler finds in the page it runs in. */
export interface Crawl {
  readonly faults: readonly string[]
  readonly width: number
  readonly height: number
  readonly smallest: number
}

const CRAWLER = readFileSync(path.join(import.meta.dirname, 'page-crawler.js'), 'utf8')

/** Goes through all that is painted on the page. */
export const crawl = (page: Page) => page.evaluate(CRAWLER) as Promise<Crawl>

/** What is serious or critical for assistive technology, with where it stands. */
export async function seriousFaults(page: Page): Promise<string[][]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  return serious.map(({ id, nodes }) => [id, ...nodes.slice(0, 3).map(({ html }) => html.slice(0, 160))])
}

/** That the page fits its width, overlaps and cuts nothing, and has nothing serious for assistive technology; a screenshot of it stays. */
export async function expectSound(page: Page, name: string): Promise<void> {
  await page.evaluate('document.fonts.ready')
  await sleep(300)
  const found = await crawl(page)
  await screenshot(page, name, true)
  expect(found.faults).toEqual([])
  expect(found.width).toBe(page.viewportSize()?.width)
  expect(await seriousFaults(page)).toEqual([])
}
