import type { Fact } from '../domain/count/fact.ts'
import {
  type Change,
  followingOf,
  isRestatable,
  isStillRestated,
  restatedSums,
  type Restatement,
  restatementOf,
} from '../domain/count/restatement.ts'
import { commonPath } from '../domain/region.ts'
import type { TicketEvent } from '../domain/ticket/ticket.ts'
import { HOUR, type Instant, localDate } from '../domain/time.ts'
import { loadFirstReceptions } from '../store/province-feed-store.ts'
import {
  addRestatementSums,
  type Arrivals,
  insertTicketRestatements,
  joinArrivals,
  linkRestatements,
  lockRestatements,
  type RestatementLine,
  rewriteRestatement,
  type StandingRestatement,
  withdrawEmpty,
} from '../store/restatement-store.ts'
import type { EngineTx } from './context.ts'
import { type FactLine, factsOfLines, headOf, readFacts, withoutEqual, writeFacts } from './counted.ts'

/** A ticket whose facts a fold has changed. */
export interface ChangedTicket {
  readonly ticketKey: string
  readonly provinceCode: string
  /** The line that its changes of old facts go to while it stands; null: none. */
  readonly restatementId: string | null
  /** It counted for nothing before. */
  readonly isFirst: boolean
  /** What it lost and gained; what it keeps is in neither. */
  readonly lost: readonly FactLine[]
  readonly gained: readonly FactLine[]
  /** The events that this fold took in. */
  readonly events: () => readonly TicketEvent[]
}

/** A ticket with changed old facts: what restates it, if anything does. */
interface Restated {
  readonly ticket: ChangedTicket
  /** Facts lost and gained, equal ones cancelled. */
  readonly changes: readonly Change[]
  readonly following: readonly Change[]
  readonly restatement: Restatement | null
  readonly isArrival: boolean
}

const EVER = Number.NEGATIVE_INFINITY

function judge(ticket: ChangedTicket, now: Instant, watermark: number): Restated | null {
  const isOld = (line: FactLine) => isRestatable(headOf(line), now - watermark)
  if (!ticket.lost.some(isOld) && !ticket.gained.some(isOld)) return null
  const changes = withoutEqual(factsOfLines(ticket.lost), factsOfLines(ticket.gained))
  const following = followingOf(changes, now, watermark)
  if (following.length === 0) return null
  const restatement = restatementOf({ changes, events: ticket.events(), now, watermark, heardFrom: EVER })
  if (restatement === null && ticket.restatementId === null) return null
  return { ticket, changes, following, restatement, isArrival: ticket.isFirst && restatement?.isLate === true }
}

/** The same, without what lies before the first thing was heard of each province: that was never published. */
async function withinPublished(etx: EngineTx, found: readonly Restated[], watermark: number): Promise<Restated[]> {
  const provinces = [...new Set(found.flatMap(({ ticket, restatement }) => (restatement === null ? [] : [ticket.provinceCode])))]
  const first = await loadFirstReceptions(etx.tx, provinces)
  return found.map((one) => {
    if (one.restatement === null) return one
    const { provinceCode, events } = one.ticket
    const heardFrom = first.get(provinceCode) ?? etx.now
    return { ...one, restatement: restatementOf({ changes: one.changes, events: events(), now: etx.now, watermark, heardFrom }) }
  })
}

type Cause = Pick<RestatementLine, 'cause' | 'causeEventId' | 'causeType' | 'causeAt'>
const causeOf = ({ cause, event }: Restatement): Cause => ({
  cause,
  causeEventId: event?.eventId ?? null,
  causeType: event?.type ?? null,
  causeAt: event?.occurredAt ?? null,
})

/** Of two causes the later one by its own time: the same one in whatever order they came. */
function laterCause(held: Cause, restatement: Restatement | null): Cause {
  if (restatement === null) return held
  const cause = causeOf(restatement)
  const order = (cause.causeAt ?? 0) - (held.causeAt ?? 0) || ((cause.causeEventId ?? '') > (held.causeEventId ?? '') ? 1 : -1)
  return order > 0 ? cause : held
}

const repeated = ({ fact, times }: Change): Fact[] => Array.from({ length: Math.abs(times) }, () => fact)

function lineOf({ engine: { tree, zone } }: EngineTx, changes: readonly Change[], cause: Cause): RestatementLine {
  const [lost, gained] = [changes.filter(({ times }) => times < 0), changes.filter(({ times }) => times > 0)]
  const firstDay = (side: readonly Change[]) => (side.length === 0 ? null : localDate(Math.min(...side.map(({ fact }) => fact.at)), zone))
  return {
    regionPath: changes.length === 0 ? tree.root.path : commonPath(changes.map(({ fact }) => tree.get(fact.regionCode)?.path ?? tree.root.path)),
    kind: (gained[0] ?? lost[0])?.fact.kind ?? '',
    bases: [...new Set(changes.map(({ fact }) => fact.base))].sort().join(','),
    dayFrom: firstDay(lost),
    dayTo: firstDay(gained),
    ...cause,
    lost: writeFacts(lost.flatMap(repeated)),
    gained: writeFacts(gained.flatMap(repeated)),
  }
}

