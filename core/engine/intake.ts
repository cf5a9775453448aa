import type { EventEnvelope, IntakeAnswer, ItemOutcome } from '../contract/events.ts'
import { subjectKeyOf } from '../domain/notice/notice.ts'
import { judgeCodes } from '../domain/dictionary/map-codes.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import { NOTICE_RANK, type NoticeType } from '../domain/vocabulary.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import { type EventIdentity, insertEvents, loadEventOwners } from '../store/event-store.ts'
import { insertQuarantined } from '../store/quarantine-store.ts'
import { loadFrozenTickets } from '../store/ticket-store.ts'
import type { Engine } from './context.ts'
import { type CodeBook, codeBook } from './code-book.ts'
import { checkItem, type IntakeRules } from './intake-check.ts'
import { mappedItem } from './intake-codes.ts'
import type { Refusal } from './intake-hygiene.ts'
import { withRegion } from './intake-payload.ts'
import { keepItem, maskEnvelope, protectedPayload, withAgent } from './intake-protect.ts'
import { countDuplicate, countRefused, countStored, type JudgedRow } from './quality-intake.ts'
import { QualitySums } from './quality-sums.ts'

/** What a transaction is about to commit: from then on until its answer comes, nobody knows whether it has. */
export interface Unconfirmed {
  readonly tx: Tx
  readonly fresh: readonly EventIdentity[]
  readonly outcomes: readonly ItemOutcome[]
}

/** Who sends, as of when. */
export interface IntakeContext {
  /** Shown on quarantined items: `api:<key name>`, `file:<name>`, `replay`. */
  readonly source: string
  /** What the sender may speak for. */
  readonly scope: Scope
  readonly now: Instant
  /** When the items were received, where that is not `now`. */
  readonly receivedAt?: Instant
  /** Told of each transaction as its last step. */
  readonly beforeCommit?: (unconfirmed: Unconfirmed) => Promise<void>
}

/** Items of one transaction; larger batches are cut. */
export const BATCH_LIMIT = 5_000

interface Accepted extends JudgedRow {
  readonly index: number
}
interface Refused {
  readonly index: number
  readonly item: unknown
  readonly refusal: Refusal
}
interface Sorted {
  readonly accepted: Accepted[]
  readonly refused: Refused[]
}

const UNEXPECTED: Refusal = {
  code: 'unreadable_item',
  field: '*',
  expected: '事件信封 / an event envelope',
  mend: '对照 /api/docs 更正后重发 / mend it by /api/docs and send again',
}

/** Under what an event is folded: its ticket, or the subject that a notice speaks of. */
function keyOf(envelope: EventEnvelope): string {
  const { event_type, event_id: eventId, source_system: sourceSystem, province_code: provinceCode, ticket_id, payload = {} } = envelope
  if (!NOTICE_RANK.has(event_type)) return `${provinceCode}:${sourceSystem}:${ticket_id}`
  return subjectKeyOf({ type: event_type as NoticeType, provinceCode, sourceSystem, eventId, payload })
}

/** The payload; of a notice, with the ticket that its envelope names beside the subject (a call about a ticket). */
function withTicket({ event_type, ticket_id, payload = {} }: EventEnvelope): Readonly<Record<string, unknown>> {
  const isBeside = NOTICE_RANK.has(event_type) && ticket_id != null && payload['ticket_id'] == null
  return isBeside ? { ...payload, ticket_id } : payload
}

