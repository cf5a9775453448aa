import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Instant } from '../domain/time.ts'
import { failPoint } from './fail-point.ts'

declare const transaction: unique symbol

/** A connection inside BEGIN … COMMIT; only {@link inTransaction} hands one out. */
export type Tx = pg.PoolClient & { readonly [transaction]: true }

/** What every store function takes first: the pool (one statement of its own) or an open transaction. */
export type Sql = pg.Pool | Tx

/** The pool itself, for those who may not import the driver. */
export type Pool = pg.Pool

/** What a caller may choose about a pool; times in milliseconds. */
export interface PoolChoice {
  /** Most connections at once; 10 when left out. */
  max?: number
  /** Shown in pg_stat_activity. */
  applicationName?: string
  /** Limit of one statement; 30 s when left out, 0 for none. */
  statementTimeoutMs?: number
  /** Told of the loss of an idle connection; the pool replaces it by itself. */
  onError?: (error: Error) => void
}

const TIMESTAMPTZ = /^(\d{4,})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?$/

/**
 * PostgreSQL's text of a timestamptz as epoch ms; microseconds are cut off (towards the past).
 * `infinity` and `-infinity` become the numbers of that name; a year before Christ is refused.
 */
export function parseInstant(text: string): Instant {
  if (text === 'infinity') return Number.POSITIVE_INFINITY
  if (text === '-infinity') return Number.NEGATIVE_INFINITY
  const part = TIMESTAMPTZ.exec(text)
  if (part === null) throw new RangeError(`not an instant: ${text}`)
  const number = (index: number) => Number(part[index] ?? 0)
  const local = Date.UTC(number(1), number(2) - 1, number(3), number(4), number(5), number(6), Number((part[7] ?? '').padEnd(3, '0').slice(0, 3)))
  const offset = ((number(9) * 60 + number(10)) * 60 + number(11)) * 1000
  return part[8] === '+' ? local - offset : local + offset
}

/** An int8 as a number; beyond 2^53 it stays text, because a number would be another number. */
export function parseBigint(text: string): number | string {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : text
}

// The driver's type list leaves array types out; its parser table has them.
const TEXT_ARRAY = 1009 as Parameters<typeof pg.types.getTypeParser>[0]

const asText = (text: string) => text
const listOf = (parse: (text: string) => unknown) => {
  const split = pg.types.getTypeParser(TEXT_ARRAY) as (text: string) => (string | null)[]
  return (text: string) => split(text).map((item) => (item === null ? null : parse(item)))
}

// date, timestamp and numeric stay text: the driver would read dates in the machine's zone and numerics as floats.
const PARSERS = new Map<number, (text: string) => unknown>([
  [20, parseBigint],
  [1016, listOf(parseBigint)],
  [1184, parseInstant],
  [1185, listOf(parseInstant)],
  [1082, asText],
  [1182, listOf(asText)],
  [1114, asText],
  [1115, listOf(asText)],
  [1700, asText],
  [1231, listOf(asText)],
])

const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    return (format !== 'binary' && PARSERS.get(oid)) || pg.types.getTypeParser(oid, format)
  },
} as pg.CustomTypesConfig

/**
 * A pool whose rows carry instants as epoch ms, int8 as numbers where they fit, and date, timestamp and numeric as text.
 * Sessions run in UTC; a statement ends after `statementTimeoutMs`, a transaction left idle after 15 s.
 * The loss of an idle connection never becomes an unhandled error.
 */
export function createPool(target: string | pg.PoolConfig, choice: PoolChoice = {}): pg.Pool {
  const given: pg.PoolConfig = typeof target === 'string' ? { connectionString: target } : target
  const pool = new pg.Pool({
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    idle_in_transaction_session_timeout: 15_000,
    ...given,
    max: choice.max ?? given.max ?? 10,
    statement_timeout: choice.statementTimeoutMs ?? given.statement_timeout ?? 30_000,
    application_name: choice.applicationName ?? given.application_name ?? 'tocsin',
    options: `${given.options ?? ''} -c TimeZone=UTC -c DateStyle=ISO`.trim(),
    types,
  })
  pool.on('error', (error) => choice.onError?.(error))
  return pool
}

/** How a transaction starts; PostgreSQL's own defaults where left out. */
export interface TransactionChoice {
  isolation?: 'read committed' | 'repeatable read' | 'serializable'
  readOnly?: boolean
}

const RETRIES = 6
const RETRYABLE = new Set(['40001', '40P01'])

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

async function attempt<T>(pool: pg.Pool, fn: (tx: Tx) => Promise<T>, begin: string): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  const onBroken = (error: Error) => {
    broken = error
  }
  client.on('error', onBroken)
  try {
    await client.query(begin)
    const result = await fn(client as Tx)
    await failPoint('database.before_commit')
    const { command } = await client.query('COMMIT')
    await failPoint('database.after_commit')
    // A statement failed and `fn` swallowed the error: PostgreSQL answers COMMIT with a rollback, which must not pass for success.
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back: a statement in it failed and its error was swallowed')
    return result
  } catch (error) {
    if (broken === undefined)
      await client.query('ROLLBACK').catch((failed: Error) => {
        broken = failed
      })
    throw error
  } finally {
    client.removeListener('error', onBroken)
    client.release(broken)
  }
}

/**
 * Runs `fn` in one transaction and commits it; any error rolls back and is thrown on.
 * After a serialization failure or a deadlock the whole of `fn` runs again, up to six times: it must do nothing outside `tx`.
 */
export async function inTransaction<T>(pool: pg.Pool, fn: (tx: Tx) => Promise<T>, choice: TransactionChoice = {}): Promise<T> {
  const isolation = choice.isolation === undefined ? '' : ` ISOLATION LEVEL ${choice.isolation}`
  const begin = `BEGIN${isolation}${choice.readOnly === true ? ' READ ONLY' : ''}`
  for (let retry = 1; ; retry += 1) {
    try {
      return await attempt(pool, fn, begin)
    } catch (error) {
      if (retry > RETRIES || !RETRYABLE.has(codeOf(error))) throw error
      await sleep(2 ** retry * 5 * (1 + Math.random()))
    }
  }
}

const GONE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  '57P01',
  '57P02',
  '57P03',
  '25006',
])
const GONE_TEXT =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Cannot use a pool after calling end|Client was closed)/

/**
 * True when `error` says that the database cannot be reached or cannot take work just now (refused, terminated, shutting down,
 * out of connections, memory or disk, a standby): the caller answers "later" and loses nothing by trying again.
 */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every(isUnavailable)
  if (!(error instanceof Error)) return false
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'EACCES') return 'syscall' in error && error.syscall === 'connect'
  return GONE.has(code) || /^(08|53)[0-9A-Z]{3}$/.test(code) || GONE_TEXT.test(error.message)
}

/** Waits for the lock named `key` and holds it until the transaction ends. */
export async function advisoryLock(tx: Tx, key: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [key])
}
