import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe } from 'vitest'
import { findChromium } from '../../bin/ci/chromium.mjs'
import { readEnvironment } from '../../core/platform/config.ts'

const found = findChromium()
const isRequired = readEnvironment()['CI'] === 'true'
if (found.path === undefined) process.stdout.write(`browser tests: ${found.why} ${isRequired ? '' : '(skipped)'}\n`)

/** Screenshots of the last run, for people to look at. */
const SHOTS = path.resolve(import.meta.dirname, '../../test-results')

/** A group of tests in a real Chromium; without one it is skipped with the reason printed, or, where CI=true, fails. */
export function describeInBrowser(name: string, body: (browser: () => Browser) => void): void {
  describe.skipIf(found.path === undefined && !isRequired)(name, () => {
    let browser: Browser | undefined
    beforeAll(async () => {
      if (found.path === undefined) throw new Error(found.why)
      // A container has no user namespaces for the sandbox; the pages are our own.
      browser = await chromium.launch({ executablePath: found.path, args: ['--no-sandbox', '--disable-dev-shm-usage', '--enable-precise-memory-info'] })
    })
    afterAll(async () => browser?.close())
    body(() => {
      if (!browser) throw new Error('the browser has not started')
      return browser
    })
  })
}

/** Errors that a page raised or printed; a test looks whether there are any. */
export interface WatchedPage {
  readonly page: Page
  readonly context: BrowserContext
  readonly errors: string[]
}

/** A page of its own context. Network failures are the browser's own words for a server that is down, and no fault of the page. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 }, ...options })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/net::ERR_|WebSocket connection to|Failed to load resource/.test(message.text())) errors.push(message.text())
  })
  return { page, context, errors }
}

export async function screenshot(page: Page, name: string, fullPage = false): Promise<void> {
  mkdirSync(SHOTS, { recursive: true })
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`), fullPage })
}
