import { Type } from 'typebox'
import { BackTestList, BackTestRequest, BackTestRun } from '../../core/contract/back-test.ts'
import { planBackTest } from '../../core/domain/back-test/plan.ts'
import { REPLAYABLE_RULES, replayability, whyNotReplayed } from '../../core/domain/back-test/replayable.ts'
import { atLocal, DAY, type Instant } from '../../core/domain/time.ts'
import { askBackTest, viewBackTest, viewBackTests } from '../../core/engine/back-test-runs.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { cancelBackTest } from '../../core/store/back-test-run-store.ts'
import { actorOf } from '../access.ts'
import { audit, regionInScope, userOf, type Api, type ApiDeps } from '../api.ts'
import { instantOf, realDay } from '../days.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers, NumberId } from '../openapi.ts'
import { badRule } from './rules.ts'

const tags = ['configuration']
const access = { user: 'manage_rules' } as const
const BackTestId = Type.Object({ id: NumberId })

/** A longer one says nothing of how the rule is now. */
const LONGEST = 366 * DAY

function checkRule(rule: string): void {
  const why = whyNotReplayed(rule)
  if (why === null) return
  const expected = REPLAYABLE_RULES.join(', ')
  if (why === undefined) throw new Refusal(400, 'unknown_rule', '没有这条规则', 'There is no such rule', { field: 'rule', expected, mend: '更正 rule / mend rule' })
  throw new Refusal(400, 'not_replayable', why.zh, why.en, { field: 'rule', expected, mend: '另选一条规则 / choose another rule' })
}

/** A day means its beginning in the deployment's zone, as `to` its end, or now where that is still to come. */
function spanEnd(field: 'from' | 'to', text: string, { engine: { zone }, clock }: ApiDeps): Instant {
  if (!/^\d{4}-\d\d-\d\d$/u.test(text)) return instantOf(field, text)
  const at = atLocal(realDay(field, text), field === 'to' ? DAY : 0, zone)
  return field === 'to' && at - DAY <= clock.now() ? Math.min(at, clock.now()) : at
}

function readRoutes(api: Api, { engine }: ApiDeps): void {
  api.get('/back-tests', {
    config: { access },
    schema: {
      tags, summary: '回测列表 / Back-tests',
      description: '哪些规则能回测、不能的为何（whyNot）；调用者区域内的回测，由新到旧，至多 20 个，结束后保留 30 天。 / Which rules can be tested back, and why others cannot (whyNot); the back-tests of the caller’s region, newest first, at most 20, kept for 30 days.',
      querystring: Type.Object({ rule: Type.Optional(Type.String({ maxLength: 12 })) }, { additionalProperties: false }),
      response: answers({ 200: BackTestList }, 400, 401, 403),
    },
  }, async (request) => {
    const { scope } = userOf(request)
    return { rules: replayability(), items: await viewBackTests(engine.pool, scope, engine.tree, request.query.rule ?? null) }
  })

  api.get('/back-tests/:id', {
    config: { access },
    schema: {
      tags, summary: '一个回测 / One back-test', description: '状态、进度（节拍数，异常规则为受理的小时数）与完成后的结果 report。 / Its state, how far it is (in ticks, of abnormal rules in hours of acceptance), and its report once it is done.',
      params: BackTestId, response: answers({ 200: BackTestRun }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const run = await viewBackTest(engine.pool, userOf(request).scope, engine.tree, request.params.id)
    if (run === undefined) throw refusals.notFound()
    return run
  })
}

/** Rules replayed over the stored history (docs/adr/0022): asked for here, run by a worker. */
export function backTestRoutes(api: Api, deps: ApiDeps): void {
  const { engine, clock } = deps
  readRoutes(api, deps)

  api.post('/back-tests', {
    config: { access },
    schema: {
      tags, summary: '规则回测 / Back-test of a rule',
      description: '规则用这些参数在已存历史上会触发什么，与已触发的对照：件数、逐日、经核对预警的准确率、早晚分钟、每班通知数。同一引擎、重放时钟、不写入业务数据；至多 366 天，在后台运行，每人同时一个。 / What a rule with these parameters would have raised over the stored history beside what it did: count, per day, precision against checked alerts, minutes earlier, pages per shift. The same engine, a replayed clock, nothing of the history written; at most 366 days, in the background, one at a time for each person.',
      body: BackTestRequest, response: answers({ 202: BackTestRun }, 400, 401, 403, 404, 409),
    },
  }, async (request, reply) => {
    const { rule, scope, from: first, to: last, values = {} } = request.body
    const user = userOf(request)
    const node = scope === undefined ? user.region : regionInScope(engine, user, scope)
    checkRule(rule)
    const [from, to, now] = [spanEnd('from', first, deps), spanEnd('to', last, deps), clock.now()]
    if (!(from < to && to - from <= LONGEST && to <= now)) {
      throw new Refusal(400, 'bad_span', '时段不合规', 'The span does not fit', { field: 'to', expected: '晚于 from、不晚于现在、至多 366 天 / after from, not after now, at most 366 days', mend: '缩短时段，或用命令行 backtest / shorten it, or use the command backtest' })
    }
    const plan = planBackTest(engine.tree, await engine.settings(to), { ruleId: rule, node, values, from, to })
    if ('faults' in plan) throw badRule(`values.${plan.faults[0] ?? ''}`)
    const run = await inTransaction(engine.pool, async (tx) => {
      const id = await askBackTest(tx, { ruleId: rule, given: values, regionPath: node.path, from, to, askedBy: actorOf(user), askedAt: now }, plan)
      if (id === null) throw new Refusal(409, 'back_test_running', '您已有一个回测在等候或运行', 'You have a back-test that waits or runs', { mend: '等它结束，或先取消 / let it end, or cancel it first' })
      await audit(tx, request, clock, { action: 'back_test_asked', subject: rule, detail: { backTest: id, scope: node.code, from, to, values } })
      return viewBackTest(tx, user.scope, engine.tree, id)
    })
    engine.ring('back-tests')
    return reply.status(202).send(run as BackTestRun)
  })

  api.post('/back-tests/:id/cancel', {
    config: { access },
    schema: {
      tags, summary: '取消回测 / Cancel a back-test', description: '仍在等候或运行的回测不再继续。 / One that waits or runs goes no further.',
      params: BackTestId, response: answers({ 200: BackTestRun }, 400, 401, 403, 404, 409),
    },
  }, async (request) => {
    const { scope } = userOf(request)
    const { id } = request.params
    if ((await viewBackTest(engine.pool, scope, engine.tree, id)) === undefined) throw refusals.notFound()
    if (!(await cancelBackTest(engine.pool, scope, id, clock.now()))) throw new Refusal(409, 'back_test_ended', '回测已经结束', 'The back-test has ended', { field: 'id', mend: '无需取消 / nothing to cancel' })
    await audit(engine.pool, request, clock, { action: 'back_test_cancelled', subject: id })
    return (await viewBackTest(engine.pool, scope, engine.tree, id)) as BackTestRun
  })
}
