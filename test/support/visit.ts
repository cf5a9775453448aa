import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { openPage, type WatchedPage } from './browser.ts'
import { PASSWORD, type RunningSystem } from './running-system.ts'

/** The number that a page shows under a name. */
export const numberIn = async (page: Page, test: string) => Number((await page.locator(`[data-test="${test}"]`).first().innerText()).replaceAll(',', ''))

/** A page of a person whose session was made beforehand. */
export async function pageOf(system: RunningSystem, browser: Browser, login: string, path: string): Promise<WatchedPage> {
  const opened = await openPage(browser)
  const answer = await opened.context.request.post(`${system.url}/api/v1/login`, { data: { login, password: PASSWORD } })
  if (!answer.ok()) throw new Error(`login of ${login}: ${answer.status()}`)
  await opened.page.goto(`${system.url}${path}`)
  return opened
}

/** The same by typing into the login page. */
export async function signedIn(system: RunningSystem, browser: Browser, login: string, path: string): Promise<WatchedPage> {
  const opened = await openPage(browser)
  await opened.page.goto(`${system.url}/login?next=${encodeURIComponent(path)}`)
  await opened.page.fill('[name=login]', login)
  await opened.page.fill('[name=password]', PASSWORD)
  await opened.page.click('button[type=submit]')
  await opened.page.waitForURL((url) => url.pathname === new URL(path, system.url).pathname)
  return opened
}

/** Asks again until the answer satisfies, and gives the last one. */
export async function until<T>(ask: () => Promise<T>, satisfies: (value: T) => boolean, withinMs = 20_000): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const value = await ask()
    if (satisfies(value) || performance.now() > deadline) return value
    await sleep(50)
  }
}
