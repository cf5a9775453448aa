import { NOTICE_RANK } from '../vocabulary.ts'
import type { Notice } from './notice.ts'

const seqOf = (notice: Notice): number => notice.sourceSeq ?? Number.POSITIVE_INFINITY
const rankOf = (notice: Notice): number => NOTICE_RANK.get(notice.type) ?? NOTICE_RANK.size
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Order of notices: `occurredAt`, `sourceSeq` (nulls last), fixed rank of the type, `eventId` (domain.md 3.3). */
export function compareNotices(a: Notice, b: Notice): number {
  if (a.occurredAt !== b.occurredAt) return a.occurredAt - b.occurredAt
  if (a.sourceSeq !== b.sourceSeq) return seqOf(a) < seqOf(b) ? -1 : 1
  return rankOf(a) - rankOf(b) || compareText(a.eventId, b.eventId) || compareText(a.sourceSystem, b.sourceSystem)
}

/** The identity of an event as one text; neither part holds U+001F. */
export const identityOf = (sourceSystem: string, eventId: string): string => `${sourceSystem}\u001f${eventId}`

/** Follows the references to the notice that corrects nothing; null in a ring. */
function placeOf(notice: Notice, targets: ReadonlyMap<Notice, Notice>): Notice | null {
  const seen = new Set([notice])
  let place = notice
  for (let next = targets.get(place); next; next = targets.get(place)) {
    if (seen.has(next)) return null
    seen.add(next)
    place = next
  }
  return place
}

/** Of each place in the order, the notice that stands there: the latest that nothing corrects in its turn. */
function standIns(byIdentity: ReadonlyMap<string, Notice>): Map<Notice, Notice> {
  const targets = new Map<Notice, Notice>()
  for (const notice of byIdentity.values()) {
    const target = notice.correctsEventId === null ? undefined : byIdentity.get(identityOf(notice.sourceSystem, notice.correctsEventId))
    if (target !== undefined) targets.set(notice, target)
  }
  const corrected = new Set(targets.values())
  const standing = new Map<Notice, Notice>()
  for (const notice of byIdentity.values()) {
    const place = placeOf(notice, targets)
    if (place === null) standing.set(notice, notice)
    else if (!corrected.has(notice)) {
      const rival = standing.get(place)
      if (rival === undefined || compareNotices(rival, notice) < 0) standing.set(place, notice)
    }
  }
  return standing
}

/**
 * The notices that stand, by subject and in order; those given in any order and any number of times. A correction takes the place of what it
 * corrects (domain.md 3.8), with its own words: when these name another subject, the notice has moved there, and a subject that none is
 * left of is not in the answer. A correction of what is not here stands for itself, and so do notices that correct each other in a ring.
 */
export function standingNotices(notices: readonly Notice[]): ReadonlyMap<string, readonly Notice[]> {
  const byIdentity = new Map(notices.map((notice) => [identityOf(notice.sourceSystem, notice.eventId), notice]))
  const bySubject = new Map<string, Notice[]>()
  for (const [place, notice] of [...standIns(byIdentity)].sort(([a], [b]) => compareNotices(a, b))) {
    const list = bySubject.get(notice.subjectKey) ?? []
    list.push(place === notice ? notice : { ...notice, occurredAt: place.occurredAt, sourceSeq: place.sourceSeq })
    bySubject.set(notice.subjectKey, list)
  }
  return bySubject
}
