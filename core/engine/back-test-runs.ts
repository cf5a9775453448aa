import { randomUUID } from 'node:crypto'
import type { BackTestAnswer, BackTestRun } from '../contract/back-test.ts'
import { codeOfPath, type RegionTree, type Scope } from '../domain/region.ts'
import type { LoneCase } from '../domain/back-test/comparison.ts'
import type { BackTestPlan } from '../domain/back-test/plan.ts'
import { DAY, type Instant, MINUTE } from '../domain/time.ts'
import type { Clock } from '../platform/clock.ts'
import type { Sql, Tx } from '../platform/database.ts'
import {
  type BackTestAsked,
  type BackTestRow,
  type ClaimedBackTest,
  claimBackTest,
  deleteBackTests,
  endBackTest,
  insertBackTest,
  listBackTests,
  loadBackTest,
  markBackTest,
} from '../store/back-test-run-store.ts'
import { type BackTestAsk, type BackTestReport, backTest } from './back-test-report.ts'
import type { Engine } from './context.ts'

/** A worker that was not heard of for so long has died; a step of a replay takes seconds. */
const CLAIMED_FOR = 2 * MINUTE
/** One that broke off so often is not begun again. */
const MOST_BEGUN = 3
/** What ended is kept so long: it can be asked for again. */
const KEPT_FOR = 30 * DAY
const MOST_LISTED = 20

/** Puts a back-test in line and returns its id, or null while the same person has one that waits or runs. Old ones are forgotten. */
export async function askBackTest(tx: Tx, asked: Omit<BackTestAsked, 'ticksTotal'>, { parameters, steps }: BackTestPlan): Promise<string | null> {
  await deleteBackTests(tx, asked.askedAt - KEPT_FOR)
  return insertBackTest(tx, { ...asked, ticksTotal: steps }, parameters)
}

function shown({ regionPath, ...row }: BackTestRow, tree: RegionTree): Omit<BackTestRun, 'report'> {
  const scope = codeOfPath(regionPath) ?? tree.root.code
  const node = tree.get(scope)
  return { ...row, given: { ...row.given }, scope, scopeNameZh: node?.nameZh ?? scope, scopeNameEn: node?.nameEn ?? scope }
}

/** The newest back-tests of a subtree, at most 20, without their reports. */
export async function viewBackTests(sql: Sql, scope: Scope, tree: RegionTree, ruleId: string | null): Promise<Omit<BackTestRun, 'report'>[]> {
  return (await listBackTests(sql, scope, ruleId, MOST_LISTED)).map((row) => shown(row, tree))
}

/** One of a subtree with its report; undefined where there is none. */
export async function viewBackTest(sql: Sql, scope: Scope, tree: RegionTree, id: string): Promise<BackTestRun | undefined> {
  const row = await loadBackTest(sql, scope, id)
  if (row === undefined) return undefined
  const { report, ...rest } = row
  return { ...shown(rest, tree), report: (report as BackTestAnswer | null) ?? null }
}

function loneCase({ id, matter, regionPath, openedAt, severity }: LoneCase, tree: RegionTree): BackTestAnswer['onlyWouldCases'][number] {
  const regionCode = codeOfPath(regionPath) ?? tree.root.code
  const node = tree.get(regionCode)
  return { id, matterKind: matter.kind, matter: matter.name, regionCode, regionNameZh: node?.nameZh ?? regionCode, regionNameEn: node?.nameEn ?? regionCode, openedAt, severity }
}

/** A report as the API gives it. */
export function answerOf({ would, did, matched, onlyWouldCases, onlyDidCases, byDay, ...rest }: BackTestReport, tree: RegionTree): BackTestAnswer {
  const side = (one: typeof would) => ({ ...one, byColour: [...one.byColour] })
  const lone = (cases: readonly LoneCase[]) => cases.map((one) => loneCase(one, tree))
  return {
    ...rest, would: side(would), did: side(did), byDay: [...byDay],
    matched: [...matched], onlyWouldCases: lone(onlyWouldCases), onlyDidCases: lone(onlyDidCases),
  }
}

/** The claim is lost, or a person has cancelled the run: nothing more of it is wanted. */
class Unwanted extends Error {}

async function run(engine: Engine, claimed: ClaimedBackTest, clock: Clock): Promise<void> {
  const { ruleId, parameters, regionPath, from, to } = claimed
  const onProgress = async (done: number): Promise<void> => {
    if (!(await markBackTest(engine.pool, claimed, done, clock.now() + CLAIMED_FOR))) throw new Unwanted()
  }
  try {
    const report = await backTest(engine, { ruleId, parameters: parameters as BackTestAsk['parameters'], path: regionPath, from, to }, onProgress)
    await endBackTest(engine.pool, claimed, 'done', answerOf(report, engine.tree), clock.now())
  } catch (error) {
    if (error instanceof Unwanted) return
    engine.log.error({ err: error, backTest: claimed.id, ruleId }, 'a back-test failed')
    await endBackTest(engine.pool, claimed, 'failed', null, clock.now())
  }
}

/** Runs the back-tests that wait, the oldest first and one after the other; returns how many it began. Nothing is written but their progress and their reports. */
export async function runBackTests(engine: Engine, clock: Clock): Promise<number> {
  for (let begun = 0; ; begun += 1) {
    const now: Instant = clock.now()
    const claimed = await claimBackTest(engine.pool, randomUUID(), now, now + CLAIMED_FOR)
    if (claimed === undefined) return begun
    if (claimed.begun > MOST_BEGUN) await endBackTest(engine.pool, claimed, 'failed', null, now)
    else await run(engine, claimed, clock)
  }
}
