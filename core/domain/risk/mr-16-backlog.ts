import { type FactRule, saidReading } from './fact-rule.ts'
import { levelReached } from './reading.ts'

/**
 * A province's open complaints at the last full hour, by what it finished a day over the week before (K-25), and the share of them that have been open for more than 48 h
 * (K-24): the higher colour of the two (domain.md 5.2). A province with few open tickets is left out: any ratio of few is chance.
 */
export const BACKLOG: FactRule = {
  id: 'MR-16',
  nameZh: '积压',
  nameEn: 'Backlog',
  meaningZh: '一省整点在途投诉量与近 7 日日均办结量之比，或在途超过 48 小时的占比，达到阈值。',
  meaningEn: 'The open complaints of a province at the full hour, by those finished a day in the last 7 days, or the share of them open for more than 48 hours, reach the threshold.',
  isPrompt: false,
  read: ({ backlogs }, { tickAt, parameters: { backlog } }) =>
    backlogs.map(({ provinceCode, open, over48h, finished }) => {
      const perDay = finished / backlog.days
      const ratio = perDay === 0 ? null : open / perDay
      const share = open === 0 ? null : (over48h / open) * 100
      const isEnough = open >= backlog.open
      const byRatio = isEnough && ratio !== null ? levelReached(ratio, backlog.ratios) : 0
      const byShare = isEnough && share !== null ? levelReached(share, backlog.shares) : 0
      const shown = (value: number | null) => (value === null ? '–' : value.toFixed(2))
      return saidReading('MR-16', tickAt, {
        matter: { kind: 'backlog', name: '' },
        regionCode: provinceCode,
        level: byRatio > byShare ? byRatio : byShare,
        value: open,
        zh: `在途 ${open} 件，压单比 ${shown(ratio)}，超过 48 小时占 ${shown(share)} %`,
        en: `${open} open, ${shown(ratio)} times what is finished a day, ${shown(share)} % of them for more than 48 h`,
        facts: { open, over48h, finished },
      })
    }),
}
