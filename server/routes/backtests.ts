import { BacktestAnswer, BacktestBody } from '../../core/contract/backtest.ts'
import { NoSuchParameter } from '../../core/domain/risk/backtest.ts'
import { DAY } from '../../core/domain/time.ts'
import { backtest, canBacktest } from '../../core/engine/backtest.ts'
import { audit, userOf, type Api, type ApiDeps } from '../api.ts'
import { instantOf } from '../days.ts'
import { Refusal } from '../errors.ts'
import { answers } from '../openapi.ts'

/** A request waits for its answer: longer spans are for the command line, which shows how far it is. */
const MOST_DAYS = 7

/** What a risk rule with other parameters would have raised. */
export function backtestRoutes(api: Api, { engine, clock }: ApiDeps): void {
  let isBusy = false
  api.post('/backtests', {
    config: { access: { user: 'manage_rules' } },
    schema: {
      tags: ['configuration'], summary: '规则回测 / Test a rule back',
      description: '以这些参数在已存历史上重放：会产生哪些案件、与实际产生的对照、每日件数、准确率、提前或推后的分钟数、每班通知数。只读，至多 7 天，一次一个；更长的用命令行 backtest。 / Replayed over the stored history with these parameters: which cases, beside those that were raised, by day, precision, minutes earlier or later, pages a shift. Reads only; at most 7 days, one at a time; longer spans with the command backtest.',
      body: BacktestBody, response: answers({ 200: BacktestAnswer }, 400, 401, 403, 409),
    },
  }, async (request) => {
    const user = userOf(request)
    const { rule: ruleId, set } = request.body
    if (!canBacktest(ruleId)) throw new Refusal(400, 'unknown_rule', '这条规则不能回测', 'This rule cannot be tested back', { field: 'rule', expected: 'MR-01 … MR-21，MR-18 除外 / but MR-18', mend: '更正 rule / mend rule' })
    const [from, to] = [instantOf('from', request.body.from), Math.min(instantOf('to', request.body.to), clock.now())]
    if (from >= to || to - from > MOST_DAYS * DAY) throw new Refusal(400, 'bad_period', '起止时刻不合规', 'The period does not fit', { field: 'from', expected: `from < to，至多 ${MOST_DAYS} 天 / at most ${MOST_DAYS} days` })
    if (isBusy) throw new Refusal(409, 'backtest_running', '已有一个回测在运行', 'Another back-test is running', { mend: '稍后再试 / try again later' })
    isBusy = true
    try {
      const answer = await backtest(engine, user.scope, { ruleId, set: set as Record<string, unknown>, from, to })
      await audit(engine.pool, request, clock, { action: 'rule_tested_back', subject: ruleId, detail: { set, from, to } })
      return answer
    } catch (error) {
      if (error instanceof NoSuchParameter) throw new Refusal(400, 'bad_parameter', '参数不合规', 'The parameter does not fit', { field: `set.${error.path}`, expected: `${error.zh} / ${error.en}`, mend: `更正 set.${error.path} / mend set.${error.path}` })
      throw error
    } finally {
      isBusy = false
    }
  })
}
