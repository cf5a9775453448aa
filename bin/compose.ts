import { readFile } from 'node:fs/promises'
import { type Clock, systemClock } from '../core/platform/clock.ts'
import type { Config } from '../core/platform/config.ts'
import { resolveSecret } from '../core/platform/config.ts'
import { type createPool, inTransaction, type Pool } from '../core/platform/database.ts'
import { isAlive } from '../core/platform/data-dir.ts'
import type { Logger } from '../core/platform/log.ts'
import { clusterOf, readNote, readServerState } from '../core/platform/postgres-cluster.ts'
import type { Queues } from '../core/queue/queues.ts'
import type { Engine } from '../core/engine/context.ts'
import { checkHashKeys } from '../core/engine/hash-key-check.ts'
import { hashKeysOf } from '../core/engine/protect-keys.ts'
import { parseRegionCsv } from '../core/engine/region-file.ts'
import { renewLadders } from '../core/engine/ladders.ts'
import { settingsCache, seedSettings } from '../core/engine/settings.ts'
import { hasRegions, importRegions, loadRegionTree } from '../core/store/region-store.ts'
import { migrate } from '../migrations/migrate.ts'

/** Brings a database to the present schema and fills what an empty one needs: the region tree and version 1 of every setting. */
export async function prepareDatabase(pool: Pool, choice: { regionsFile: string; clock: Clock; log?: Logger }): Promise<{ applied: readonly string[]; isNew: boolean }> {
  const applied = await migrate(pool, choice.log)
  const isNew = await inTransaction(pool, async (tx) => {
    if (await hasRegions(tx)) return false
    await importRegions(tx, parseRegionCsv(await readFile(choice.regionsFile, 'utf8')))
    return true
  })
  await inTransaction(pool, async (tx) => {
    await seedSettings(tx, choice.clock.now())
    await renewLadders(tx, choice.clock.now())
  })
  return { applied, isNew }
}

/** The engine over a prepared database; `queues` is left out by commands that do the work themselves. */
export async function composeEngine(pool: Pool, config: Config, log: Logger, queues?: Queues): Promise<Engine> {
  const secret = await resolveSecret(config)
  const engine: Engine = {
    pool,
    tree: await loadRegionTree(pool),
    zone: config.zone,
    secret,
    hashKeys: hashKeysOf(secret, config.hashKeys),
    log,
    settings: settingsCache(pool),
    ring: (bell) => void queues?.ring(bell),
  }
  await checkHashKeys(engine, systemClock.now())
  return engine
}

/** The embedded database of a data folder if another process of Tocsin is serving it just now. */
export function runningDatabase(dataDir: string): Exclude<Parameters<typeof createPool>[0], string> | null {
  const note = readNote(dataDir)
  if (note === null || !isAlive(note.owner) || readServerState(clusterOf(dataDir))?.isReady !== true) return null
  return { host: note.socketDir, port: 5432, user: 'postgres', database: 'tocsin' }
}