async function addSums({ engine: { tree, zone }, tx }: EngineTx, changesOf: ReadonlyMap<string, readonly Change[]>): Promise<void> {
  const sums = [...changesOf].flatMap(([id, changes]) => restatedSums(changes, tree, zone).map((sum) => ({ id, ...sum })))
  await addRestatementSums(tx, sums)
}

/** New lines: one for each ticket, and one for each province and day of acceptance of those that arrived late as a whole. */
async function open(etx: EngineTx, restated: readonly (Restated & { readonly restatement: Restatement })[]): Promise<void> {
  const { tree, zone } = etx.engine
  const arrivals = new Map<string, Arrivals & { ticketKeys: string[]; changes: Change[] }>()
  const own: (typeof restated)[number][] = []
  for (const one of restated) {
    const acceptance = one.restatement.changes.find(({ fact }) => fact.base === 'ACC')
    const { ticketKey, provinceCode } = one.ticket
    if (!one.isArrival || acceptance === undefined) {
      own.push(one)
      continue
    }
    const day = localDate(acceptance.fact.at, zone)
    const key = `${provinceCode} ${day}`
    const held = arrivals.get(key) ?? { provinceCode, regionPath: tree.get(provinceCode)?.path ?? tree.root.path, day, ticketKeys: [], changes: [] }
    held.ticketKeys.push(ticketKey)
    held.changes.push(...one.restatement.changes)
    arrivals.set(key, held)
  }
  const lines = own.map(({ ticket: { ticketKey, provinceCode }, restatement }) => ({
    ticketKey,
    provinceCode,
    ...lineOf(etx, restatement.changes, causeOf(restatement)),
  }))
  const ids = await insertTicketRestatements(etx.tx, lines, etx.now)
  const places = await joinArrivals(etx.tx, [...arrivals.values()], etx.now)
  const changesOf = new Map<string, readonly Change[]>()
  for (const { ticket, restatement } of own) changesOf.set(ids.get(ticket.ticketKey) as string, restatement.changes)
  for (const [place, { changes }] of arrivals) changesOf.set(places.get(place) as string, changes)
  await addSums(etx, changesOf)
  const joinedTickets = [...arrivals].flatMap(([place, { ticketKeys }]) => ticketKeys.map((ticketKey) => ({ ticketKey, id: places.get(place) as string })))
  await linkRestatements(etx.tx, [...[...ids].map(([ticketKey, id]) => ({ ticketKey, id })), ...joinedTickets])
}

/** A standing line of one ticket, brought up to what the ticket is now; withdrawn where nothing is left of it. */
async function rewrite(etx: EngineTx, line: StandingRestatement, { following, restatement }: Restated): Promise<void> {
  const cause = laterCause(line, restatement)
  const net = withoutEqual(
    [...readFacts(line.lost ?? '[]'), ...following.filter(({ times }) => times < 0).flatMap(repeated)],
    [...readFacts(line.gained ?? '[]'), ...following.filter(({ times }) => times > 0).flatMap(repeated)],
  )
  const changes = isStillRestated(net, cause.cause) ? net : []
  const state = changes.length === 0 ? 'withdrawn' : restatement === null ? line.state : 'waiting'
  await rewriteRestatement(etx.tx, line.id, lineOf(etx, changes, cause), { state, now: etx.now })
  await addSums(etx, new Map([[line.id, changes]]))
}

/** Changes of tickets that have a line: those of a standing one follow it; gives the others back. */
async function follow(etx: EngineTx, restated: readonly Restated[]): Promise<Restated[]> {
  const ids = [...new Set(restated.map(({ ticket }) => ticket.restatementId as string))]
  if (ids.length === 0) return []
  const lines = new Map((await lockRestatements(etx.tx, ids)).map((line) => [line.id, line]))
  const left: Restated[] = []
  const summed = new Map<string, Change[]>()
  for (const one of restated) {
    const line = lines.get(one.ticket.restatementId as string)
    if (line === undefined || line.state === 'confirmed' || line.state === 'withdrawn') left.push(one)
    else if (line.ticketKey !== null) await rewrite(etx, line, one)
    else summed.set(line.id, [...(summed.get(line.id) ?? []), ...one.following])
  }
  if (summed.size > 0) {
    await addSums(etx, summed)
    await withdrawEmpty(etx.tx, [...summed.keys()], etx.now)
  }
  return left
}

/**
 * Logs what of these tickets restates the past, in this transaction, after their rows are written (domain.md 3.8). While a line stands, every later change of
 * the ticket's old facts goes to it, so that what is published of the ticket stays exactly as it was until a data steward decides. Where nothing is restated
 * this asks the database nothing.
 */
export async function noteRestatements(etx: EngineTx, tickets: readonly ChangedTicket[]): Promise<void> {
  const watermark = etx.settings.restatement.body.watermarkHours * HOUR
  const found = tickets.map((ticket) => judge(ticket, etx.now, watermark)).filter((one) => one !== null)
  if (found.length === 0) return
  const published = await withinPublished(etx, found, watermark)
  const left = await follow(
    etx,
    published.filter(({ ticket }) => ticket.restatementId !== null),
  )
  const fresh = [...left, ...published.filter(({ ticket }) => ticket.restatementId === null)]
  const restated = fresh.flatMap((one) => (one.restatement === null ? [] : [{ ...one, restatement: one.restatement }]))
  if (restated.length > 0) await open(etx, restated)
}
