import type { Engine } from '../core/engine/context.ts'
import { systemClock } from '../core/platform/clock.ts'
import type { Config } from '../core/platform/config.ts'
import { claimDataDir } from '../core/platform/data-dir.ts'
import { createPool } from '../core/platform/database.ts'
import { startEmbeddedPostgres } from '../core/platform/embedded-postgres.ts'
import { createLifecycle } from '../core/platform/lifecycle.ts'
import type { Logger } from '../core/platform/log.ts'
import { composeEngine, prepareDatabase, runningDatabase } from './compose.ts'

/** The deployment that a command works on. */
export interface Deployment {
  /** The engine, over another pool after the database has moved. */
  readonly engine: Engine
  /**
   * After the database went away: finds it where it is now. Only that of a data folder which `npm start` serves moves, its socket lies in a new
   * folder after each start; as long as it is away this does nothing.
   */
  rejoin(): Promise<void>
  close(): Promise<void>
}

type Place = Exclude<Parameters<typeof createPool>[0], string>

/**
 * The engine over the deployment that the configuration names, for a command: DATABASE_URL, else the embedded database of the data
 * folder, whether `npm start` is serving it just now or it has to be started for the while.
 */
export async function openDeployment(config: Config, log: Logger, applicationName: string): Promise<Deployment> {
  const lifecycle = createLifecycle(log)
  let served: Place | null = null
  const open = async () => {
    if (config.databaseUrl !== null) return config.databaseUrl
    served = runningDatabase(config.dataDir)
    if (served !== null) return served
    const claim = await claimDataDir(config.dataDir)
    lifecycle.add('data folder', () => claim.release())
    const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, durable: true, log })
    lifecycle.add('embedded database', () => postgres.stop())
    return postgres.poolConfig
  }
  const poolAt = (place: Place | string) => createPool(place, { max: 6, applicationName })
  try {
    let pool = poolAt(await open())
    lifecycle.add('database pool', () => pool.end())
    await prepareDatabase(pool, { regionsFile: config.regionsFile, clock: systemClock, log })
    let engine = await composeEngine(pool, config, log)
    return {
      get engine() {
        return engine
      },
      async rejoin() {
        const place = served === null ? null : runningDatabase(config.dataDir)
        if (place === null || place.host === served?.host) return
        const moved = poolAt(place)
        try {
          engine = await composeEngine(moved, config, log)
        } catch (error) {
          await moved.end()
          throw error
        }
        const left = pool
        pool = moved
        served = place
        await left.end()
      },
      close: () => lifecycle.stop('command done'),
    }
  } catch (error) {
    await lifecycle.stop('failed')
    throw error
  }
}
