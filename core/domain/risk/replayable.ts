import { COUNT_RULES, RISK_RULES } from './catalogue.ts'

const NOT_KEPT = { zh: '该规则所读的事实未按当时的样子保存，暂不能回测', en: 'What the rule reads is not kept as it stood: it cannot be tested back yet' }

/** Why a rule cannot be replayed over the stored history; null where it can. Undefined for no rule at all. */
export function whyNotReplayed(ruleId: string): { readonly zh: string; readonly en: string } | null | undefined {
  if (!RISK_RULES.some(({ id }) => id === ruleId)) return undefined
  return COUNT_RULES.some(({ id }) => id === ruleId) ? null : NOT_KEPT
}

/** The rules that can be replayed over the stored history (docs/adr/0022). */
export const REPLAYABLE_RULES: readonly string[] = RISK_RULES.map(({ id }) => id).filter((id) => whyNotReplayed(id) === null)
