import { readGroups } from './fact-grouping.ts'
import { type FactRule, saidReading } from './fact-rule.ts'
import { categoryGrouping, confirmedOf, keywordMatter } from './keyword-groups.ts'
import { levelReached } from './reading.ts'

const GROUP = 'KW-PRV'

const SUSPECTED = categoryGrouping(GROUP, ({ regionCode, phenomenon, tickets, customers }, { tickAt, parameters: { keyword } }) =>
  saidReading('MR-11', tickAt, {
    matter: keywordMatter(GROUP, phenomenon),
    regionCode,
    level: levelReached(customers, keyword.privacy.customers),
    value: customers,
    zh: `${keyword.hours} 小时内 ${customers} 位客户疑似信息泄露（“${phenomenon}”）`,
    en: `${customers} customers suspect a leak ("${phenomenon}") within ${keyword.hours} h`,
    tickets,
  }),
)

/** A leak of personal data, suspected by words of KW-PRV; the same leak is the same phenomenon of a city. Confirmed by the number of persons that somebody states on the case (domain.md 5.2). */
export const PRIVACY_LEAK: FactRule = {
  id: 'MR-11',
  nameZh: '信息泄露',
  nameEn: 'Privacy leak',
  meaningZh: '工单疑似涉及个人信息泄露，按 24 小时内客户数与已核实人数定级。',
  meaningEn: 'Tickets speak of leaked personal data; by the customers of 24 hours and by the persons confirmed.',
  isPrompt: true,
  grouping: SUSPECTED,
  read({ keywords, confirmed }, scene) {
    const { tickAt, parameters: { keyword } } = scene
    const told = confirmedOf(confirmed, GROUP).map(({ matter, regionCode, users }) =>
      saidReading('MR-11', tickAt, {
        matter,
        regionCode,
        level: levelReached(users, keyword.privacy.persons),
        value: users,
        zh: `已核实泄露 ${users} 人`,
        en: `the data of ${users} persons are confirmed leaked`,
        facts: { confirmedPersons: users },
      }),
    )
    return [...readGroups(SUSPECTED, keywords, scene), ...told]
  },
}
