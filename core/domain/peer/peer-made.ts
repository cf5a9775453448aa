import { HOUR, type Instant, MINUTE } from '../time.ts'
import { hourOfGroup, type PeerFact } from './peer-fact.ts'

/** Of a handler's or an agent's day so many are looked at, the first ones: whoever does more is a machine or a shared name, and these say so. */
export const MOST_OF_A_DAY = 500
/** The widest settings of AT-17 and AT-21: what lies beyond them is not kept apart. */
export const LONGEST_FAST = 120 * MINUTE
export const MOST_ALIKE = 50
export const MOST_SUCH = 10
export const MOST_REFUNDS = 100

/** An earlier reply of the same handler and day by what AT-17 may ask of it: how long it took (null: not asked of its kind, or too long), how many before it were worded alike. */
export type EarlierReply = readonly [took: number | null, alike: number]

/** What the others of its group make of one fact; null where they make nothing of it. */
export type PeerMade =
  | { readonly alike: number; readonly before: readonly EarlierReply[] }
  | { readonly earlier: number }
  | { readonly events: number; readonly flawed: number }

export type ReplyMade = Extract<PeerMade, { alike: number }>
export type RefundMade = Extract<PeerMade, { earlier: number }>
export type HourMade = Extract<PeerMade, { events: number }>

/** What counts as too fast a reply, or as one that was copied (domain.md 4.3 AT-17). */
export interface SuchBounds {
  /** Sooner than this after the claim, ms. */
  readonly fast: number
  /** Worded as so many others before it that day. */
  readonly alike: number
}

export const isSuch = (took: number | null, alike: number, bounds: SuchBounds): boolean => (took !== null && took < bounds.fast) || alike >= bounds.alike

/** How many of these replies were such ones, up to {@link MOST_SUCH} − 1: as far as any setting asks. */
export const countSuch = (before: readonly EarlierReply[], bounds: SuchBounds): number =>
  Math.min(MOST_SUCH - 1, before.filter(([took, alike]) => isSuch(took, alike, bounds)).length)

const WIDEST: SuchBounds = { fast: LONGEST_FAST, alike: 1 }

const isAtLeastSuch = ([tookA, alikeA]: EarlierReply, [tookB, alikeB]: EarlierReply): boolean =>
  (tookA ?? Number.POSITIVE_INFINITY) <= (tookB ?? Number.POSITIVE_INFINITY) && alikeA >= alikeB

/**
 * The replies that still tell something, whatever the bounds: one that nine others outdo both ways is counted only where these are counted too, and nobody
 * asks for more.
 */
function telling(replies: readonly EarlierReply[]): readonly EarlierReply[] {
  if (replies.length < MOST_SUCH) return replies
  return replies.filter((one, place) => {
    const outdoing = replies.filter((other, at) => at !== place && isAtLeastSuch(other, one) && (at < place || !isAtLeastSuch(one, other)))
    return outdoing.length < MOST_SUCH - 1
  })
}

/** What is kept of a handler's day, in its order, for each of his replies; the same whatever order they arrived in. */
function madeOfReplies(facts: readonly PeerFact[]): (ReplyMade | null)[] {
  const worded = new Map<string, number>()
  let before: readonly EarlierReply[] = []
  return facts.map(({ took, digest }) => {
    const alike = Math.min(MOST_ALIKE, digest === null ? 0 : (worded.get(digest) ?? 0))
    if (digest !== null) worded.set(digest, alike + 1)
    if (!isSuch(took, alike, WIDEST)) return null
    const made = alike === 0 && before.length === 0 ? null : { alike, before }
    before = telling([...before, [took !== null && took < LONGEST_FAST ? took : null, alike]])
    return made
  })
}

const madeOfRefunds = (facts: readonly PeerFact[]): (RefundMade | null)[] =>
  facts.map((_fact, place) => (place === 0 ? null : { earlier: Math.min(place, MOST_REFUNDS) }))

/** What the facts of one day's group, in their order, make of each other: earlier ones of later ones, so that the later one carries what they show (as AT-28). */
export function madeOfDay(facts: readonly PeerFact[]): (PeerMade | null)[] {
  const looked = facts.slice(0, MOST_OF_A_DAY)
  const made = facts[0]?.groupKey.startsWith('h') === true ? madeOfReplies(looked) : madeOfRefunds(looked)
  return facts.map((_fact, place) => made[place] ?? null)
}

/** The least share that any setting of AT-23 asks for, percent. */
const LEAST_SHARE = 1

/** What a province's hour makes of its first flawed event, which carries it: the shares that matter, null below. */
export const madeOfHour = (events: number, flawed: number): HourMade | null => (flawed > 0 && flawed * 100 >= events * LEAST_SHARE ? { events, flawed } : null)

/** Whether two say the same. */
export const isSameMade = (a: PeerMade | null, b: PeerMade | null): boolean => (a === null || b === null ? a === b : JSON.stringify(a) === JSON.stringify(b))

/** A fact of a ticket with what others make of it. */
export type MadeFact = Pick<PeerFact, 'groupKey' | 'at' | 'subject'> & { readonly made: PeerMade }

/** What other tickets make of the replies, refunds and flawed events of one ticket; what is not in it nothing is made of. */
export interface TicketPeers {
  reply(legId: string, repliedAt: Instant): ReplyMade | null
  refund(refundNo: string): RefundMade | null
  readonly hours: readonly (HourMade & { readonly hourAt: Instant })[]
}

/** Of one fact under two keys (a change-over of hash keys) the group that holds more of the day knows all that the other one does. */
function better<T extends PeerMade>(held: T | undefined, made: T): T {
  const size = (one: PeerMade) => ('alike' in one ? one.before.length + one.alike * 1_000 : 'earlier' in one ? one.earlier : 0)
  return held !== undefined && size(held) >= size(made) ? held : made
}

export function ticketPeers(facts: readonly MadeFact[]): TicketPeers {
  const replies = new Map<string, ReplyMade>()
  const refunds = new Map<string, RefundMade>()
  const hours: (HourMade & { hourAt: Instant })[] = []
  for (const { groupKey, at, subject, made } of facts) {
    if ('alike' in made) replies.set(`${at} ${subject}`, better(replies.get(`${at} ${subject}`), made))
    else if ('earlier' in made) refunds.set(subject, better(refunds.get(subject), made))
    else hours.push({ ...made, hourAt: hourOfGroup(groupKey) * HOUR })
  }
  hours.sort((a, b) => a.hourAt - b.hourAt)
  return { reply: (legId, at) => replies.get(`${at} ${legId}`) ?? null, refund: (refundNo) => refunds.get(refundNo) ?? null, hours }
}
