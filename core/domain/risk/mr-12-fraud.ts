import { readGroups } from './fact-grouping.ts'
import { type FactRule, saidReading } from './fact-rule.ts'
import { categoryGrouping, keywordMatter } from './keyword-groups.ts'
import { levelReached } from './reading.ts'

const GROUP = 'KW-FRD'

const BY_MATTER = categoryGrouping(GROUP, ({ regionCode, phenomenon, tickets, customers }, { tickAt, parameters: { keyword } }) =>
  saidReading('MR-12', tickAt, {
    matter: keywordMatter(GROUP, phenomenon),
    regionCode,
    level: levelReached(customers, keyword.fraud),
    value: customers,
    zh: `${keyword.hours} 小时内 ${customers} 位客户就“${phenomenon}”反映涉诈`,
    en: `${customers} customers spoke of fraud in "${phenomenon}" within ${keyword.hours} h`,
    tickets,
  }),
)

/** Distinct customers of a city with words of KW-FRD and the same phenomenon in the hours (domain.md 5.2). A ticket keeps no method, number or hall: the phenomenon stands for it. */
export const FRAUD_CLUSTER: FactRule = {
  id: 'MR-12',
  nameZh: '涉诈聚集',
  nameEn: 'Fraud cluster',
  meaningZh: '一地市 24 小时内同一现象涉诈的不同客户达到阈值。',
  meaningEn: 'Within 24 hours as many different customers of a city as the threshold says spoke of fraud in the same matter.',
  isPrompt: false,
  grouping: BY_MATTER,
  read: ({ keywords }, scene) => readGroups(BY_MATTER, keywords, scene),
}
