// `npm run crash-matrix -- [--runs N] [--seed S] [--lanes N] [--until-wrong] [--planted]`: hurts the workers at every fail-point with every fault, and judges by the
// providers' listeners alone. Redis takes half of the lanes where TOCSIN_TEST_REDIS_URL names one. The last line is `N passed, N failed`.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { readEnvironment } from '../../core/platform/config.ts'
import { createPool } from '../../core/platform/database.ts'
import { startEmbeddedPostgres } from '../../core/platform/embedded-postgres.ts'
import { migrate } from '../../migrations/migrate.ts'
import { databaseAt } from '../support/database-url.ts'
import { markedRepeats, type Wrong } from './checker.ts'
import { type Lane, makeLane } from './lane.ts'
import { findPlanted } from './planted.ts'
import { chance, type CrashPlan, plansOf } from './plan.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '232' },
    seed: { type: 'string', default: '1' },
    lanes: { type: 'string', default: '3' },
    'until-wrong': { type: 'boolean', default: false },
    planted: { type: 'boolean', default: false },
  },
})
if (values.planted) process.exit((await findPlanted(['--runs', values.runs, '--seed', values.seed, '--lanes', values.lanes])) ? 0 : 1)
const started = performance.now()
const env = readEnvironment()
const external = env['TOCSIN_TEST_DATABASE_URL']?.trim()
const redisUrl = env['TOCSIN_TEST_REDIS_URL']?.trim() || null
const dataDir = await mkdtemp(path.join(tmpdir(), `tocsin-test-${process.pid}-crash-`))
const server = external ? null : await startEmbeddedPostgres({ dataDir, durable: false })
const url = external || (server?.url ?? '')
const admin = createPool(databaseAt(url, 'postgres'), { max: 1 })
const name = (no: number) => `tocsin_test_${process.pid}_crash_${no}`

async function lane(no: number, random: () => number): Promise<Lane> {
  await admin.query(`create database ${name(no)} template template0`)
  await migrate(databaseAt(url, name(no)))
  const ofRedis = redisUrl !== null && no % 2 === 1 ? new URL(redisUrl) : null
  // Each lane has a queue of its own.
  if (ofRedis !== null) ofRedis.pathname = `/${no + 1}`
  return makeLane(databaseAt(url, name(no)), ofRedis?.href ?? null, random)
}

interface Verdict {
  readonly plan: CrashPlan
  readonly no: number
  readonly backend: Lane['backend']
  readonly isHit: boolean
  readonly judge: () => readonly Wrong[]
  readonly delays: readonly number[]
  readonly wrongs: Wrong[]
}

/** Judges a run by what has been called so far and says what it has not said yet. */
function judge(verdict: Verdict): void {
  const { plan, no, backend, wrongs } = verdict
  for (const wrong of verdict.judge()) {
    if (wrongs.some(({ kind, ruleId, step }) => kind === wrong.kind && ruleId === wrong.ruleId && step === wrong.step)) continue
    wrongs.push(wrong)
    console.log(`✗ run ${no} (${plan.put}) ${plan.fault} at ${plan.point} (${plan.nth}.), ${backend}: ${wrong.kind}, ${wrong.ruleId} step ${wrong.step}: ${wrong.detail}`)
  }
}
/** Until whoever was held at the end has woken and called. */
const AFTERWARDS_MS = 5_000

const random = chance(Number(values.seed))
const queue = plansOf(Number(values.runs), random).map((plan, no) => ({ plan, no }))
const verdicts: Verdict[] = []
const lanes: Lane[] = []
try {
  for (let no = 0; no < Number(values.lanes); no += 1) lanes.push(await lane(no, random))
  await Promise.all(
    lanes.map(async (one) => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const { plan, no } = next
        const verdict: Verdict = { plan, no, backend: one.backend, wrongs: [], ...(await one.run(plan, no)) }
        verdicts.push(verdict)
        judge(verdict)
        if (verdict.wrongs.length > 0 && values['until-wrong']) queue.length = 0
      }
    }),
  )
  await sleep(AFTERWARDS_MS)
  for (const verdict of verdicts) judge(verdict)
} finally {
  await Promise.all(lanes.map((one) => one.end()))
  for (let no = 0; no < lanes.length; no += 1) await admin.query(`drop database if exists ${name(no)} with (force)`)
  await admin.end()
  await server?.stop()
  await rm(dataDir, { recursive: true, force: true })
}

const hit = verdicts.filter(({ isHit }) => isHit)
const wrong = verdicts.filter(({ wrongs }) => wrongs.length > 0)
const count = (...kinds: Wrong['kind'][]) => verdicts.flatMap(({ wrongs }) => wrongs).filter(({ kind }) => kinds.includes(kind)).length
const fallen = lanes.reduce((sum, one) => sum + one.fallen(), 0)
const unreached = [...new Set(verdicts.map(({ plan }) => plan.point))].filter((point) => !hit.some(({ plan }) => plan.point === point))
const heard = lanes.flatMap(({ listener }) => [...listener.arrivals, ...listener.together])
const repeats = markedRepeats(heard)
const storms = verdicts.filter(({ plan }) => plan.put === 'storm').length
const together = lanes.flatMap(({ listener }) => listener.together)
const seconds = Math.round((performance.now() - started) / 1_000)
console.log(`${verdicts.length} runs of seed ${values.seed}, ${hit.length} with their fault, ${lanes.map(({ backend }) => backend).join(' + ')}, ${seconds} s`)
const delays = verdicts.flatMap((verdict) => verdict.delays).sort((a, b) => a - b)
const delay = (share: number) => `${((delays[Math.min(delays.length - 1, Math.floor(share * delays.length))] ?? 0) / 1_000).toFixed(1)} s`
console.log(`due → first call: half within ${delay(0.5)}, 95 % within ${delay(0.95)}, the latest after ${delay(1)}`)
console.log(`${heard.length} calls by webhook and mail, of ${storms} storms ${together.length} for several alerts; ${count('lost')} lost, ${count('early', 'late')} early or late, ${count('after acknowledgement')} after an acknowledgement,`)
console.log(`${repeats} repeated and marked, ${count('unmarked repeat', 'called too often', 'two deliveries')} repeated otherwise, ${count('told singly in a storm')} told singly in a storm; ${fallen} workers fell by themselves`)
if (unreached.length > 0) console.log(`never reached: ${unreached.join(', ')}`)
console.log(`${verdicts.length - wrong.length} passed, ${wrong.length + (fallen > 0 ? 1 : 0)} failed`)
process.exitCode = wrong.length > 0 || fallen > 0 ? 1 : 0
