#!/usr/bin/env node
// `npm test`: prepares a fresh clone and runs every test (unit, db, system, e2e), on a real embedded PostgreSQL and in a real
// browser. Arguments go to Vitest: `npm test -- --project unit`, `npm test -- test/unit/region.test.ts`.
// The last line is `N passed, N failed[, N skipped]`.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './bootstrap/child.mjs'
import { prepare } from './bootstrap/prepare.mjs'
import { main, say } from './bootstrap/say.mjs'
import { judgeRun } from './bootstrap/tally.mjs'
import { obtainChromium } from './ci/chromium.mjs'

const args = process.argv.slice(2)

/** Whether the browser tests are among what was asked for: everything, their project, or files of theirs. */
function wantsBrowser() {
  const projects = args.flatMap((arg, index) => (arg === '--project' ? [args[index + 1]] : arg.startsWith('--project=') ? [arg.slice(10)] : []))
  const files = args.filter((arg) => arg.startsWith('test/'))
  return (projects.length === 0 || projects.includes('e2e')) && (files.length === 0 || files.some((file) => file.startsWith('test/e2e')))
}

/** Finds the browser for the tests; without one they skip themselves, which in CI is a failure. @returns {Promise<string[]>} faults */
async function provideBrowser() {
  const { path, why } = await obtainChromium()
  if (path) {
    process.env['TOCSIN_CHROMIUM'] = path
    return []
  }
  // Left as it was it might name a file that is not there.
  delete process.env['TOCSIN_CHROMIUM']
  say(`浏览器测试将跳过：${why}`, 'The browser tests will be skipped.')
  return process.env['CI'] ? [`CI 中必须有浏览器 (in CI a browser is required): ${why}`] : []
}

/** @param {string} tallyFile @returns {Promise<number | null>} */
function runVitest(tallyFile) {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const reporters = ['--reporter=default', `--reporter=${join(root, 'bin/ci/tally-reporter.mjs')}`]
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, VITEST_TALLY_FILE: tallyFile },
  })
  // The terminal reaches Vitest by itself; staying alive lets it close its databases and us print the last line.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve) => child.on('close', resolve))
}

await main(async () => {
  const browser = wantsBrowser()
  await prepare({ web: browser })
  const faults = browser ? await provideBrowser() : []
  // Named by its process: the next run clears away what no running one owns (test/support/global-setup.ts).
  const folder = mkdtempSync(join(tmpdir(), `tocsin-test-${process.pid}-`))
  try {
    const tallyFile = join(folder, 'tally.json')
    const code = await runVitest(tallyFile)
    let tally
    try {
      tally = JSON.parse(readFileSync(tallyFile, 'utf8'))
    } catch {
      // Vitest ended before it could report; judgeRun says so.
    }
    const { lines, lastLine, passed } = judgeRun(tally, code, faults)
    console.log([...lines, lastLine].join('\n'))
    process.exitCode = passed ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
