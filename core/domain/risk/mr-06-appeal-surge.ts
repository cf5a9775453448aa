import type { FactRule } from './fact-rule.ts'
import { judgeSurge } from './surge.ts'

/** Appeals of the trailing day per province against whole days of the last 8 weeks (domain.md 5.2, 5.3.1). Tickets, not customers. */
export const APPEAL_SURGE: FactRule = {
  id: 'MR-06',
  nameZh: '申诉突增',
  nameEn: 'Regulator-appeal surge',
  meaningZh: '一省最近 24 小时收到的申诉显著高于过去 8 周同类日的中位数。',
  meaningEn: 'The appeals that a province received in the last 24 hours are far above the median of the same kind of day of the last 8 weeks.',
  isPrompt: false,
  read: ({ appeals }, { tickAt, parameters }) =>
    appeals.map(({ regionCode, tickets, past }) => {
      const verdict = judgeSurge(tickets.length, past, { ...parameters.surge, ...parameters.appealSurge })
      const head = {
        ruleId: 'MR-06',
        regionCode,
        matter: { kind: 'appeals', name: '' },
        tickAt,
        level: verdict.level,
        value: tickets.length,
        tickets,
      } as const
      if (verdict.why === 'no_baseline') {
        return { ...head, baseline: null, sigma: null, z: null, r: null, reason: { why: 'no_baseline', usable: verdict.usable } } as const
      }
      const { values, basis, baseline, sigma, z, r } = verdict
      return { ...head, baseline, sigma, z, r, reason: { why: 'surge', baselineValues: values, basis } } as const
    }),
}
