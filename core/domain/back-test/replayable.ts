import { ABNORMAL_RULES } from '../abnormal/catalogue.ts'
import { RISK_RULES } from '../risk/catalogue.ts'

/** The rules that are not replayed, and why. */
const NOT_REPLAYED: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  'MR-17': {
    zh: '该规则看的是各省事件何时收到、当时预计多少，二者都没有按当时的样子保存，因此不能回测',
    en: 'The rule goes by when the events of a province were received and how many were expected then; neither is kept as it stood, so it cannot be tested back',
  },
  'MR-18': {
    zh: '该规则由其他规则在各省的案件触发，回测只重放一条规则，因此不能回测',
    en: 'The rule goes by the cases that all other rules open in the provinces; a back-test replays one rule alone, so it cannot be tested back',
  },
}

const EVERY_RULE: readonly string[] = [...ABNORMAL_RULES, ...RISK_RULES].map(({ id }) => id)

/** Why a rule cannot be replayed over the stored history; null where it can. Undefined for no rule at all. */
export function whyNotReplayed(ruleId: string): { readonly zh: string; readonly en: string } | null | undefined {
  if (!EVERY_RULE.includes(ruleId)) return undefined
  return NOT_REPLAYED[ruleId] ?? null
}

/** Every rule, and why it cannot be replayed where it cannot. */
export const replayability = (): { readonly id: string; readonly whyNot: { readonly zh: string; readonly en: string } | null }[] => EVERY_RULE.map((id) => ({ id, whyNot: NOT_REPLAYED[id] ?? null }))

/** The rules that can be replayed over the stored history (docs/adr/0022). */
export const REPLAYABLE_RULES: readonly string[] = EVERY_RULE.filter((id) => whyNotReplayed(id) === null)
