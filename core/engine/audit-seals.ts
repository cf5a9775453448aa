import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { type Instant, MINUTE, SECOND } from '../domain/time.ts'
import { inTransaction, type Pool } from '../platform/database.ts'
import {
  type AuditSeal,
  type BrokenLine,
  compareLines,
  compareStates,
  digestOfSeal,
  enterLines,
  insertSeal,
  loadLastSeal,
  loadSeals,
  loadUnsealed,
  lockSealing,
  raiseMarks,
  SEALED_LOGS,
} from '../store/audit-seal-store.ts'
import type { Engine } from './context.ts'

/** Lines of one log under one seal, at most. */
const LINES = 2_000
/** No transaction that writes a log takes longer. */
const GRACE = 10 * MINUTE
const STRAGGLERS_EVERY = MINUTE
const NOTHING_BEFORE = '0'.repeat(64)

interface SealKey {
  readonly id: string
  readonly key: Buffer
}

/** The key of the chain, which is not in the database: whoever can write there cannot make a seal. */
function keyOf(secret: string): SealKey {
  const key = Buffer.from(hkdfSync('sha256', secret, 'tocsin', 'audit-chain/v1', 32))
  return { key, id: createHash('sha256').update(key).digest('hex').slice(0, 12) }
}

const sealOf = ({ key }: SealKey, { no, at, entries, digest, previous }: Pick<AuditSeal, 'no' | 'at' | 'entries' | 'digest' | 'previous'>): string =>
  createHmac('sha256', key).update([no, at, entries, digest, previous].join('|')).digest('hex')

/** When each engine last looked for lines of transactions that took long. */
const sweptAt = new WeakMap<object, Instant>()

/** One seal over what has been added; how many lines, 0 when there was nothing or another worker is at it. */
async function sealOnce(engine: Pick<Engine, 'pool' | 'secret'>, now: Instant, stragglers: boolean): Promise<number> {
  return inTransaction(engine.pool, async (tx) => {
    if (!(await lockSealing(tx))) return 0
    const last = await loadLastSeal(tx)
    const no = (last?.no ?? 0) + 1
    const counts: number[] = []
    for (const log of SEALED_LOGS) counts.push(await enterLines(tx, log, no, { stragglers, limit: LINES }, now))
    const entered = counts.reduce((sum, count) => sum + count, 0)
    if (stragglers && counts.every((count) => count < LINES)) await raiseMarks(tx, now, GRACE)
    if (entered === 0) return 0
    const key = keyOf(engine.secret)
    const link = { no, at: now, ...(await digestOfSeal(tx, no)), previous: last?.seal ?? NOTHING_BEFORE }
    await insertSeal(tx, { ...link, keyId: key.id, seal: sealOf(key, link) })
    return entered
  })
}

/** Seals what the logs have gained (domain.md 7.9), seal after seal until nothing is left or a second of them is done; returns how many lines. Several workers may run it at once. */
export async function sealLogs(engine: Pick<Engine, 'pool' | 'secret'>, now: Instant): Promise<number> {
  const last = sweptAt.get(engine) ?? Number.NEGATIVE_INFINITY
  const stragglers = now - last >= STRAGGLERS_EVERY || now < last
  if (stragglers) sweptAt.set(engine, now)
  const until = performance.now() + SECOND
  let sealed = 0
  for (let one = await sealOnce(engine, now, stragglers); one > 0; one = performance.now() < until ? await sealOnce(engine, now, false) : 0) sealed += one
  return sealed
}

/** A link that does not hold. */
export interface BrokenSeal {
  readonly log: 'audit_seal'
  readonly id: string
  readonly what: 'altered' | 'deleted' | 'other_key'
}

/** What looking through everything found. */
export interface AuditReport {
  readonly seals: number
  readonly lines: number
  readonly states: number
  readonly unsealed: number
  readonly oldestUnsealedAt: Instant | null
  /** Empty: everything is as it was sealed. */
  readonly broken: readonly (BrokenLine | BrokenSeal)[]
}

const SEALS_AT_ONCE = 500
const equal = (a: string, b: string) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

/** The chain itself: no link is missing or altered, and what each closed is still under it. */
async function checkChain(engine: Pick<Engine, 'pool' | 'secret'>, limit: number): Promise<{ seals: number; broken: BrokenSeal[] }> {
  const key = keyOf(engine.secret)
  const broken: BrokenSeal[] = []
  let previous = NOTHING_BEFORE
  let no = 0
  for (let links = await loadSeals(engine.pool, 1, SEALS_AT_ONCE); links.length > 0; links = await loadSeals(engine.pool, no + 1, SEALS_AT_ONCE)) {
    for (const link of links) {
      const { digest, entries } = await digestOfSeal(engine.pool, link.no)
      if (link.no !== no + 1) broken.push({ log: 'audit_seal', id: `${no + 1}`, what: 'deleted' })
      else if (link.keyId !== key.id) broken.push({ log: 'audit_seal', id: `${link.no}`, what: 'other_key' })
      else if (link.previous !== previous || link.digest !== digest || link.entries !== entries || !equal(link.seal, sealOf(key, link))) {
        broken.push({ log: 'audit_seal', id: `${link.no}`, what: 'altered' })
      }
      no = link.no
      previous = link.seal
      if (broken.length >= limit) return { seals: no, broken }
    }
  }
  return { seals: no, broken }
}

/** Whether everything sealed is what it was, over the whole chain and the lines of the time [from, to); names what is not, at most `limit` of each log. Reads only. */
export async function verifyAudit(engine: Pick<Engine, 'secret'> & { readonly pool: Pool }, { from, to, limit = 20 }: { readonly from: Instant; readonly to: Instant; readonly limit?: number }): Promise<AuditReport> {
  const chain = await checkChain(engine, limit)
  const broken: (BrokenLine | BrokenSeal)[] = [...chain.broken]
  let lines = 0
  for (const log of SEALED_LOGS) {
    const found = await compareLines(engine.pool, log, from, to, limit)
    lines += found.checked
    broken.push(...found.broken)
  }
  const states = await compareStates(engine.pool, from, to, limit)
  const { lines: unsealed, oldestAt } = await loadUnsealed(engine.pool)
  return { seals: chain.seals, lines, states: states.checked, unsealed, oldestUnsealedAt: oldestAt, broken: [...broken, ...states.broken] }
}
