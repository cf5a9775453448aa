import { RISK_RULES } from './catalogue.ts'

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

/** Why a rule cannot be replayed over the stored history; null where it can. Undefined for no rule at all. */
export function whyNotReplayed(ruleId: string): { readonly zh: string; readonly en: string } | null | undefined {
  if (!RISK_RULES.some(({ id }) => id === ruleId)) return undefined
  return NOT_REPLAYED[ruleId] ?? null
}

/** The rules that can be replayed over the stored history (docs/adr/0022). */
export const REPLAYABLE_RULES: readonly string[] = RISK_RULES.map(({ id }) => id).filter((id) => whyNotReplayed(id) === null)
