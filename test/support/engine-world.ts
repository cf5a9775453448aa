import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { AbnormalParameters } from '../../core/domain/abnormal/abnormal-rule.ts'
import type { RegionNode, RegionTree } from '../../core/domain/region.ts'
import type { Instant } from '../../core/domain/time.ts'
import type { Bell, Engine } from '../../core/engine/context.ts'
import { hashKeysOf } from '../../core/engine/protect-keys.ts'
import { parseRegionCsv } from '../../core/engine/region-file.ts'
import { seedSettings, settingsCache } from '../../core/engine/settings.ts'
import { type Clock, ManualClock, systemClock } from '../../core/platform/clock.ts'
import { createPool, inTransaction, type Pool } from '../../core/platform/database.ts'
import { createLogger } from '../../core/platform/log.ts'
import { importRegions, loadRegionTree } from '../../core/store/region-store.ts'
import { BY_DEADLINE, setRules } from './abnormal.ts'
import { type TestDatabase, testDatabase } from './database.ts'

const SECRET = 'a secret for tests, thirty-two characters'
export const ROOT = path.resolve(import.meta.dirname, '../..')

/** Lines of the log of a test's server, as objects. */
export type LogLine = Record<string, unknown>

/** A database with the regional tree and first settings (of the rules AT-01 and AT-02 only), and an engine that rings no bell. */
export interface EngineWorld {
  readonly database: TestDatabase
  readonly pool: Pool
  readonly tree: RegionTree
  readonly engine: Engine
  readonly bells: Bell[]
  readonly logged: LogLine[]
}

export async function engineWorld(clock: Clock = systemClock, more: readonly RegionNode[] = []): Promise<EngineWorld> {
  const database = await testDatabase()
  const { pool } = database
  const nodes = parseRegionCsv(await readFile(path.join(ROOT, 'config/regions.cn.csv'), 'utf8'))
  await inTransaction(pool, async (tx) => {
    await importRegions(tx, [...nodes, ...more])
    await seedSettings(tx, clock.now())
    await setRules(tx, BY_DEADLINE)
  })
  const logged: LogLine[] = []
  const log = createLogger('debug', {
    write: (line: string) => {
      logged.push(JSON.parse(line) as LogLine)
    },
  })
  const tree = await loadRegionTree(pool)
  const bells: Bell[] = []
  const engine: Engine = {
    pool,
    tree,
    zone: 'Asia/Shanghai',
    secret: SECRET,
    hashKeys: hashKeysOf(SECRET, null),
    log,
    settings: settingsCache(pool),
    ring: (bell) => bells.push(bell),
  }
  return { database, pool, tree, engine, bells, logged }
}

/** An engine on a database of its own, these abnormal rules on, with a pool for several workers at a time, which whoever asks closes. */
export async function crowdedEngine(now: Instant, rules: AbnormalParameters): Promise<{ readonly pool: Pool; readonly engine: Engine }> {
  const world = await engineWorld(new ManualClock(now))
  await setRules(world.pool, rules)
  const pool = createPool(world.database.url, { max: 12 })
  return { pool, engine: { ...world.engine, pool } }
}
