import type { IntakeAnswer, ItemOutcome } from '../contract/events.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import { requeueTicket } from '../store/event-store.ts'
import { lockQuarantined, type QuarantineRow, resolveQuarantined, updateRefusal } from '../store/quarantine-store.ts'
import type { Engine } from './context.ts'
import { type CodeBook, codeBook } from './code-book.ts'
import { answerOf, FROZEN, sortItems, storeRows, TAKEN } from './intake.ts'
import type { Refusal } from './intake-hygiene.ts'
import { CUT_MARK } from './intake-protect.ts'
import { FOLD_FAILED } from './put-aside.ts'
import { countRefused, countStored } from './quality-intake.ts'
import { QualitySums } from './quality-sums.ts'

/** Who replays, as of when, and what he may speak for. */
export interface ReplayContext {
  readonly scope: Scope
  readonly now: Instant
  /** Kept on the entries that it closes. */
  readonly by: string
}

const GONE: Refusal = {
  code: 'not_found',
  field: 'id',
  expected: '范围内未处理的隔离条目 / an open entry within your scope',
  mend: '刷新列表 / refresh the list',
}
const CUT: Refusal = {
  code: 'not_kept_whole',
  field: '*',
  expected: '完整保存的条目 / an entry that was kept whole',
  mend: '由源系统更正后重发 / let the source mend it and send it again',
}

type Outcome = Omit<ItemOutcome, 'index' | 'quarantine_id'>

interface Replay extends ReplayContext {
  readonly book: CodeBook
  readonly sums: QualitySums
}

async function replayOne(tx: Tx, engine: Engine, entry: QuarantineRow, { scope, now, book, sums }: Replay): Promise<Outcome> {
  const item = (typeof entry.item === 'object' && entry.item !== null ? entry.item : {}) as Readonly<Record<string, unknown>>
  const eventId = typeof item['event_id'] === 'string' ? item['event_id'] : null
  if (entry.code === FOLD_FAILED) {
    await requeueTicket(tx, String(item['ticket_key']))
    return { event_id: null, outcome: 'accepted' }
  }
  if (CUT_MARK in item) return { event_id: eventId, outcome: 'refused', ...CUT }
  const { accepted, refused } = sortItems(engine, [entry.item], 0, { source: entry.source, scope, now, receivedAt: entry.receivedAt }, book)
  const { fresh, taken, frozen } = await storeRows(tx, accepted)
  const refusal = refused[0]?.refusal ?? (taken.size > 0 ? TAKEN : frozen.size > 0 ? FROZEN : null)
  countRefused(engine, sums, entry, -1)
  if (refusal === null) {
    if (fresh.size > 0) await countStored(tx, engine, sums, accepted)
    return { event_id: eventId, outcome: fresh.size > 0 ? 'accepted' : 'duplicate' }
  }
  countRefused(engine, sums, { ...entry, ...refusal })
  await updateRefusal(tx, entry.id, refusal)
  return { event_id: eventId, outcome: 'refused', ...refusal }
}

/** Replays these entries inside a transaction; what becomes of each, by id. The caller rings for ingest when any was accepted. */
export async function replayEntries(
  tx: Tx,
  engine: Engine,
  ids: readonly string[],
  context: ReplayContext,
  book: CodeBook,
): Promise<Map<string, Outcome>> {
  const done = new Map<string, Outcome>()
  const sums = new QualitySums()
  for (const entry of await lockQuarantined(tx, context.scope, ids)) {
    done.set(entry.id, await replayOne(tx, engine, entry, { ...context, book, sums }))
  }
  await sums.write(tx, context.now)
  const closed = [...done].filter(([, { outcome }]) => outcome !== 'refused').map(([id]) => id)
  await resolveQuarantined(tx, closed, 'replayed', context.now, context.by)
  return done
}

/**
 * Tries quarantined items of the scope again by the present rules, in one transaction, and says what became of each, in the order asked.
 * What went in (or was known) is closed; what is still refused stays, with the present reason. Items were masked when they were refused,
 * and masking them again changes nothing.
 */
export async function replayQuarantine(engine: Engine, ids: readonly string[], context: ReplayContext): Promise<IntakeAnswer> {
  const valid = [...new Set(ids.filter((id) => /^\d{1,18}$/.test(id)))]
  const book = await codeBook(engine, context.now)
  const outcomes = await inTransaction(engine.pool, (tx) => replayEntries(tx, engine, valid, context, book))
  const gone: Outcome = { event_id: null, outcome: 'refused', ...GONE }
  const answer = answerOf(ids.map((id, index) => ({ index, ...(outcomes.get(id) ?? gone), quarantine_id: id })))
  if (answer.accepted > 0) engine.ring('ingest')
  return answer
}
