import { parseArgs } from 'node:util'
import { Temporal } from 'temporal-polyfill'
import { verifyAudit } from '../core/engine/audit-seals.ts'
import { loadConfig, readEnvironment } from '../core/platform/config.ts'
import { createLogger } from '../core/platform/log.ts'
import { openDeployment } from './deployment.ts'

const instantOf = (day: string, zone: string) => Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds

/** `audit verify [--from DAY] [--to DAY]`: whether history, audit log and pages are what was sealed; one line of JSON, 1 when something is not, 2 for a wrong call. */
export async function runAuditCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { from: { type: 'string' }, to: { type: 'string' } } })
  if (positionals.join(' ') !== 'verify') {
    process.stderr.write('用法 usage: tocsin audit verify [--from YYYY-MM-DD] [--to YYYY-MM-DD]\n')
    return 2
  }
  const config = loadConfig(readEnvironment())
  const deployment = await openDeployment(config, createLogger('warn'), 'tocsin-audit')
  try {
    const { engine } = deployment
    const from = values.from === undefined ? 0 : instantOf(values.from, engine.zone)
    const to = values.to === undefined ? instantOf('9999-01-01', 'UTC') : instantOf(Temporal.PlainDate.from(values.to).add({ days: 1 }).toString(), engine.zone)
    const report = await verifyAudit(engine, { from, to })
    process.stdout.write(`${JSON.stringify({ ok: report.broken.length === 0, ...report })}\n`)
    return report.broken.length === 0 ? 0 : 1
  } finally {
    await deployment.close()
  }
}