function rowOf(engine: Engine, envelope: EventEnvelope, occurredAt: Instant, context: IntakeContext, book: CodeBook): JudgedRow {
  const { source_system: sourceSystem, province_code: provinceCode, event_type: eventType } = envelope
  const masked = protectedPayload(engine.hashKeys, provinceCode, withAgent(envelope, withTicket(envelope)), eventType)
  const placePath = engine.tree.get(provinceCode)?.path ?? ''
  const { payload: judged, ...codes } = judgeCodes(masked, book.dictionary, { sourceSystem, type: eventType, placePath, occurredAt })
  const payload = eventType === 'created' ? withRegion(judged, engine.tree) : judged
  const row = {
    occurredAt,
    receivedAt: context.receivedAt ?? context.now,
    sourceSystem,
    eventId: envelope.event_id,
    ticketKey: keyOf(envelope),
    provinceCode,
    eventType,
    sourceSeq: envelope.source_seq ?? null,
    ...maskEnvelope(envelope),
    correctsEventId: envelope.corrects_event_id ?? null,
    schemaVersion: envelope.schema_version ?? 1,
    payload: JSON.stringify(payload),
  }
  return { row, payload, codes }
}

/** Sorts a batch into what can be stored, mapped and masked, and what cannot. */
export function sortItems(engine: Engine, items: readonly unknown[], from: number, context: IntakeContext, book: CodeBook): Sorted {
  const rules: IntakeRules = { tree: engine.tree, zone: engine.zone, scope: context.scope, now: context.now }
  const sorted: Sorted = { accepted: [], refused: [] }
  items.forEach((item, offset) => {
    const index = from + offset
    try {
      const checked = checkItem(mappedItem(engine.tree, item, book), rules)
      if (checked.ok) sorted.accepted.push({ index, ...rowOf(engine, checked.envelope, checked.occurredAt, context, book) })
      else sorted.refused.push({ index, item, refusal: checked.refusal })
    } catch {
      // Whatever an item is made of, it costs itself only. The error's text may quote it, so it is not kept.
      sorted.refused.push({ index, item, refusal: UNEXPECTED })
    }
  })
  return sorted
}

const identityOf = (row: { sourceSystem: string; eventId: string }) => `${row.sourceSystem}\u001f${row.eventId}`
const byIdentity = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : a > b ? 1 : 0)

/** Why an id that an event of another province bears is no duplicate. */
export const TAKEN: Refusal = {
  code: 'event_id_taken',
  field: 'event_id',
  expected: '在 source_system 内永远唯一的标识 / an id unique for ever within source_system',
  mend: '该标识已属于另一省的事件；请为 event_id 加省前缀 / the id belongs to an event of another province; prefix event_id with the province',
}

/** Why an event of a ticket is refused whose history has been deleted by then (domain.md 8.3): folded with what is left it would be another ticket. */
export const FROZEN: Refusal = {
  code: 'ticket_frozen',
  field: 'ticket_id',
  expected: '保存期内的工单 / a ticket within its keeping time',
  mend: '该工单的正文或事件已按保存期限删除，计数不再改变；请作为新工单受理 / its text or events were deleted after their keeping time and its counts stand; open a new ticket',
}

/** What became of items at the store: new, of another province, of a frozen ticket; the others were known. By index. */
export interface StoredItems {
  readonly fresh: ReadonlySet<number>
  readonly taken: ReadonlySet<number>
  readonly frozen: ReadonlySet<number>
}

/** Stores what is new and belongs to no frozen ticket; says of each item what became of it. */
export async function storeRows(tx: Tx, accepted: readonly Accepted[]): Promise<StoredItems> {
  const firsts = new Map<string, Accepted>()
  for (const item of accepted) if (!firsts.has(identityOf(item.row))) firsts.set(identityOf(item.row), item)
  const closed = await loadFrozenTickets(tx, [...new Set(accepted.map(({ row }) => row.ticketKey))])
  const rows = [...firsts].sort(byIdentity).flatMap(([, { row }]) => (closed.has(row.ticketKey) ? [] : [row]))
  const stored = new Set((await insertEvents(tx, rows)).map(identityOf))
  const fresh = new Set<number>()
  for (const [identity, { index }] of firsts) if (stored.has(identity)) fresh.add(index)
  const repeated = accepted.filter(({ index }) => !fresh.has(index))
  const ids = [...new Map(repeated.map(({ row }) => [identityOf(row), row])).values()]
  const owners = new Map((await loadEventOwners(tx, ids)).map((owner) => [identityOf(owner), owner.provinceCode]))
  const taken = new Set<number>()
  const frozen = new Set<number>()
  for (const { index, row } of repeated) {
    const identity = identityOf(row)
    if ((owners.get(identity) ?? row.provinceCode) !== row.provinceCode) taken.add(index)
    else if (closed.has(row.ticketKey) && !owners.has(identity)) frozen.add(index)
  }
  return { fresh, taken, frozen }
}

