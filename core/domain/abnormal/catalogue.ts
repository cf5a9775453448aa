import type { AbnormalParameters, AbnormalRule, ParameterValues } from './abnormal-rule.ts'
import { NEAR_TIMEOUT } from './at-01-near-timeout.ts'
import { OVERDUE } from './at-02-overdue.ts'
import { LONG_PENDING } from './at-03-long-pending.ts'
import { REPEATED_EXPEDITES } from './at-04-repeated-expedites.ts'
import { REPEAT_COMPLAINT } from './at-05-repeat-complaint.ts'
import { PING_PONG_TRANSFER } from './at-06-ping-pong-transfer.ts'
import { RETURNED_OR_REDISPATCHED } from './at-07-returned-or-redispatched.ts'
import { UNDISPATCHED } from './at-08-undispatched.ts'
import { UNCLAIMED } from './at-09-unclaimed.ts'
import { NO_FIRST_RESPONSE } from './at-10-no-first-response.ts'
import { ESCALATION_TENDENCY } from './at-11-escalation-tendency.ts'
import { STRICTEST_SCENE } from './at-12-strictest-scene.ts'
import { APPEAL_DEADLINE } from './at-13-appeal-deadline.ts'
import { IMPORTANT_CUSTOMER } from './at-14-important-customer.ts'
import { DISSATISFIED_SURVEY } from './at-15-dissatisfied-survey.ts'
import { CLOSED_WITHOUT_REPLY } from './at-16-closed-without-reply.ts'
import { TOO_FAST_REPLY } from './at-17-too-fast-reply.ts'
import { ABUSE_OF_SUSPENSION } from './at-18-abuse-of-suspension.ts'
import { REOPENED } from './at-19-reopened.ts'
import { ORPHAN_TICKET } from './at-20-orphan-ticket.ts'
import { ABNORMAL_REFUND } from './at-21-abnormal-refund.ts'
import { SENSITIVE_CONTACT } from './at-22-sensitive-contact.ts'
import { DATA_QUALITY } from './at-23-data-quality.ts'
import { MISSED_APPOINTMENT } from './at-24-missed-appointment.ts'
import { FRAUD } from './at-25-fraud.ts'
import { FAULT_PAST_PROMISE } from './at-26-fault-past-promise.ts'
import { SUPERVISION_UNANSWERED } from './at-27-supervision-unanswered.ts'
import { SUSPECTED_DUPLICATE } from './at-28-suspected-duplicate.ts'
import { SKIP_LEVEL_ARRIVAL } from './at-29-skip-level-arrival.ts'
import { GROUP_UNANSWERED } from './at-30-group-unanswered.ts'
import { GROUP, isRuleOn, type RuleScope, valuesFor } from './scopes.ts'

/** Every abnormal-ticket rule, in the order of domain.md 4.3. */
export const ABNORMAL_RULES: readonly AbnormalRule[] = [
  NEAR_TIMEOUT,
  OVERDUE,
  LONG_PENDING,
  REPEATED_EXPEDITES,
  REPEAT_COMPLAINT,
  PING_PONG_TRANSFER,
  RETURNED_OR_REDISPATCHED,
  UNDISPATCHED,
  UNCLAIMED,
  NO_FIRST_RESPONSE,
  ESCALATION_TENDENCY,
  STRICTEST_SCENE,
  APPEAL_DEADLINE,
  IMPORTANT_CUSTOMER,
  DISSATISFIED_SURVEY,
  CLOSED_WITHOUT_REPLY,
  TOO_FAST_REPLY,
  ABUSE_OF_SUSPENSION,
  REOPENED,
  ORPHAN_TICKET,
  ABNORMAL_REFUND,
  SENSITIVE_CONTACT,
  DATA_QUALITY,
  MISSED_APPOINTMENT,
  FRAUD,
  FAULT_PAST_PROMISE,
  SUPERVISION_UNANSWERED,
  SUSPECTED_DUPLICATE,
  SKIP_LEVEL_ARRIVAL,
  GROUP_UNANSWERED,
]

