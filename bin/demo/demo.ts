import { type ChildProcess, fork } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { randomBytes, randomUUID } from 'node:crypto'
import { ensureDemoUsers } from '../../core/engine/accounts.ts'
import type { Engine } from '../../core/engine/context.ts'
import { saveSettings } from '../../core/engine/settings.ts'
import type { Instant } from '../../core/domain/time.ts'
import type { Clock } from '../../core/platform/clock.ts'
import type { Config } from '../../core/platform/config.ts'
import { type createPool, inTransaction } from '../../core/platform/database.ts'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { insertApiKey, loadApiKeys, revokeApiKey } from '../../core/store/api-key-store.ts'
import { hashToken } from '../../server/session.ts'
import { startProgress } from '../progress.ts'
import { startDemoSigning } from './handovers.ts'
import { ensureDemoRosters } from './rosters.ts'

/** The demo of this data folder: its world, its accounts. Exists only where `npm start` met an empty database. */
export interface Demo {
  readonly seed: string
  readonly password: string
  /** Some of the demo accounts, to try first; all share the password. */
  readonly accounts: readonly { readonly login: string; readonly displayName: string }[]
  readonly tickSeconds: number
  /** Until the history has been filled in once to its end: a fill that was cut short begins again. */
  readonly isFirstStart: boolean
  readonly noteFilled: () => Promise<void>
}

const TICK_SECONDS = 30
const KEY_NAME = 'demo-feed'
const SHOWN = [
  { login: 'demo-manager-32', displayName: '江苏值班经理（可确认） / Jiangsu duty manager (may acknowledge)' },
  { login: 'demo-group', displayName: '集团运营值班（看全国） / group operations (sees the country)' },
]
const note = (config: Config) => path.join(config.dataDir, 'demo.json')

interface Note {
  readonly seed: string
  readonly password: string
  readonly isFilled: boolean
}

async function readNote(config: Config): Promise<Note | null> {
  try {
    return JSON.parse(await readFile(note(config), 'utf8')) as Note
  } catch {
    return null
  }
}

/**
 * Opens the demo of a data folder: a new one on an empty database, the old one where there was one, else null: a database with
 * somebody's own tickets never gets demo data or demo accounts.
 */
export async function openDemo(engine: Engine, config: Config, state: { isEmpty: boolean; now: Instant }): Promise<Demo | null> {
  const known = await readNote(config)
  if (known === null && !state.isEmpty) return null
  if (known === null) {
    const settings = await engine.settings(state.now)
    const body = { ...settings.risk.body, tickSeconds: TICK_SECONDS }
    const reason = '演示：每 30 秒判定一次 / demo: judge every 30 s'
    await inTransaction(engine.pool, (tx) => saveSettings(tx, { kind: 'risk', body, author: 'demo', reason, effectiveFrom: state.now, now: state.now }))
  }
  const made = await ensureDemoUsers(engine.pool, engine.tree, state.now)
  await ensureDemoRosters(engine, state.now)
  const password = made[0]?.password ?? known?.password ?? ''
  const seed = known?.seed ?? randomBytes(6).toString('hex')
  const isFilled = known?.isFilled === true
  const save = (entry: Note) => writeFile(note(config), JSON.stringify(entry), { mode: 0o600 })
  await save({ seed, password, isFilled })
  return { seed, password, accounts: SHOWN, tickSeconds: TICK_SECONDS, isFirstStart: !isFilled, noteFilled: () => save({ seed, password, isFilled: true }) }
}

/** A key of the demo's own, and no older one of it: the clear key lives only in this process and the feed's. */
async function demoKey(engine: Engine, now: Instant): Promise<string> {
  const key = `tk_${randomBytes(32).toString('base64url')}`
  await inTransaction(engine.pool, async (tx) => {
    for (const old of await loadApiKeys(tx, ENGINE_SCOPE)) {
      if (old.name === KEY_NAME && old.revokedAt === null) await revokeApiKey(tx, ENGINE_SCOPE, old.id, now)
    }
    await insertApiKey(tx, { id: randomUUID(), name: KEY_NAME, keyHash: hashToken(key), regionCode: engine.tree.root.code, createdBy: null }, now)
  })
  return key
}

/** What the parent tells the feed process. */
export interface FeedOrder {
  readonly seed: string
  readonly zone: string
  readonly target: Parameters<typeof createPool>[0]
  readonly url: string
  readonly apiKey: string
  readonly isFirstStart: boolean
}

export type FeedReport =
  | { readonly kind: 'history'; readonly done: number; readonly total: number; readonly events: number }
  | { readonly kind: 'history_done'; readonly events: number }
  | { readonly kind: 'outage'; readonly at: Instant; readonly city: string }
  | { readonly kind: 'failed'; readonly message: string }

/**
 * Starts the demo's "provincial ticket systems" as a process of their own: it fills in the history, then posts events over HTTP with an
 * integrator's key as any province would.
 */
export async function startDemoFeed(demo: Demo, engine: Engine, at: { target: FeedOrder['target']; host: string; port: number; clock: Clock; onFilled: () => void }): Promise<{ stop(): Promise<void> }> {
  const host = at.host === '0.0.0.0' ? '127.0.0.1' : at.host
  const key = await demoKey(engine, at.clock.now())
  const child = fork(path.resolve(import.meta.dirname, '../tocsin.ts'), ['demo-feed'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const order: FeedOrder = {
    seed: demo.seed,
    zone: engine.zone,
    target: at.target,
    url: `http://${host}:${at.port}/api/v1/events`,
    apiKey: key,
    isFirstStart: demo.isFirstStart,
  }
  child.send(order)
  let signing: { stop(): void } | null = null
  const filled = () => {
    signing ??= startDemoSigning(engine, at.clock)
    at.onFilled()
  }
  followReports(child, demo, filled)
  child.once('exit', at.onFilled)
  return {
    async stop() {
      signing?.stop()
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      child.kill('SIGTERM')
      await gone
    },
  }
}

function followReports(child: ChildProcess, demo: Demo, onFilled: () => void): void {
  let progress: ReturnType<typeof startProgress> | null = null
  child.on('message', (report: FeedReport) => {
    if (report.kind === 'history') {
      progress ??= startProgress(demo.isFirstStart ? '演示历史 demo history' : '补齐停机期间 filling the gap', report.total, '%')
      progress.update(report.done, `${report.events.toLocaleString('en-US')} events`)
    } else if (report.kind === 'history_done') {
      onFilled()
      void demo.noteFilled()
      progress?.end(`${report.events.toLocaleString('en-US')} events`)
    } else if (report.kind === 'outage') {
      process.stdout.write('  演示：苏州宽带中断正在发生，两分钟内视频墙上会升起一个风险事件。\n  Demo: a broadband outage in Suzhou begins; within two minutes a case rises on the wall.\n')
    } else {
      process.stderr.write(`演示数据源停止 demo feed stopped: ${report.message}\n`)
    }
  })
}