/** Keeps refused items in quarantine, masked, and counts them; returns what the sender is told about each. */
async function quarantine(tx: Tx, engine: Engine, refused: readonly Refused[], context: IntakeContext, sums: QualitySums): Promise<ItemOutcome[]> {
  const kept = refused.map(({ item, refusal }) => ({ ...keepItem(engine, item, context), ...refusal }))
  const ids = await insertQuarantined(
    tx,
    kept.map(({ eventId: _, ...entry }) => ({ ...entry, source: context.source })),
    context.now,
  )
  kept.forEach(({ regionPath, code, field }, place) => {
    countRefused(engine, sums, { id: ids[place] as string, regionPath, code, field, receivedAt: context.now })
  })
  return refused.map(({ index, refusal }, place) => ({
    index,
    event_id: kept[place]?.eventId ?? null,
    outcome: 'refused',
    ...refusal,
    quarantine_id: ids[place] as string,
  }))
}

/** Outcomes with their sums. */
export function answerOf(items: ItemOutcome[]): IntakeAnswer {
  const count = (outcome: ItemOutcome['outcome']) => items.filter((item) => item.outcome === outcome).length
  return { accepted: count('accepted'), duplicate: count('duplicate'), refused: count('refused'), items }
}

async function acceptBatch(engine: Engine, items: readonly unknown[], from: number, context: IntakeContext): Promise<ItemOutcome[]> {
  const { accepted, refused } = sortItems(engine, items, from, context, await codeBook(engine, context.now))
  return inTransaction(engine.pool, async (tx) => {
    const sums = new QualitySums()
    const { fresh, taken, frozen } = await storeRows(tx, accepted)
    const late = accepted.flatMap(({ index }) => {
      const refusal = taken.has(index) ? TAKEN : frozen.has(index) ? FROZEN : null
      return refusal === null ? [] : [{ index, item: items[index - from], refusal }]
    })
    const told = await quarantine(tx, engine, [...refused, ...late], context, sums)
    for (const { index, row } of accepted) {
      if (taken.has(index) || frozen.has(index)) continue
      if (!fresh.has(index)) countDuplicate(engine, sums, row)
      told.push({ index, event_id: row.eventId, outcome: fresh.has(index) ? 'accepted' : 'duplicate' })
    }
    const stored = accepted.filter(({ index }) => fresh.has(index))
    await countStored(tx, engine, sums, stored)
    await sums.write(tx, context.now)
    told.sort((a, b) => a.index - b.index)
    await context.beforeCommit?.({ tx, fresh: stored.map(({ row }) => row), outcomes: told })
    return told
  })
}

/**
 * Takes a batch in, item by item (design.md section 7): what is new is stored with its place in the line for folding, what is known is a
 * duplicate, what cannot be taken is kept in quarantine. When this resolves everything it says is durable. Items are masked and hashed
 * before anything is stored (domain.md 8.4). Never throws for what the items contain; throws when the database does.
 */
export async function acceptEvents(engine: Engine, items: readonly unknown[], context: IntakeContext): Promise<IntakeAnswer> {
  const outcomes: ItemOutcome[] = []
  for (let from = 0; from < items.length; from += BATCH_LIMIT) {
    outcomes.push(...(await acceptBatch(engine, items.slice(from, from + BATCH_LIMIT), from, context)))
  }
  const told = answerOf(outcomes)
  if (told.accepted > 0) engine.ring('ingest')
  return told
}
