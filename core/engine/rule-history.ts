import type { RuleHistoryEntry } from '../contract/rules.ts'
import type { AbnormalParameters, AbnormalRule } from '../domain/abnormal/abnormal-rule.ts'
import { completedAbnormal } from '../domain/abnormal/catalogue.ts'
import { GROUP, isRuleOn, ownOf, type RuleScope, valuesFor } from '../domain/abnormal/scopes.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { loadConfigRecords } from '../store/config-store.ts'

/** Versions of the rules that are looked through; older ones stand in the table of configuration. */
const MOST_VERSIONS = 500

/** One version of the rules, as it was written. */
export interface RuleVersion {
  readonly version: number
  readonly effectiveFrom: Instant
  readonly author: string
  readonly reason: string
  readonly settings: AbnormalParameters
}

/** The versions of the rules, oldest first. */
export async function loadRuleVersions(sql: Sql): Promise<readonly RuleVersion[]> {
  const records = await loadConfigRecords(sql, 'abnormal', MOST_VERSIONS)
  return records.map(({ body, ...record }) => ({ ...record, settings: completedAbnormal(body as AbnormalParameters) }))
}

type Values = Readonly<Record<string, number | boolean>>

const standing = (rule: AbnormalRule, settings: AbnormalParameters, scope: RuleScope): Values => ({ isOn: isRuleOn(rule, settings, scope), ...valuesFor(rule, settings, scope) })

function ownWord(rule: AbnormalRule, settings: AbnormalParameters, scope: RuleScope): string {
  const { values, enabledRules } = ownOf(settings, scope)
  return JSON.stringify([values[rule.id] ?? {}, enabledRules.includes(rule.id)])
}

/**
 * At which versions a rule became another in a scope, newest first: by the group's word or the province's own. A province's word that the group's
 * overrules is an entry without changes. `rootCode` names the group.
 */
export function ruleHistory(versions: readonly RuleVersion[], rule: AbnormalRule, scope: RuleScope, rootCode: string): readonly RuleHistoryEntry[] {
  const entries: RuleHistoryEntry[] = []
  versions.forEach(({ version, effectiveFrom: at, author, reason, settings }, index) => {
    const before = versions[index - 1]?.settings
    if (before === undefined) return
    const [was, is] = [standing(rule, before, scope), standing(rule, settings, scope)]
    const changes = Object.keys(is).flatMap((name) => (was[name] === is[name] ? [] : [{ name, from: was[name] ?? false, to: is[name] ?? false }]))
    const isOwn = scope !== GROUP && ownWord(rule, before, scope) !== ownWord(rule, settings, scope)
    if (changes.length > 0 || isOwn) entries.push({ version, at, author, reason, scope: isOwn ? (scope ?? rootCode) : rootCode, changes })
  })
  return entries.reverse()
}
