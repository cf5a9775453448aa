import { MINUTE } from '../time.ts'
import type { Level } from '../vocabulary.ts'
import { type FactRule, type RiskScene, saidReading } from './fact-rule.ts'
import type { KeywordFact } from './facts.ts'
import { cityOf, confirmedOf, customersOf, keywordMatter, ticketsOf } from './keyword-groups.ts'
import { levelReached } from './reading.ts'

const GROUP = 'KW-SAF'
const EACH: Level = 3
const DOWN: Level = 4

/** Emergency numbers that cannot be reached, by so many customers of a city within the minutes before the tick. */
function emergenciesDown(hits: readonly KeywordFact[], { tickAt, parameters, tree }: RiskScene) {
  const { customers: least, minutes } = parameters.keyword.emergency
  const late = hits.filter(({ isEmergency, acceptedAt }) => isEmergency && acceptedAt >= tickAt - minutes * MINUTE)
  const cities = [...new Set(late.map((hit) => cityOf(hit, { tree })))].sort()
  return cities.flatMap((regionCode) => {
    const mine = late.filter((hit) => cityOf(hit, { tree }) === regionCode)
    const customers = customersOf(mine)
    if (customers < least) return []
    return [
      saidReading('MR-10', tickAt, {
        matter: keywordMatter(GROUP, '110/119/120'),
        regionCode,
        level: DOWN,
        value: customers,
        zh: `${minutes} 分钟内 ${customers} 位客户反映紧急号码打不通`,
        en: `${customers} customers cannot reach emergency numbers within ${minutes} min`,
        tickets: ticketsOf(mine),
      }),
    ]
  })
}

/**
 * Danger to a person (domain.md 5.2): each ticket with a word of KW-SAF is a case of its own. Red: persons whom somebody has confirmed hurt on
 * the case, or emergency numbers that several customers of a city cannot reach.
 */
export const PERSONAL_SAFETY: FactRule = {
  id: 'MR-10',
  nameZh: '人身安全',
  nameEn: 'Personal safety',
  meaningZh: '工单涉及自杀、暴力威胁、施工伤害或紧急号码打不通；确认有人伤亡或一地紧急号码不通为红色。',
  meaningEn: 'A ticket speaks of suicide, violence, an accident or emergency numbers that cannot be reached; red where somebody is confirmed hurt or the numbers are down in an area.',
  isPrompt: true,
  read({ keywords, confirmed }, scene) {
    const { tickAt, parameters } = scene
    const hits = keywords.filter(({ category }) => category === GROUP)
    const each = ticketsOf(hits).map((ticketKey) => {
      const mine = hits.filter((hit) => hit.ticketKey === ticketKey)
      const words = mine.map(({ word }) => word).join('、')
      return saidReading('MR-10', tickAt, {
        matter: keywordMatter(GROUP, ticketKey),
        regionCode: cityOf(mine[0] as KeywordFact, scene),
        level: EACH,
        value: 1,
        zh: `工单含人身安全敏感词“${words}”`,
        en: `a ticket holds words of personal safety: "${words}"`,
        tickets: [ticketKey],
      })
    })
    const told = confirmedOf(confirmed, GROUP).map(({ matter, regionCode, users }) =>
      saidReading('MR-10', tickAt, {
        matter,
        regionCode,
        level: levelReached(users, parameters.keyword.hurt),
        value: users,
        zh: `已核实伤亡 ${users} 人`,
        en: `${users} persons are confirmed hurt`,
        facts: { confirmedPersons: users },
      }),
    )
    return [...each, ...emergenciesDown(hits, scene), ...told]
  },
}
