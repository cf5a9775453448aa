import type { DecidedBy } from '../contract/decided-by.ts'
import type { Explanation, ExplainReading } from '../contract/explain.ts'
import type { AbnormalRule } from '../domain/abnormal/abnormal-rule.ts'
import { GROUP, type RuleScope } from '../domain/abnormal/scopes.ts'
import type { CountRule } from '../domain/risk/catalogue.ts'
import type { FactRule } from '../domain/risk/fact-rule.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Engine } from './context.ts'
import { explainRisk, type NotRead, type RiskExplained, type RiskQuestion } from './explain-risk.ts'
import { explainTicket, type TicketExplained } from './explain-ticket.ts'

type Named = Pick<AbnormalRule, 'id' | 'nameZh' | 'nameEn' | 'meaningZh' | 'meaningEn'>
const ruleOf = ({ id, nameZh, nameEn, meaningZh, meaningEn }: Named) => ({ id, nameZh, nameEn, meaningZh, meaningEn })

function decider({ tree }: Engine, scope: RuleScope): DecidedBy {
  const node = scope === GROUP ? tree.root : (tree.get(scope) ?? tree.root)
  return { isProvince: scope !== GROUP, code: node.code, nameZh: node.nameZh, nameEn: node.nameEn }
}

const NOT_READ: Readonly<Record<NotRead, { zh: string; en: string }>> = {
  switched_off: { zh: '当时有效的参数中该规则停用', en: 'The parameters in force then have the rule switched off' },
  not_at_this_level: { zh: '该规则不在此层级评估', en: 'The rule is not evaluated at this level of the tree' },
  stale_feed: { zh: '该省数据静默：不触发也不解除', en: 'The province’s feed is silent: nothing opens and nothing clears' },
}
const NOTE = {
  zh: '按现在所知的数据重算：迟到事件已计入；数据静默、案件与人工核实数以现状为准',
  en: 'Computed from what is known now: late events are counted in; silence of feeds, cases and what people confirmed are as they stand now',
}

type Shown = RiskExplained['readings'][number]
function riskReading({ reading, needs, next, missing, zh, en, clearZh, clearEn, tickets, ticketCount }: Shown): ExplainReading {
  const { matter, level, value, baseline, sigma, z, r, reason } = reading
  return {
    matter: matter.name, level, value, baseline, sigma, z, r, needs: needs === null ? null : [...needs], next, missing,
    reason: { zh, en }, clear: { zh: clearZh, en: clearEn }, nextChangeAt: null,
    facts: reason.why === 'said' ? { ...reason.facts } : {}, tickets: [...tickets], ticketCount,
  }
}

/** The answer about a rule that counts and joins cases. */
export async function explanationOfRisk(engine: Engine, rule: CountRule | FactRule, question: Omit<RiskQuestion, 'ruleId'>): Promise<Explanation> {
  const { tickAt, version, parameters, decidedBy, notRead, readings } = await explainRisk(engine, { ...question, ruleId: rule.id })
  const shown = readings.map(riskReading)
  return {
    rule: ruleOf(rule), scope: question.node.code, at: question.at, judgedAt: tickAt, fires: shown.some(({ level }) => level > 0),
    parameterVersion: version, parameters, decidedBy: decider(engine, decidedBy), notRead: notRead === null ? null : NOT_READ[notRead], asKnownNow: true, note: NOTE, readings: shown,
  }
}

const WHY = {
  true: { zh: '成立', en: 'true' },
  cleared: { zh: '已由事实解除', en: 'answered by the facts' },
  absorbed: { zh: '已并入更强的预警', en: 'taken in by a stronger alert' },
  mitigated: { zh: '条件已结束，待人关闭', en: 'its condition has ended; a person closes it' },
  never_true: { zh: '条件不成立', en: 'its condition is not true' },
} as const

function ticketReading(rule: AbnormalRule, ticketKey: string, { verdict }: TicketExplained): ExplainReading[] {
  if (verdict === null) return []
  const { level, why, facts, nextChangeAt } = verdict
  const words = typeof facts['words'] === 'string' ? facts['words'] : null
  const [zh = '', en = ''] = words?.split(' / ') ?? []
  return [{
    matter: ticketKey, level, value: null, baseline: null, sigma: null, z: null, r: null, needs: null, next: null, missing: null,
    reason: { zh: [WHY[why].zh, zh].filter(Boolean).join('：'), en: [WHY[why].en, en].filter(Boolean).join(': ') },
    clear: { zh: rule.clearsZh, en: rule.clearsEn }, nextChangeAt, facts: { ...facts }, tickets: [ticketKey], ticketCount: 1,
  }]
}

/** The answer about a rule for single tickets; undefined where the ticket is not in the scope. */
export async function explanationOfTicket(engine: Engine, scope: Scope, rule: AbnormalRule, ticketKey: string, at: Instant): Promise<Explanation | undefined> {
  const told = await explainTicket(engine, scope, rule, ticketKey, at)
  if (told === undefined) return undefined
  const notYet = { zh: '当时该工单尚无任何事件', en: 'Nothing of the ticket had happened by then' }
  const readings = ticketReading(rule, ticketKey, told)
  const later = { zh: '事件已过保存期限：按工单最终状态判定', en: 'Its events are past their keeping time: judged by the ticket as it ended' }
  return {
    rule: ruleOf(rule), scope: `ticket:${ticketKey}`, at, judgedAt: at, fires: readings.some(({ level }) => level > 0), parameterVersion: told.version,
    parameters: told.values ?? {}, decidedBy: decider(engine, told.decidedBy), notRead: told.values === null ? NOT_READ.switched_off : told.verdict === null ? notYet : null,
    asKnownNow: true, note: told.isFoldedLater ? later : NOTE, readings,
  }
}
