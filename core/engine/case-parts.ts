import { codeOfPath, isWithin } from '../domain/region.ts'
import { claimantOf, isAway, isClaimNeeded } from '../domain/risk/by-hand.ts'
import { covers, isJoined, type Matter } from '../domain/risk/matter.ts'
import type { RiskReading } from '../domain/risk/reading.ts'
import type { Finding } from '../domain/risk/risk-case.ts'
import type { Severity } from '../domain/vocabulary.ts'
import { insertClaims, loadHeldTickets, passSplits } from '../store/case-hand-store.ts'
import type { LiveCase } from '../store/case-store.ts'
import type { WindowTicket } from '../store/risk-store.ts'
import type { EngineTx } from './context.ts'
import type { RiskPicture } from './risk-picture.ts'

/** The live cases of a tick with what people have split off of them. */
export interface Parts {
  readonly live: readonly LiveCase[]
  /** Those that a person has split off: on most ticks none, and nothing has a claimant. */
  readonly split: readonly LiveCase[]
  /** Whether a ticket belongs by hand to another case about the same: it is linked to one only. */
  readonly isHeldElsewhere: (ticketKey: string, alertId: string, matter: Matter) => boolean
}

const pathOf = (etx: EngineTx, code: string) => etx.engine.tree.get(code)?.path ?? ''
const ticketMatter = ({ phenomenon }: WindowTicket): Matter => ({ kind: 'phenomenon', name: phenomenon })

/** The cases that a person has split off. */
export const splitOff = (live: readonly LiveCase[]): readonly LiveCase[] => live.filter(({ splitFrom }) => splitFrom !== null)

const claimantOfReading = (etx: EngineTx, split: readonly LiveCase[], { matter, regionCode, ruleId }: RiskReading) =>
  split.length === 0 ? undefined : claimantOf(split, { matter, regionPath: pathOf(etx, regionCode), ruleId }, etx.settings.risk.body)

/** The readings that no case split off claims. */
export const unclaimed = (etx: EngineTx, split: readonly LiveCase[], readings: readonly RiskReading[]): readonly RiskReading[] =>
  split.length === 0 ? readings : readings.filter((reading) => claimantOfReading(etx, split, reading) === undefined)

/** Whether a ticket counts elsewhere when a node is counted: a case split off below has it. */
export const isTicketAway = (etx: EngineTx, split: readonly LiveCase[], nodePath: string, ticket: WindowTicket): boolean =>
  isAway(split, nodePath, { matter: ticketMatter(ticket), regionPath: ticket.regionPath }, etx.settings.risk.body)

type Place = Pick<LiveCase, 'matter' | 'mitigatedAt' | 'regionCode'>

/** Where a case is looked at whatever is counted there: its own place, and those that it claims by a person's word. */
export const placesOfCase = (held: LiveCase): readonly Place[] => [
  held,
  ...held.claims.map(({ matter, regionPath }) => ({
    matter,
    mitigatedAt: held.mitigatedAt,
    regionCode: codeOfPath(regionPath) ?? held.regionCode,
  })),
]

/** A case of single tickets: no rule reads it, so it neither rises nor falls by itself. */
export const isOfTicketsOnly = ({ splitFrom, claims }: Pick<LiveCase, 'splitFrom' | 'claims'>): boolean => splitFrom !== null && claims.length === 0

/** What is true at this tick of a case split off; nothing for any other. */
export function claimedFindings(etx: EngineTx, split: readonly LiveCase[], held: LiveCase, { readings }: RiskPicture): Finding[] {
  if (held.splitFrom === null) return []
  const own = readings.filter((reading) => reading.level > 0 && claimantOfReading(etx, split, reading)?.alertId === held.alertId)
  if (own.length === 0) return []
  const level = Math.max(...own.map((reading) => reading.level)) as Severity
  return [{ matter: held.matter, regionCode: held.regionCode, level, readings: own, customers: 0 }]
}

/** Whether a reading is one of the case's own place, or of what it claims: its chart shows it, true or not. */
export function isOwnReading(etx: EngineTx, { split }: Parts, held: LiveCase, reading: RiskReading): boolean {
  const claimant = claimantOfReading(etx, split, reading)
  if (held.splitFrom !== null) return claimant?.alertId === held.alertId
  return claimant === undefined && reading.regionCode === held.regionCode && isJoined(held.matter, reading.matter, etx.settings.risk.body)
}

/** The tickets of the window that a case takes: its matter in its place and what it claims, and nothing that a case split off has. */
export function linkable(
  etx: EngineTx,
  { live, split }: Parts,
  alertId: string,
  place: { readonly matter: Matter; readonly path: string },
  tickets: readonly WindowTicket[],
): readonly WindowTicket[] {
  const parameters = etx.settings.risk.body
  const self = live.find((held) => held.alertId === alertId)
  const covered = (matter: Matter, path: string, ticket: WindowTicket) =>
    covers(matter, ticket.phenomenon, parameters) && isWithin(ticket.regionPath, path)
  return tickets.filter((ticket) => {
    const claimant = split.length === 0 ? undefined : claimantOf(split, { matter: ticketMatter(ticket), regionPath: ticket.regionPath, ruleId: null }, parameters)
    if (self?.splitFrom != null) return claimant?.alertId === alertId
    const isBrought = self?.claims.some(({ matter, regionPath, ruleIds }) => ruleIds.length === 0 && covered(matter, regionPath, ticket)) ?? false
    return claimant === undefined && (isBrought || covered(place.matter, place.path, ticket))
  })
}

/** What the cases of a tick need to know of each other's tickets. */
export async function holdParts(etx: EngineTx, live: readonly LiveCase[]): Promise<Parts> {
  const split = splitOff(live)
  const origins = split.flatMap(({ splitFrom }) => splitFrom ?? [])
  const held = await loadHeldTickets(etx.tx, [...new Set([...split.map(({ alertId }) => alertId), ...origins])])
  const isHeldElsewhere = (ticketKey: string, alertId: string, matter: Matter) => {
    const holders = held.get(ticketKey)
    if (holders === undefined) return false
    const isOfSplit = split.some((one) => one.alertId !== alertId && holders.has(one.alertId) && (one.splitFrom === alertId || isJoined(one.matter, matter, etx.settings.risk.body)))
    return isOfSplit || split.some((one) => one.alertId === alertId && holders.has(one.splitFrom ?? ''))
  }
  return { live, split, isHeldElsewhere }
}

/** What a case that goes into another leaves to it for later ticks: what people had merged into it, and what they had split off. */
export async function passClaims(etx: EngineTx, from: LiveCase, into: LiveCase): Promise<void> {
  // Its own place is spanned by the tick's finding; what a person had added is not.
  await insertClaims(
    etx.tx,
    into.alertId,
    from.claims.filter((claim) => isClaimNeeded(into, claim, etx.settings.risk.body)),
  )
  await passSplits(etx.tx, from.alertId, into.alertId)
}
