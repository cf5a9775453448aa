import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Type, type Static } from 'typebox'
import { SECOND } from '../core/domain/time.ts'
import type { Engine } from '../core/engine/context.ts'
import type { Clock } from '../core/platform/clock.ts'
import { appliedMigrations } from '../core/store/migration-store.ts'
import { latestBeat } from '../core/store/pulse-store.ts'
import { ANYBODY } from './access.ts'
import type { Api } from './api.ts'

const BEAT_FRESH_MS = 10 * SECOND
const ANSWER_WITHIN_MS = 2 * SECOND
const MIGRATIONS = path.join(import.meta.dirname, '../migrations')

const Readiness = Type.Object({
  ready: Type.Boolean(),
  database: Type.Union([Type.Literal('ok'), Type.Literal('unreachable')]),
  migrations: Type.Union([Type.Literal('ok'), Type.Literal('pending'), Type.Literal('unknown')]),
  engine: Type.Union([Type.Literal('ok'), Type.Literal('stale'), Type.Literal('unknown')]),
  engineBeatAt: Type.Union([Type.Number(), Type.Null()], { description: '引擎最近一次心跳 / last beat of the engine' }),
})
type Readiness = Static<typeof Readiness>

/** The migrations that this build knows. */
async function knownMigrations(): Promise<string[]> {
  return (await readdir(MIGRATIONS)).filter((name) => /^\d{4}_.+\.sql$/.test(name)).map((name) => name.slice(0, -'.sql'.length))
}

async function judge({ pool }: Engine, clock: Clock, known: readonly string[]): Promise<Readiness> {
  const applied = await appliedMigrations(pool)
  const migrations = known.every((name) => applied.has(name)) ? ('ok' as const) : ('pending' as const)
  if (migrations !== 'ok') return { ready: false, database: 'ok', migrations, engine: 'unknown', engineBeatAt: null }
  const engineBeatAt = await latestBeat(pool)
  const isFresh = engineBeatAt !== null && clock.now() - engineBeatAt <= BEAT_FRESH_MS
  return { ready: isFresh, database: 'ok', migrations, engine: isFresh ? 'ok' : 'stale', engineBeatAt }
}

const UNREACHABLE: Readiness = { ready: false, database: 'unreachable', migrations: 'unknown', engine: 'unknown', engineBeatAt: null }

/** `/healthz`: the process lives. `/readyz`: it serves: database, migrations, and an engine whose beat is fresh; else 503 and which. */
export async function healthRoutes(api: Api, engine: Engine, clock: Clock): Promise<void> {
  const known = await knownMigrations()

  api.get('/healthz', {
    config: { access: ANYBODY }, logLevel: 'warn',
    schema: { tags: ['health'], summary: '存活 / Liveness', response: { 200: Type.Object({ alive: Type.Literal(true) }, { description: '存活 / alive' }) } },
  }, async () => ({ alive: true as const }))

  api.get('/readyz', {
    config: { access: ANYBODY }, logLevel: 'warn',
    schema: {
      tags: ['health'], summary: '就绪 / Readiness',
      response: { 200: { ...Readiness, description: '就绪 / ready' }, 503: { ...Readiness, description: '未就绪及原因 / not ready, and which part' } },
    },
  }, async (_request, reply) => {
    const late = sleep(ANSWER_WITHIN_MS, UNREACHABLE, { ref: false })
    const state = await Promise.race([judge(engine, clock, known).catch(() => UNREACHABLE), late])
    if (!state.ready) reply.header('retry-after', '2')
    return reply.code(state.ready ? 200 : 503).header('cache-control', 'no-store').send(state)
  })
}
