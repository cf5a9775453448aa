import type { AlertCard } from '../contract/alerts.ts'
import type { CaseDetail, CasePlace } from '../contract/cases.ts'
import { isWithin, type RegionTree, type Scope } from '../domain/region.ts'
import { mergeFault } from '../domain/risk/by-hand.ts'
import { scopeGrounds } from '../domain/risk/scope-grounds.ts'
import type { Sql } from '../platform/database.ts'
import { loadCardRow } from '../store/alert-card-store.ts'
import { type CaseTicket, loadCaseTickets, loadHandCases } from '../store/case-hand-store.ts'
import { loadCaseRow, loadLines, loadMeasures, loadMemberLines } from '../store/case-work-store.ts'
import { loadCards } from './alert-card.ts'

const NOTHING = { nameZh: '', nameEn: '' }
/** Cases of a scope that are looked through for candidates. */
const LOOKED_THROUGH = 2_000
const CANDIDATES = 50

const distinct = (tickets: readonly CaseTicket[]) => new Set(tickets.map(({ customerKey }) => customerKey)).size

/** The case's place and every node below it that tickets come from, topmost first, each with its whole subtree. */
function placesOf(tree: RegionTree, regionCode: string, tickets: readonly CaseTicket[]): CasePlace[] {
  const top = tree.get(regionCode)
  if (top === undefined) return []
  const codes = new Set([regionCode, ...tickets.flatMap((ticket) => tree.chain(ticket.regionCode).map(({ code }) => code))])
  return [...codes]
    .flatMap((code) => tree.get(code) ?? [])
    .filter(({ path }) => isWithin(path, top.path))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ code, nameZh, nameEn, level, path }) => {
      const own = tickets.filter(({ regionPath }) => isWithin(regionPath, path))
      return { code, nameZh, nameEn, level, depth: tree.chain(code).length - tree.chain(regionCode).length, tickets: own.length, customers: distinct(own) }
    })
}

function phenomenaOf(tickets: readonly CaseTicket[]): CaseDetail['phenomena'] {
  const names = [...new Set(tickets.map(({ phenomenon }) => phenomenon))]
  const counted = names.map((name) => {
    const own = tickets.filter(({ phenomenon }) => phenomenon === name)
    return { name, tickets: own.length, customers: distinct(own) }
  })
  return counted.sort((a, b) => b.tickets - a.tickets || (a.name < b.name ? -1 : 1))
}

/** What a case has beside its alert, `share` being what a lower place has to hold of its customers (`scopeShare`); `not_a_case` for an alert of another kind, undefined when it is not in the scope. */
export async function loadCaseDetail(sql: Sql, tree: RegionTree, scope: Scope, alertId: string, share: number): Promise<CaseDetail | 'not_a_case' | undefined> {
  const card = await loadCardRow(sql, scope, alertId)
  if (card === undefined) return undefined
  const row = await loadCaseRow(sql, alertId)
  if (row === undefined) return 'not_a_case'
  const tickets = (await loadCaseTickets(sql, alertId)).filter(({ isValid }) => isValid)
  const members = await loadMemberLines(sql, alertId)
  const places = placesOf(tree, card.regionCode, tickets)
  const [hand] = await loadHandCases(sql, [alertId])
  return {
    alertId: card.id,
    ...row,
    places,
    grounds: scopeGrounds(places, share, row.splitFrom !== null || (hand?.claims.length ?? 0) > 0),
    phenomena: phenomenaOf(tickets),
    members: members.map(({ thresholds, ...member }) => {
      const { nameZh, nameEn } = tree.get(member.regionCode) ?? NOTHING
      return { ...member, thresholds: thresholds === null ? null : [...thresholds], regionNameZh: nameZh, regionNameEn: nameEn }
    }),
    measures: await loadMeasures(sql, alertId),
    lines: await loadLines(sql, alertId),
  }
}

const says = (card: AlertCard, words: string) =>
  [card.id, card.ruleId, card.phenomenon, card.regionNameZh, card.regionNameEn].some((text) => text.toLowerCase().includes(words.toLowerCase()))

/** The live cases of a scope that this one may be merged into, by their numbers, rules, matters and places; undefined when it is not in the scope. */
export async function loadMergeCandidates(sql: Sql, scope: Scope, alertId: string, words: string): Promise<AlertCard[] | undefined> {
  const own = await loadCardRow(sql, scope, alertId)
  if (own === undefined) return undefined
  const cards = (await loadCards(sql, scope, { kind: 'risk', isLive: true, limit: LOOKED_THROUGH })).map(({ rules: _, ...card }) => card)
  const hands = new Map((await loadHandCases(sql, [alertId, ...cards.map(({ id }) => id)])).map((hand) => [hand.alertId, hand]))
  const from = hands.get(alertId)
  if (from === undefined) return []
  const side = (hand: typeof from, state: string) => ({ ...hand, isEnded: false, isMitigated: state === 'mitigated' })
  return cards
    .filter((card) => {
      const hand = hands.get(card.id)
      return hand !== undefined && card.state !== 'suppressed' && says(card, words.trim()) && mergeFault(side(from, own.state), side(hand, card.state)) === null
    })
    .slice(0, CANDIDATES)
}
