import { BackTestAnswer, BackTestRequest } from '../../core/contract/back-test.ts'
import { withValues } from '../../core/domain/risk/parameter-paths.ts'
import { DAY } from '../../core/domain/time.ts'
import { REPLAYABLE_RULES } from '../../core/engine/back-test.ts'
import { backTest } from '../../core/engine/back-test-report.ts'
import { regionInScope, userOf, type Api, type ApiDeps } from '../api.ts'
import { instantOf } from '../days.ts'
import { Refusal } from '../errors.ts'
import { answers } from '../openapi.ts'
import { badRule } from './rules.ts'

/** A longer one belongs on the command line: a request is waited for. */
const LONGEST = 31 * DAY

/** Rules replayed over the stored history (docs/adr/0022). */
export function backTestRoutes(api: Api, { engine, clock }: ApiDeps): void {
  let isRunning = false
  api.post('/back-tests', {
    config: { access: { user: 'manage_rules' } },
    schema: {
      tags: ['configuration'], summary: '规则回测 / Back-test of a rule',
      description: '规则用这些参数在已存历史上会触发什么，与已触发的对照：件数、逐日、经核对预警的准确率、早晚分钟、每班通知数。同一引擎、重放时钟、不写入；至多 31 天，更长请用命令行 backtest。 / What a rule with these parameters would have raised over the stored history beside what it did: count, per day, precision against checked alerts, minutes earlier, pages per shift. The same engine, a replayed clock, nothing written; at most 31 days, longer ones by the command backtest.',
      body: BackTestRequest, response: answers({ 200: BackTestAnswer }, 400, 401, 403, 404, 409),
    },
  }, async (request) => {
    const { rule, scope, from: first, to: last, values = {} } = request.body
    const user = userOf(request)
    const node = scope === undefined ? user.region : regionInScope(engine, user, scope)
    const [from, to] = [instantOf('from', first), instantOf('to', last)]
    if (!REPLAYABLE_RULES.includes(rule)) throw new Refusal(400, 'unknown_rule', '该规则不能回测', 'The rule cannot be replayed', { field: 'rule', expected: REPLAYABLE_RULES.join(', '), mend: '更正 rule / mend rule' })
    if (!(from < to && to - from <= LONGEST && to <= clock.now())) {
      throw new Refusal(400, 'bad_span', '时段不合规', 'The span does not fit', { field: 'to', expected: '晚于 from、不晚于现在、至多 31 天 / after from, not after now, at most 31 days', mend: '缩短时段，或用命令行 backtest / shorten it, or use the command backtest' })
    }
    const changed = withValues((await engine.settings(to)).risk.body, values)
    if ('faults' in changed) throw badRule(`values.${changed.faults[0] ?? ''}`)
    if (isRunning) throw new Refusal(409, 'back_test_running', '已有回测在进行', 'Another back-test is running', { mend: '稍后再试 / try again in a while' })
    isRunning = true
    try {
      const { matched, byDay, ...rest } = await backTest(engine, { ruleId: rule, parameters: changed.parameters, path: node.path, from, to })
      const side = (one: typeof rest.would) => ({ ...one, byColour: [...one.byColour] })
      return { ...rest, would: side(rest.would), did: side(rest.did), matched: [...matched], byDay: [...byDay] }
    } finally {
      isRunning = false
    }
  })
}
