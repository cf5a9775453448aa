import { compareEvents } from '../ticket/history.ts'
import type { TicketEvent } from '../ticket/ticket.ts'
import type { RegionTree } from '../region.ts'
import type { Instant, Zone } from '../time.ts'
import type { EventType } from '../vocabulary.ts'
import { binStart } from './cell-sums.ts'
import { type Base, type Dimension, type Fact, MEASURES } from './fact.ts'

/** Why old facts moved (domain.md 3.7-9, 3.8, 6.2); `kin`: another ticket of the same customer changed. */
export const RESTATEMENT_CAUSES = ['late', 'correction', 'void', 'merge', 'cancellation', 'reopening', 'mark', 'kin'] as const
export type RestatementCause = (typeof RESTATEMENT_CAUSES)[number]

/** `waiting` and `rejected` lines are held back from published figures; `withdrawn`: nothing of it is left. */
export const RESTATEMENT_STATES = ['waiting', 'confirmed', 'rejected', 'withdrawn'] as const
export type RestatementState = (typeof RESTATEMENT_STATES)[number]

/** A fact and how often it is gained, negative where it is lost. */
export interface Change {
  readonly fact: Fact
  readonly times: number
}

/** What moved of one ticket, and what moved it. */
export interface Restatement {
  readonly changes: readonly Change[]
  readonly cause: RestatementCause
  readonly event: TicketEvent | null
  /** The event was received later than the watermark after it occurred. */
  readonly isLate: boolean
}

/** A fold of one ticket as the rule sees it. */
export interface RestatementInput {
  /** Facts lost and gained, equal ones cancelled. */
  readonly changes: readonly Change[]
  /** The events that the fold took in; none when it was called for by time or by another ticket. */
  readonly events: readonly TicketEvent[]
  readonly now: Instant
  /** Age from which a fact is old, ms. */
  readonly watermark: number
  /**
   * When its province was first heard. What was older than the watermark by then was never published: there, late events and other tickets' changes restate
   * nothing, nor does a correction received while that past is being loaded, for the length of the watermark.
   */
  readonly heardFrom: Instant
}

/** States (`SNAP`, `NOW`) follow from the others; receptions never change. */
const RESTATED: ReadonlySet<Base> = new Set<Base>(['ACC', 'FIN', 'FIN1', 'DUE', 'LEG', 'EVT'])

const CORRECTING: ReadonlyMap<EventType, RestatementCause> = new Map<EventType, RestatementCause>([
  ['corrected', 'correction'],
  ['voided', 'void'],
  ['merged', 'merge'],
  ['cancelled', 'cancellation'],
  ['reopened', 'reopening'],
  ['marked', 'mark'],
])

/** Settled at acceptance; all other measures ripen by the course of things, and are no restatement. */
const SETTLED = ['repeat', 'repeat_same_matter', 'skip_level', 'demand', 'strictest_scene', 'template', 'repeat_fault', 'mass'] as const
/** Cuts that ripen: who handles, what it was found to be, how far an appeal is. Only a correction restates them. */
const RIPENING: ReadonlySet<Dimension> = new Set<Dimension>(['unit', 'cause', 'liability', 'stage'])

/** The steward who mapped a code has given his word already (docs/adr/0011, 0012). */
const isMend = ({ eventId, payload }: TicketEvent): boolean => eventId.startsWith('mapping:') && payload['mapping_id'] !== undefined

const causeOf = ({ type, correctsEventId }: TicketEvent): RestatementCause =>
  correctsEventId === null ? (CORRECTING.get(type) ?? 'late') : 'correction'

/** The last of several by their own time; the same one in whatever order and batches they came. */
const lastOf = (events: readonly TicketEvent[]): TicketEvent | null =>
  events.reduce<TicketEvent | null>((last, event) => (last === null || compareEvents(event, last) > 0 ? event : last), null)

/** Old facts of the bases that are restated. */
const oldOf = (changes: readonly Change[], before: Instant): readonly Change[] => changes.filter(({ fact }) => isRestatable(fact, before))

/** Whether the fact is of a base that is restated, and lies before an instant. */
export const isRestatable = (fact: Pick<Fact, 'base' | 'at'>, before: Instant): boolean => fact.at < before && RESTATED.has(fact.base)

/** The place of a fact: where and whether it counts, whatever it measures. */
function placeOf({ base, at, regionCode, kind, by }: Fact, withRipening: boolean): string {
  const cut = Object.entries(by).filter(([dimension]) => withRipening || !RIPENING.has(dimension as Dimension))
  return JSON.stringify([base, at, regionCode, kind, cut.sort(([a], [b]) => (a < b ? -1 : 1))])
}

