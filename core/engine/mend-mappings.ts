import { codedFields, judgeCodes, mapCodes } from '../domain/dictionary/map-codes.ts'
import { compareEvents } from '../domain/ticket/history.ts'
import type { TicketEvent } from '../domain/ticket/ticket.ts'
import type { Scope } from '../domain/region.ts'
import { type Instant, SECOND } from '../domain/time.ts'
import { EVENT_TYPES } from '../domain/vocabulary.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import { type EventRow, insertEvents, loadWholeHistories } from '../store/event-store.ts'
import { advanceMapping, lockUnfinishedMapping, type MappingRow, takeUnmapped, type UnmappedEvent } from '../store/mapping-store.ts'
import { findQuarantinedCode } from '../store/quarantine-store.ts'
import { type CodeBook, codeBookOf, forgetMappings } from './code-book.ts'
import type { Engine } from './context.ts'
import { replayEntries } from './intake-replay.ts'
import { countMended, isStillUnmapped } from './quality-intake.ts'
import { QualitySums } from './quality-sums.ts'

/** Items and events of one transaction; whoever folds one of these tickets waits for the commit. */
const STEP = 300

/** Other processes may read codes by the table of a moment ago; what they let in meanwhile is looked for until then. */
const AFTERGLOW = 10 * SECOND

/** Names the events that the engine makes to bring stored ones into our codes. */
const MADE = 'mapping:'

/** What stands in an event's place now: itself, or the last of the engine's own corrections; null where the source has corrected it since. */
function standingFor(event: TicketEvent, history: readonly TicketEvent[]): TicketEvent | null {
  for (let standing = event; ; ) {
    const corrections = history.filter((other) => other.correctsEventId === standing.eventId && other.sourceSystem === standing.sourceSystem)
    if (corrections.some(({ eventId }) => !eventId.startsWith(MADE))) return null
    const next = corrections.sort(compareEvents).at(-1)
    if (next === undefined) return standing
    standing = next
  }
}

/**
 * The event that puts our codes into a stored one's place: the same event in every other respect, by whoever did it, when it happened, so
 * that the history says what changed and why and the fold stays what it is. Null where there is nothing to change.
 */
function correctionOf(engine: Engine, mapping: MappingRow, standing: TicketEvent, book: CodeBook): EventRow | null {
  const { sourceSystem, type, occurredAt, provinceCode } = standing
  const context = { sourceSystem, type, occurredAt, placePath: engine.tree.get(provinceCode)?.path ?? '' }
  // Also where the code stays: the dictionary may have learnt it, and its mapping onto itself says so.
  const { payload, unknown } = judgeCodes(mapCodes(standing.payload, book.mappings, context), book.dictionary, context)
  if (unknown.some(({ field, sourceCode }) => field === mapping.field && sourceCode === mapping.sourceCode)) return null
  return {
    ...standing,
    eventId: `${MADE}${mapping.id}:${standing.eventId}`,
    eventType: type,
    correctsEventId: standing.eventId,
    schemaVersion: 1,
    payload: JSON.stringify({ ...payload, mapping_id: mapping.id }),
  }
}

async function mendStored(tx: Tx, engine: Engine, mapping: MappingRow, now: Instant, book: CodeBook): Promise<number> {
  const taken = await takeUnmapped(tx, mapping, STEP)
  if (taken.length === 0) return 0
  const histories = new Map<string, TicketEvent[]>(taken.map(({ ticketKey }) => [ticketKey, []]))
  for (const event of await loadWholeHistories(tx, [...histories.keys()])) histories.get(event.ticketKey)?.push(event)
  const rows: EventRow[] = []
  const sums = new QualitySums()
  for (const one of taken) {
    countMended(engine, sums, one)
    const made = correctionFor(engine, mapping, one, histories.get(one.ticketKey) ?? [], book)
    if (made !== null) rows.push(made)
  }
  const bySource = (a: EventRow, b: EventRow) =>
    a.sourceSystem < b.sourceSystem ? -1 : a.sourceSystem > b.sourceSystem ? 1 : a.eventId < b.eventId ? -1 : 1
  await insertEvents(tx, [...new Map(rows.map((row) => [row.eventId, row])).values()].sort(bySource))
  await sums.write(tx, now)
  return taken.length
}

function correctionFor(engine: Engine, mapping: MappingRow, one: UnmappedEvent, history: readonly TicketEvent[], book: CodeBook): EventRow | null {
  const event = history.find(({ eventId, sourceSystem }) => eventId === one.eventId && sourceSystem === one.sourceSystem)
  const standing = event === undefined ? null : standingFor(event, history)
  if (standing === null || !isStillUnmapped(standing.type, standing.payload, one.field, one.sourceCode)) return null
  return correctionOf(engine, mapping, standing, book)
}

/** Every payload key that can hold a code of this field. */
function keysOf({ field }: MappingRow): string[] {
  const keys = EVENT_TYPES.flatMap((type) => codedFields(type, type === 'corrected' ? { field: field === 'region' ? 'region' : field } : {}))
  return [...new Set(keys.filter((coded) => coded.field === field).map(({ key }) => key))]
}

/** How one step of a mapping's re-reading went. */
export interface MendStep {
  readonly mappingId: string
  /** Nothing more is to be found just now. */
  readonly isThrough: boolean
}

/**
 * Takes one step of the oldest unfinished mapping (or of the one named): refused items that hold its code are replayed, stored events are
 * corrected by an event of the engine's own. Each step is a transaction of its own, so that a large mend makes way and survives a crash; doing
 * it again changes nothing. Null when nothing is left to do, or others are at it.
 */
export async function mendStep(engine: Engine, now: Instant, mappingId: string | null = null): Promise<MendStep | null> {
  const step = await inTransaction(engine.pool, async (tx) => {
    const mapping = await lockUnfinishedMapping(tx, mappingId)
    if (mapping === null) return null
    const book = await codeBookOf(engine, tx, now)
    const scope = { regionCode: mapping.regionCode, path: mapping.regionPath } as Scope
    const found = await findQuarantinedCode(tx, scope, { ...mapping, keys: keysOf(mapping) }, mapping.quarantineAfter, STEP)
    const outcomes = await replayEntries(tx, engine, found, { scope, now, by: mapping.createdBy }, book)
    const replayed = [...outcomes.values()].filter(({ outcome }) => outcome !== 'refused').length
    const corrected = mapping.field === 'region' ? 0 : await mendStored(tx, engine, mapping, now, book)
    const isThrough = found.length < STEP && corrected < STEP
    await advanceMapping(tx, mapping.id, {
      quarantineAfter: found.at(-1) ?? mapping.quarantineAfter,
      replayed,
      stillRefused: outcomes.size - replayed,
      corrected,
      finishedAt: isThrough && now - mapping.createdAt >= AFTERGLOW ? now : null,
    })
    return { mappingId: mapping.id, isThrough }
  })
  if (step !== null) {
    forgetMappings(engine)
    engine.ring('ingest')
  }
  return step
}

/** Takes up to `most` steps, for a sweep or for a first answer to whoever has just added a mapping; a mapping that waits for its end ends the round. */
export async function mendMappings(engine: Engine, now: Instant, choice: { readonly mappingId?: string; readonly most: number }): Promise<void> {
  let before: string | null = null
  for (let steps = 0; steps < choice.most; steps += 1) {
    const step = await mendStep(engine, now, choice.mappingId ?? null)
    if (step === null || (step.isThrough && step.mappingId === before)) return
    before = step.isThrough ? step.mappingId : null
  }
}
