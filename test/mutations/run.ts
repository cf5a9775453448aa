// `npm run mutations -- [words]`: plants each fault of mutations.ts (those whose file or words match) in a copy of the source and runs the
// tests that must notice it. Prints caught or survived; a survivor, or a fault that can no longer be planted, makes the exit code 1.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { copyOfTheSource } from '../support/source-copy.ts'
import type { Mutation } from './mutation.ts'
import { MUTATIONS } from './mutations.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const COPIES = 2
/** A fault that makes a test run for ever is noticed too, ms. */
const LONGEST = 180_000

interface Result {
  readonly mutation: Mutation
  readonly outcome: 'caught' | 'survived' | 'cannot be planted'
  /** The test that noticed. */
  readonly by: string
}

interface TestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

/** The first failed test of a run, `file: name`; null where all passed. */
function firstFailed(reportFile: string): string | null {
  const { testResults } = JSON.parse(readFileSync(reportFile, 'utf8')) as TestReport
  for (const { name, message, assertionResults } of testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed')
    if (failed !== undefined) return `${path.basename(name, '.test.ts')}: ${failed.fullName.trim()}`
    if (message !== '') return `${path.basename(name, '.test.ts')}: ${message.split('\n')[0] ?? ''}`
  }
  return null
}

const running = new Set<ChildProcess>()

async function noticedBy(copy: string, tests: readonly string[]): Promise<string | null> {
  const report = path.join(copy, 'mutation-report.json')
  rmSync(report, { force: true })
  const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs')
  const child = spawn(process.execPath, [vitest, 'run', '--bail=1', '--reporter=json', `--outputFile=${report}`, ...tests], {
    cwd: copy,
    stdio: 'ignore',
  })
  running.add(child)
  let isHung = false
  const timer = setTimeout(() => {
    isHung = true
    child.kill('SIGKILL')
  }, LONGEST)
  const code = await new Promise((resolve) => child.on('close', resolve))
  clearTimeout(timer)
  running.delete(child)
  if (isHung) return 'a test that never ended'
  return code === 0 || isStopped ? null : firstFailed(report)
}

async function tried(copy: string, mutation: Mutation): Promise<Result> {
  const file = path.join(copy, mutation.file)
  const text = readFileSync(file, 'utf8')
  if (text.split(mutation.find).length !== 2) return { mutation, outcome: 'cannot be planted', by: 'what it replaces stands there not exactly once' }
  writeFileSync(
    file,
    text.replace(mutation.find, () => mutation.replace),
  )
  try {
    const by = await noticedBy(copy, mutation.tests)
    return { mutation, outcome: by === null ? 'survived' : 'caught', by: by ?? '' }
  } finally {
    writeFileSync(file, text)
  }
}

const wanted = process.argv.slice(2)
const queue = MUTATIONS.filter(({ file, what }) => wanted.length === 0 || wanted.some((word) => file.includes(word) || what.includes(word)))
const total = queue.length
const results: Result[] = []
let isStopped = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    isStopped = true
    queue.length = 0
    for (const child of running) child.kill('SIGTERM')
  })
}
const folder = mkdtempSync(path.join(tmpdir(), 'tocsin-mutations-'))

async function worker(place: number): Promise<void> {
  const copy = copyOfTheSource(path.join(folder, String(place)))
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const result = await tried(copy, next)
    if (isStopped) return
    results.push(result)
    const { mutation, outcome, by } = result
    console.log(
      `${outcome === 'caught' ? '✓' : '✗'} ${outcome}  ${path.basename(mutation.file, '.ts')}: ${mutation.what}${by === '' ? '' : `  ← ${by}`}`,
    )
  }
}

try {
  // Of a test that fails anyway nothing could be said to be noticed.
  const whole = copyOfTheSource(path.join(folder, 'whole'))
  const red = await noticedBy(whole, [...new Set(queue.flatMap(({ tests }) => tests))])
  if (red !== null) throw new Error(`the tests fail before anything is planted: ${red}`)
  await Promise.all(Array.from({ length: COPIES }, (_, place) => worker(place)))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
const missed = results.filter(({ outcome }) => outcome !== 'caught')
console.log(`\n${total - missed.length} caught, ${missed.length} not, of ${total}`)
process.exitCode = missed.length === 0 && !isStopped ? 0 : 1
