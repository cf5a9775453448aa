import type { Level } from '../vocabulary.ts'
import { type FactRule, saidReading } from './fact-rule.ts'
import { keywordGroups, keywordMatter } from './keyword-groups.ts'

const CATEGORIES: readonly string[] = ['KW-MIN', 'KW-ELD']
const GROUP = 'KW-MIN'
const EACH: Level = 1

/**
 * Minors or elderly people who lost money (domain.md 5.2): words of KW-MIN or KW-ELD, which hit only beside a money word (5.4). The colours above blue need
 * the hall or the agent, which a ticket does not keep.
 */
export const MINORS_AND_ELDERLY: FactRule = {
  id: 'MR-15',
  nameZh: '未成年人/老年人',
  nameEn: 'Minors and elderly',
  meaningZh: '工单涉及未成年人或老年人的费用损失。',
  meaningEn: 'A ticket speaks of money that a minor or an elderly person has lost.',
  isPrompt: false,
  read: ({ keywords }, { tickAt, parameters: { keyword }, tree }) =>
    keywordGroups(keywords.filter(({ category }) => CATEGORIES.includes(category)), { tree }).map(({ regionCode, phenomenon, tickets, customers }) =>
      saidReading('MR-15', tickAt, {
        matter: keywordMatter(GROUP, phenomenon),
        regionCode,
        level: EACH,
        value: customers,
        zh: `${keyword.hours} 小时内 ${customers} 位客户就“${phenomenon}”反映未成年人或老年人费用损失`,
        en: `${customers} customers spoke of money lost by minors or elderly in "${phenomenon}" within ${keyword.hours} h`,
        tickets,
      }),
    ),
}
