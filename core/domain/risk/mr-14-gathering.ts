import type { Level } from '../vocabulary.ts'
import { readGroups } from './fact-grouping.ts'
import { type FactRule, saidReading } from './fact-rule.ts'
import { categoryGrouping, confirmedOf, keywordMatter } from './keyword-groups.ts'
import { levelReached } from './reading.ts'

const GROUP = 'KW-GRP'
const ANNOUNCED: Level = 2
/** So many tickets of one category and matter: one colour up (domain.md 5.2, MR-04, which leaves these words to this rule). */
const MANY: Level = 3

const ANNOUNCED_BY_WORDS = categoryGrouping(GROUP, ({ regionCode, phenomenon, tickets, customers }, { tickAt, parameters: { keyword } }) =>
  saidReading('MR-14', tickAt, {
    matter: keywordMatter(GROUP, phenomenon),
    regionCode,
    level: tickets.length >= keyword.sameMatter ? MANY : ANNOUNCED,
    value: customers,
    zh: `${keyword.hours} 小时内 ${customers} 位客户就“${phenomenon}”预告群体聚集`,
    en: `${customers} customers announced a gathering about "${phenomenon}" within ${keyword.hours} h`,
    tickets,
  }),
)

/** A gathering that words of KW-GRP announce; how many have gathered a person states on the case (domain.md 5.2). Blocked traffic is told in no field: it is stated as persons. */
export const GATHERING: FactRule = {
  id: 'MR-14',
  nameZh: '群体聚集',
  nameEn: 'Group gathering',
  meaningZh: '工单预告群体聚集为黄色，同一问题 24 小时内达到规定件数的为橙色；现场核实人数达到阈值为橙、红色。',
  meaningEn: 'A ticket announces a gathering: yellow, and orange where several of one matter do within 24 hours; orange and red by the persons confirmed at the place.',
  isPrompt: true,
  grouping: ANNOUNCED_BY_WORDS,
  read({ keywords, confirmed }, scene) {
    const { tickAt, parameters: { keyword } } = scene
    const told = confirmedOf(confirmed, GROUP).map(({ matter, regionCode, users }) =>
      saidReading('MR-14', tickAt, {
        matter,
        regionCode,
        level: levelReached(users, keyword.gathering),
        value: users,
        zh: `现场核实聚集 ${users} 人`,
        en: `${users} persons are confirmed at the place`,
        facts: { confirmedPersons: users },
      }),
    )
    return [...readGroups(ANNOUNCED_BY_WORDS, keywords, scene), ...told]
  },
}
