import { grouped } from '../grouping.ts'
import { TEXT_KINDS, type TextKind } from '../near-duplicate/text-facts.ts'
import type { RegionTree } from '../region.ts'
import { mainPhenomenon } from './day-groups.ts'
import { type FactRule, type Said, saidReading } from './fact-rule.ts'
import type { TemplateText } from './facts.ts'
import { type Matter, matterKey, phenomenonMatter } from './matter.ts'
import { levelReached, type RiskParameters } from './reading.ts'

const SAID: Readonly<Record<TextKind, readonly [zh: string, en: string]>> = { complaint: ['投诉', 'complaints'], appeal: ['申诉', 'appeals'] }

const WAYS = { cluster: ['内容几乎相同', 'of nearly the same text'], reported: ['由省上报为模板化', 'reported as templates'], words: ['含代理索赔用语', 'in the words of organised claims'] } as const

const customersOf = (texts: readonly TemplateText[]) => new Set(texts.map(({ customerKey }) => customerKey)).size
const distinct = (keys: readonly (string | null)[]) => new Set(keys.filter((key) => key !== null)).size

/** Appeals of a province are one matter, whatever they complain of, as for MR-06; complaints are about what most of them name. */
const matterOf = (kind: TextKind, texts: readonly TemplateText[]): Matter => (kind === 'appeal' ? { kind: 'appeals', name: '' } : phenomenonMatter(mainPhenomenon(texts)))

const sortedGroups = (texts: readonly TemplateText[], nameOf: (text: TemplateText) => string): [string, TemplateText[]][] =>
  [...grouped(texts, nameOf)].sort(([a], [b]) => (a < b ? -1 : 1))

/**
 * Where a cluster counts, and whose texts there: in each of its provinces its own, and all of them in the country or, where one of its provinces holds so much that the
 * place is that one (domain.md 5.1 Scope choice), there: where a case sits takes nobody away from it.
 */
function placesOf(texts: readonly TemplateText[], tree: RegionTree, share: number): [string, TemplateText[]][] {
  const provinces = sortedGroups(texts, ({ regionCode }) => tree.atLevel(regionCode, 'province')?.code ?? tree.root.code)
  const whole = customersOf(texts)
  const place = provinces.find(([, list]) => customersOf(list) >= share * whole)?.[0] ?? tree.root.code
  return [...provinces.filter(([code]) => code !== place), [place, [...texts]]]
}

/** What the texts of one cluster, or those that were reported, say of one place. */
function saidOf(kind: TextKind, regionCode: string, texts: readonly TemplateText[], { hours, complaints, appeals }: RiskParameters['template']): Said {
  const isByWords = texts[0]?.isByWords === true
  const isReported = texts[0]?.cluster === null && !isByWords
  const how = isByWords ? WAYS.words : isReported ? WAYS.reported : WAYS.cluster
  const [zh, en] = SAID[kind]
  const customers = customersOf(texts)
  const facts = {
    texts: texts.length,
    contacts: distinct(texts.map(({ contactKey }) => contactKey)),
    addresses: distinct(texts.map(({ addressKey }) => addressKey)),
    proxies: texts.filter(({ isProxy }) => isProxy).length,
  }
  return {
    matter: matterOf(kind, texts),
    regionCode,
    level: levelReached(customers, kind === 'appeal' ? appeals : complaints),
    value: customers,
    zh: `${hours} 小时内 ${customers} 位客户的${zh}${how[0]}（联系号码 ${facts.contacts} 个、来源地址 ${facts.addresses} 个、代办 ${facts.proxies} 件）`,
    en: `${customers} customers sent ${en} ${how[1]} within ${hours} h (${facts.contacts} contact numbers, ${facts.addresses} addresses, ${facts.proxies} by proxy)`,
    facts: { ...facts, kind, reported: isReported ? 1 : 0, words: isByWords ? 1 : 0 },
    tickets: texts.map(({ ticketKey }) => ticketKey),
  }
}

/**
 * Distinct customers within a day behind one cluster of near-duplicate texts, or behind tickets of one phenomenon that a province reported as templates, or that speak as organised claims do (KW-MLC, 5.4); complaints and
 * appeals by thresholds of their own (domain.md 5.2, 5.3.2). The words say how many contact numbers, addresses and proxies are behind them: few are the mark of organised filing (5.3.2-4).
 */
export const TEMPLATE_COMPLAINTS: FactRule = {
  id: 'MR-03',
  nameZh: '模板化/组织化投诉',
  nameEn: 'Template or organised complaints',
  meaningZh: '24 小时内内容几乎相同、或由省上报为模板化的投诉（申诉）来自不同客户，其数达到阈值。',
  meaningEn: 'Within 24 hours as many different customers as the threshold says sent complaints (or appeals) of nearly the same text, or that their province reported as templates.',
  isPrompt: false,
  read({ templateTexts }, { tickAt, parameters: { template, scopeShare }, tree }) {
    const clusters = TEXT_KINDS.flatMap((kind) =>
      sortedGroups(
        templateTexts.filter((text) => text.kind === kind),
        ({ cluster, phenomenon, isByWords }) => (cluster === null ? `${isByWords ? 'words' : 'reported'} ${phenomenon}` : `cluster ${cluster}`),
      ).flatMap(([, texts]) => placesOf(texts, tree, scopeShare).map(([regionCode, list]) => saidOf(kind, regionCode, list, template))),
    )
    // Of several clusters of one matter in one place the largest speaks.
    const best = new Map<string, Said>()
    for (const said of clusters) {
      const key = `${said.regionCode} ${matterKey(said.matter)}`
      if ((best.get(key)?.value ?? 0) < said.value) best.set(key, said)
    }
    return [...best.values()].map((said) => saidReading('MR-03', tickAt, said))
  },
}
