import { parseArgs } from 'node:util'
import { parseRfc3339 } from '../core/domain/rfc3339.ts'
import { planBackTest } from '../core/domain/back-test/plan.ts'
import { REPLAYABLE_RULES } from '../core/domain/back-test/replayable.ts'
import { atLocal, DAY, type Instant, type Zone } from '../core/domain/time.ts'
import { type BackTestReport, backTest } from '../core/engine/back-test-report.ts'
import { loadConfig, readEnvironment } from '../core/platform/config.ts'
import { createLogger } from '../core/platform/log.ts'
import { StartupError } from '../core/platform/startup-error.ts'
import { openDeployment } from './deployment.ts'
import { startProgress } from './progress.ts'

const fault = (field: string, zh: string, en: string) => new StartupError('bad_option', { zh: `--${field} 不合规`, en: `--${field} does not fit` }, { zh, en })

/** A day means its beginning in the deployment's zone; `to` its end. */
function instantOf(field: 'from' | 'to', given: string | undefined, zone: Zone): Instant {
  if (given !== undefined && /^\d{4}-\d\d-\d\d$/u.test(given)) return atLocal(given, field === 'to' ? DAY : 0, zone)
  const at = given === undefined ? null : parseRfc3339(given)
  if (at === null) throw fault(field, '应为日期或 RFC 3339 时刻，例如 2026-06-01', 'a date or an RFC 3339 instant, for example 2026-06-01')
  return at
}

function valuesOf(sets: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    sets.map((set) => {
      const [path = '', text = ''] = set.split(/=(.*)/su)
      try {
        return [path, JSON.parse(text) as unknown]
      } catch {
        throw fault('set', `${set} 应为 参数=JSON 值，例如 batch.city=[8,25,80,250]`, 'PARAMETER=JSON, for example batch.city=[8,25,80,250]')
      }
    }),
  )
}

function inWords({ ruleId, ticks, would, did, medianMinutesEarlier, onlyWould, onlyDid, byDay }: BackTestReport): string {
  const side = (name: string, { cases, byColour, precision, right, wrong, pages, pagesPerShift }: BackTestReport['would']) =>
    `${name} ${cases} (${byColour.join('/')} 蓝黄橙红 blue/yellow/orange/red) · 准确率 precision ${precision ?? '–'} (${right}+${wrong}) · 通知 pages ${pages}, 每班 per shift ${pagesPerShift.mean}, 最多 most ${pagesPerShift.most}`
  const median = medianMinutesEarlier === null ? '–' : `${medianMinutesEarlier} min`
  return [
    `${ruleId} · ${ticks} 步 steps`,
    side('将触发 would', would),
    side('已触发 did   ', did),
    `仅将触发 only would ${onlyWould} · 仅已触发 only did ${onlyDid} · 提前中位数 median earlier ${median}`,
    ...byDay.map(({ day, would: a, did: b }) => `${day}  ${a}  ${b}`),
    '',
  ].join('\n')
}

/** `backtest --rule MR-01 [--set PATH=JSON] --from DAY --to DAY [--scope CODE] [--json]`: what a rule would have raised over the stored history, beside what it did; nothing is written. */
export async function runBackTest(args: readonly string[]): Promise<number> {
  const { values: given } = parseArgs({
    args: [...args],
    options: { rule: { type: 'string' }, set: { type: 'string', multiple: true, default: [] }, from: { type: 'string' }, to: { type: 'string' }, scope: { type: 'string' }, json: { type: 'boolean', default: false } },
  })
  const ruleId = REPLAYABLE_RULES.find((id) => id === given.rule)
  if (ruleId === undefined) throw fault('rule', `应为 ${REPLAYABLE_RULES.join('、')}`, `one of ${REPLAYABLE_RULES.join(', ')}`)
  const values = valuesOf(given.set)
  const deployment = await openDeployment(loadConfig(readEnvironment()), createLogger('warn'), 'tocsin-backtest')
  try {
    const { engine } = deployment
    const [from, to] = [instantOf('from', given.from, engine.zone), instantOf('to', given.to, engine.zone)]
    if (to <= from) throw fault('to', '应晚于 --from', 'has to lie after --from')
    const node = given.scope === undefined ? engine.tree.root : engine.tree.get(given.scope)
    if (node === undefined) throw fault('scope', '没有这个区域代码', 'there is no such region')
    const plan = planBackTest(engine.tree, await engine.settings(to), { ruleId, node, values, from, to })
    if ('faults' in plan) {
      const [zh = '', en = ''] = (plan.faults[0] ?? '').split(' / ')
      throw fault('set', zh, en)
    }
    const progress = startProgress('回测 back-test', plan.steps, 'steps')
    const report = await backTest(engine, { ruleId, parameters: plan.parameters, path: node.path, from, to }, (done) => progress.update(done))
    progress.end()
    process.stdout.write(given.json ? `${JSON.stringify(report)}\n` : inWords(report))
    return 0
  } finally {
    await deployment.close()
  }
}
