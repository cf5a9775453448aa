import type { Indicator } from './indicator.ts'
import { count, NO_DATA } from './ratio.ts'

/** K-82 (domain.md 6.10): risks found by others that no rule raised. Zero only where the period has data: an empty list of a silent time says nothing. */
export const MISSED_RISKS: Indicator = {
  id: 'K-82',
  nameZh: '漏报数',
  nameEn: 'Missed risks',
  formulaZh: '周期内由监管、媒体或管理层先发现而无规则报出的重大风险，据登记（按发现时间；撤销的登记不计）',
  formulaEn:
    'Major risks that the regulator, the press or the management found and no rule raised, as entered (by when they were found; without entries withdrawn)',
  unit: 'cases',
  group: 'monitoring',
  direction: 'down',
  basis: 'FND',
  formulaVersion: 1,
  thresholds: { target: 0, warn: 1, alarm: 3 },
  compute: ({ hasData, watch }) => {
    const missed = watch?.count('missed') ?? 0
    return watch !== null && (hasData || missed > 0) ? count(missed) : NO_DATA
  },
}
