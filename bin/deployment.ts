import type { Engine } from '../core/engine/context.ts'
import { systemClock } from '../core/platform/clock.ts'
import type { Config } from '../core/platform/config.ts'
import { claimDataDir } from '../core/platform/data-dir.ts'
import { createPool } from '../core/platform/database.ts'
import { startEmbeddedPostgres } from '../core/platform/embedded-postgres.ts'
import { createLifecycle } from '../core/platform/lifecycle.ts'
import type { Logger } from '../core/platform/log.ts'
import { composeEngine, prepareDatabase, runningDatabase } from './compose.ts'

/**
 * The engine over the deployment that the configuration names, for a command: DATABASE_URL, else the embedded database of the data
 * folder, whether `npm start` is serving it just now or it has to be started for the while.
 */
export async function openDeployment(config: Config, log: Logger, applicationName: string): Promise<{ engine: Engine; close(): Promise<void> }> {
  const lifecycle = createLifecycle(log)
  const open = async () => {
    if (config.databaseUrl !== null) return config.databaseUrl
    const running = runningDatabase(config.dataDir)
    if (running !== null) return running
    const claim = await claimDataDir(config.dataDir)
    lifecycle.add('data folder', () => claim.release())
    const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, durable: true, log })
    lifecycle.add('embedded database', () => postgres.stop())
    return postgres.poolConfig
  }
  try {
    const pool = createPool(await open(), { max: 6, applicationName })
    lifecycle.add('database pool', () => pool.end())
    await prepareDatabase(pool, { regionsFile: config.regionsFile, clock: systemClock, log })
    return { engine: await composeEngine(pool, config, log), close: () => lifecycle.stop('command done') }
  } catch (error) {
    await lifecycle.stop('failed')
    throw error
  }
}
