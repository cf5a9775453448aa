import { parseArgs } from 'node:util'
import { finishRetention, previewRetention } from '../core/engine/retention.ts'
import { systemClock } from '../core/platform/clock.ts'
import { loadConfig, readEnvironment } from '../core/platform/config.ts'
import { createLogger } from '../core/platform/log.ts'
import { openDeployment } from './deployment.ts'

/** `retention [--dry-run]`: does the day's deletion now and prints its report as one line of JSON; a dry run counts and deletes nothing. */
export async function runRetentionCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { 'dry-run': { type: 'boolean', default: false } } })
  const config = loadConfig(readEnvironment())
  const deployment = await openDeployment(config, createLogger('warn'), 'tocsin-retention')
  try {
    const { engine } = deployment
    const report = values['dry-run'] ? await previewRetention(engine, systemClock.now()) : await finishRetention(engine, systemClock)
    process.stdout.write(`${JSON.stringify({ dryRun: values['dry-run'], ...report })}\n`)
    return 0
  } finally {
    await deployment.close()
  }
}