/** The catalogue as it stands: every rule on, every parameter at its default. */
export const DEFAULT_ABNORMAL_PARAMETERS: AbnormalParameters = { values: {}, disabledRules: [] }

export { valuesFor }

/** A rule that is on, with the parameters that it goes by. */
export interface ActiveRule {
  readonly rule: AbnormalRule
  readonly values: ParameterValues
}

const active = new WeakMap<AbnormalParameters, Map<RuleScope, readonly ActiveRule[]>>()

/** The rules that are on in a scope under settings; settings never change once loaded, and every judgement asks. A province that says nothing shares the group's. */
export function activeRules(settings: AbnormalParameters, province: RuleScope = GROUP): readonly ActiveRule[] {
  const scope = province !== GROUP && settings.scopes?.[province] !== undefined ? province : GROUP
  const held = active.get(settings)?.get(scope)
  if (held !== undefined) return held
  const rules = ABNORMAL_RULES.filter((rule) => isRuleOn(rule, settings, scope)).map((rule) => ({ rule, values: valuesFor(rule, settings, scope) }))
  active.set(settings, (active.get(settings) ?? new Map<RuleScope, readonly ActiveRule[]>()).set(scope, rules))
  return rules
}

const known = new Map(ABNORMAL_RULES.map((rule) => [rule.id, rule]))

/** What is wrong with values by rule and parameter; `where` goes before each name. */
function valueFaults(values: Readonly<Record<string, ParameterValues>>, where = ''): string[] {
  const faults: string[] = []
  for (const [id, given] of Object.entries(values)) {
    for (const [name, value] of Object.entries(given)) {
      const parameter = known.get(id)?.parameters.find((one) => one.name === name)
      if (parameter === undefined) {
        if (known.has(id)) faults.push(`${where}${id}.${name}: 没有这个参数 / no such parameter`)
      } else if (!Number.isInteger(value) || value < parameter.least || value > parameter.most) {
        faults.push(`${where}${id}.${name}: 应为 ${parameter.least} 至 ${parameter.most} 的整数 / a whole number from ${parameter.least} to ${parameter.most}`)
      }
    }
  }
  return faults
}

const unknownRules = (ids: readonly string[], where = ''): string[] => ids.filter((id) => !known.has(id)).map((id) => `${where}${id}: 没有这条规则 / no such rule`)

/** What is wrong with settings, in words that name the province, the rule, the parameter and the mend; empty when nothing is. */
export function abnormalFaults({ values, disabledRules, scopes = {} }: AbnormalParameters): string[] {
  const ofProvinces = Object.entries(scopes).flatMap(([scope, own]) => [
    ...unknownRules([...Object.keys(own.values), ...own.enabledRules], `${scope}.`),
    ...valueFaults(own.values, `${scope}.`),
  ])
  return [...unknownRules([...Object.keys(values), ...disabledRules]), ...valueFaults(values), ...ofProvinces]
}

/** Settings as they were stored before every rule had its own parameters. */
interface FirstAbnormalParameters {
  readonly nearTimeoutMinutes?: ParameterValues
  readonly overdueHours?: ParameterValues
}

/** Settings as stored, in whatever version of this software, in the form of this one. */
export function completedAbnormal(body: Partial<AbnormalParameters> & FirstAbnormalParameters): AbnormalParameters {
  const { nearTimeoutMinutes, overdueHours, values = {}, disabledRules = [], scopes } = body
  const first = { ...(nearTimeoutMinutes === undefined ? {} : { 'AT-01': nearTimeoutMinutes }), ...(overdueHours === undefined ? {} : { 'AT-02': overdueHours }) }
  return { values: { ...first, ...values }, disabledRules, ...(scopes === undefined ? {} : { scopes }) }
}
