import { parseArgs } from 'node:util'
import { ENGINE_SCOPE } from '../core/domain/access.ts'
import { NoSuchParameter } from '../core/domain/risk/backtest.ts'
import { parseRfc3339 } from '../core/domain/rfc3339.ts'
import { SECOND } from '../core/domain/time.ts'
import { backtest, canBacktest } from '../core/engine/backtest.ts'
import { loadConfig, readEnvironment } from '../core/platform/config.ts'
import { createLogger } from '../core/platform/log.ts'
import { StartupError } from '../core/platform/startup-error.ts'
import { openDeployment } from './deployment.ts'
import { startProgress } from './progress.ts'

/** Wrong on the command line, with the mend. */
const wrong = (zh: string, en: string, mendZh: string, mendEn: string) => new StartupError('bad_option', { zh, en }, { zh: mendZh, en: mendEn })

function instantOf(name: string, text: string | undefined): number {
  const at = text === undefined ? null : parseRfc3339(/^\d{4}-\d{2}-\d{2}$/u.test(text) ? `${text}T00:00:00+08:00` : text)
  if (at === null) throw wrong(`--${name} 不是日期或时刻`, `--${name} is no date or instant`, '写作 2026-06-01 或 2026-06-01T09:00:00+08:00', 'write 2026-06-01 or 2026-06-01T09:00:00+08:00')
  return at
}

/** `batch.city=[8,25,80,250]`: a path and a value in JSON. */
function setOf(texts: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    texts.map((text) => {
      const [path = '', ...rest] = text.split('=')
      try {
        return [path, JSON.parse(rest.join('='))]
      } catch {
        throw wrong(`--set ${text} 的值不是 JSON`, `the value of --set ${text} is no JSON`, '写作 --set batch.city=[8,25,80,250]', 'write --set batch.city=[8,25,80,250]')
      }
    }),
  )
}

/** `backtest --rule MR-01 --set … --from … --to …`: prints one line of JSON; progress on stderr. */
export async function runBacktest(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { rule: { type: 'string' }, set: { type: 'string', multiple: true }, from: { type: 'string' }, to: { type: 'string' } },
  })
  const { rule: ruleId = '' } = values
  if (!canBacktest(ruleId)) throw wrong(`--rule ${ruleId} 不能回测`, `--rule ${ruleId} cannot be tested back`, '可用 MR-01 至 MR-21，MR-18 除外', 'there are MR-01 to MR-21, but not MR-18')
  const question = { ruleId, set: setOf(values.set ?? []), from: instantOf('from', values.from), to: instantOf('to', values.to) }
  if (question.from >= question.to) throw wrong('--from 不早于 --to', '--from does not come before --to', '更正起止时刻', 'mend the period')
  const deployment = await openDeployment(loadConfig(readEnvironment()), createLogger('warn'), 'tocsin-backtest')
  try {
    const { engine } = deployment
    const { tickSeconds } = (await engine.settings(question.to)).risk.body
    const progress = startProgress(`回测 backtest ${ruleId}`, Math.floor((question.to - question.from) / (tickSeconds * SECOND)), 'ticks')
    const answer = await backtest(engine, ENGINE_SCOPE, question, (ticks) => progress.update(ticks))
    progress.end()
    process.stdout.write(`${JSON.stringify(answer)}\n`)
    return 0
  } catch (error) {
    if (error instanceof NoSuchParameter) throw wrong(`--set ${error.path} 不合规`, `--set ${error.path} does not fit`, error.zh, error.en)
    throw error
  } finally {
    await deployment.close()
  }
}