function moved(changes: readonly Change[], withRipening: boolean): readonly Change[] {
  const balance = new Map<string, number>()
  const places = changes.map(({ fact }) => placeOf(fact, withRipening))
  changes.forEach(({ times }, index) => {
    const place = places[index] as string
    balance.set(place, (balance.get(place) ?? 0) + times)
  })
  return changes.filter((_change, index) => balance.get(places[index] as string) !== 0)
}

/** The acceptance, where something of it changed that was settled then. */
function unsettled(changes: readonly Change[]): readonly Change[] {
  const acceptances = changes.filter(({ fact }) => fact.base === 'ACC')
  const lost = acceptances.find(({ times }) => times < 0)
  const gained = acceptances.find(({ times }) => times > 0)
  if (lost === undefined || gained === undefined) return []
  const of = ({ fact }: Change, measure: string) => (fact.measures as Readonly<Record<string, number>>)[measure] ?? 0
  return SETTLED.some((measure) => of(lost, measure) !== of(gained, measure)) ? acceptances : []
}

/**
 * What of a ticket's change restates the past (domain.md 3.7-9, 3.8, 6.2), or null. Facts older than the watermark are restated by an event
 * that was received later than the watermark after it occurred: all that it changes; and by a correction, void, merge, cancellation, reopening
 * or mark: where and whether they count, unless it is part of a province's first load. What was settled at acceptance is restated whatever changed it. What ripens in its time is not.
 */
export function restatementOf({ changes, events, now, watermark, heardFrom }: RestatementInput): Restatement | null {
  const old = oldOf(changes, now - watermark)
  if (old.length === 0) return null
  const causes = events.filter((event) => !isMend(event))
  const late = lastOf(causes.filter(({ receivedAt, occurredAt }) => receivedAt - occurredAt > watermark))
  const published = old.filter(({ fact }) => fact.at >= heardFrom - watermark)
  if (late !== null) return published.length === 0 ? null : { changes: published, cause: causeOf(late), event: late, isLate: true }
  const correcting = causes.filter((event) => causeOf(event) !== 'late')
  const event = lastOf(correcting)
  if (event === null) {
    const other = events.some(isMend) ? [] : unsettled(published)
    return other.length === 0 ? null : { changes: other, cause: 'kin', event: null, isLate: false }
  }
  const isCorrected = correcting.some((one) => causeOf(one) === 'correction')
  const isLoading = correcting.every(({ receivedAt }) => receivedAt <= heardFrom + watermark)
  const known = isLoading ? published : old
  const restated = new Set([...moved(known, isCorrected), ...unsettled(known)])
  return restated.size === 0 ? null : { changes: [...restated], cause: causeOf(event), event, isLate: false }
}

/** The changes of old facts of a ticket that has a standing line: they follow it, so that what is published of it stays as it was. */
export const followingOf = (changes: readonly Change[], now: Instant, watermark: number): readonly Change[] => oldOf(changes, now - watermark)

/** Whether what is left of a line still restates the past, or only ripened while the line stood. */
export const isStillRestated = (changes: readonly Change[], cause: RestatementCause): boolean =>
  changes.length > 0 && (cause === 'late' || moved(changes, cause === 'correction').length > 0 || unsettled(changes).length > 0)

/** What changes add to one base, local day, city and kind: one number per measure of the base. */
export interface RestatedSum {
  readonly base: Base
  readonly binAt: Instant
  readonly regionCode: string
  readonly kind: string
  readonly n: readonly number[]
}

/** Sums of changes by what published figures are cut by, in a fixed order; nothing where they cancel out. */
export function restatedSums(changes: readonly Change[], tree: RegionTree, zone: Zone): RestatedSum[] {
  const sums = new Map<string, RestatedSum & { n: number[] }>()
  for (const { fact, times } of changes) {
    const { base, kind } = fact
    const binAt = binStart(fact.at, 'day', zone)
    const regionCode = (tree.atLevel(fact.regionCode, 'city') ?? tree.root).code
    const key = JSON.stringify([base, binAt, regionCode, kind])
    const names = MEASURES[base] as readonly string[]
    const sum = sums.get(key) ?? { base, binAt, regionCode, kind, n: new Array<number>(names.length).fill(0) }
    sums.set(key, sum)
    for (const [measure, n] of Object.entries(fact.measures)) {
      const place = names.indexOf(measure)
      sum.n[place] = (sum.n[place] ?? 0) + times * n
    }
  }
  const all = [...sums].filter(([, { n }]) => n.some((value) => value !== 0))
  return all.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum)
}
