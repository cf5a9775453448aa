import { parseArgs } from 'node:util'
import { loadConfig, readEnvironment } from '../core/platform/config.ts'
import { createLogger } from '../core/platform/log.ts'
import { countTickets } from '../core/store/ticket-store.ts'
import { openDeployment } from './deployment.ts'
import { startProgress } from './progress.ts'
import { faultsOf, recount } from './recount.ts'

/** `recount [--repair]`: compares tickets, subjects of notices and every counting cell with a recount from the events; exit code 1 when anything is wrong and was not repaired. */
export async function runRecount(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { repair: { type: 'boolean', default: false } } })
  const config = loadConfig(readEnvironment())
  const deployment = await openDeployment(config, createLogger('warn'), 'tocsin-recount')
  try {
    const progress = startProgress('复算 recount', await countTickets(deployment.engine.pool), 'tickets')
    const report = await recount(deployment.engine, { repair: values.repair, onProgress: (tickets) => progress.update(tickets) })
    progress.end()
    process.stdout.write(`${JSON.stringify(report)}\n`)
    return faultsOf(report) === 0 || values.repair ? 0 : 1
  } finally {
    await deployment.close()
  }
}
