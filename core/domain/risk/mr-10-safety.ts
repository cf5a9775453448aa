import { MINUTE } from '../time.ts'
import type { Level } from '../vocabulary.ts'
import { type FactGrouping, groupName, partsOfGroup, readGroups } from './fact-grouping.ts'
import { type FactRule, type RiskScene, saidReading } from './fact-rule.ts'
import type { KeywordFact } from './facts.ts'
import { cityOf, confirmedOf, customersOf, keywordMatter, ticketsOf } from './keyword-groups.ts'
import { levelReached } from './reading.ts'

const GROUP = 'KW-SAF'
const EACH: Level = 3
const DOWN: Level = 4

/** Names of groups: each ticket by itself, and emergency numbers by city. */
const [ONE, NUMBERS] = ['1', '2'] as const

/** Emergency numbers that cannot be reached, by so many customers of a city within the minutes before the tick. */
function emergenciesDown(hits: readonly KeywordFact[], regionCode: string, { tickAt, parameters }: RiskScene) {
  const { customers: least, minutes } = parameters.keyword.emergency
  const late = hits.filter(({ acceptedAt }) => acceptedAt >= tickAt - minutes * MINUTE)
  const customers = customersOf(late)
  if (customers < least) return null
  return saidReading('MR-10', tickAt, {
    matter: keywordMatter(GROUP, '110/119/120'),
    regionCode,
    level: DOWN,
    value: customers,
    zh: `${minutes} 分钟内 ${customers} 位客户反映紧急号码打不通`,
    en: `${customers} customers cannot reach emergency numbers within ${minutes} min`,
    tickets: ticketsOf(late),
  })
}

function oneTicket(hits: readonly KeywordFact[], ticketKey: string, scene: RiskScene) {
  const words = hits.map(({ word }) => word).join('、')
  return saidReading('MR-10', scene.tickAt, {
    matter: keywordMatter(GROUP, ticketKey),
    regionCode: cityOf(hits[0] as KeywordFact, scene),
    level: EACH,
    value: 1,
    zh: `工单含人身安全敏感词“${words}”`,
    en: `a ticket holds words of personal safety: "${words}"`,
    tickets: [ticketKey],
  })
}

const OF_SAFETY: FactGrouping<'keywords'> = {
  facts: 'keywords',
  groupsOf(hit, scene) {
    if (hit.category !== GROUP) return []
    const one = groupName(ONE, hit.ticketKey)
    return hit.isEmergency ? [one, groupName(NUMBERS, cityOf(hit, scene))] : [one]
  },
  readGroup(hits, group, scene) {
    const [kind, of] = partsOfGroup(group)
    if (hits.length === 0) return null
    return kind === ONE ? oneTicket(hits, of, scene) : emergenciesDown(hits, of, scene)
  },
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
  grouping: OF_SAFETY,
  read({ keywords, confirmed }, scene) {
    const { tickAt, parameters } = scene
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
    return [...readGroups(OF_SAFETY, keywords, scene), ...told]
  },
}
