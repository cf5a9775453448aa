import type { Fact } from '../core/domain/count/fact.ts'
import { isRepeated, REPEAT_WINDOW } from '../core/domain/notice/call.ts'
import { kindOfKey, NOTICE_KINDS, type Notice, type NoticeKind } from '../core/domain/notice/notice.ts'
import { identityOf, standingNotices } from '../core/domain/notice/standing.ts'
import type { Instant } from '../core/domain/time.ts'
import type { Engine } from '../core/engine/context.ts'
import { readFacts } from '../core/engine/counted.ts'
import { bySubject } from '../core/engine/fold-notices.ts'
import { noticeOf } from '../core/engine/gather-notices.ts'
import { subjectRowOf } from '../core/engine/notice-duties.ts'
import type { Tx } from '../core/platform/database.ts'
import { enterCallers, loadCalls, setCallsRepeated, strikeCallers } from '../core/store/call-store.ts'
import { loadWaitingTickets, loadWholeHistories } from '../core/store/event-store.ts'
import {
  countWrongCallers,
  deleteSubjects,
  differingSubjects,
  loadCallsToJudge,
  loadCorrections,
  loadEventsFloor,
  loadForgottenSubjects,
  loadLostCorrections,
  loadStoredSubjects,
  mendCallers,
} from '../core/store/notice-recount-store.ts'
import { findNotices, insertCorrections, type NoticeCorrection, type SubjectMemory, updateSubjects } from '../core/store/notice-store.ts'
import type { SubjectRow, Subjects } from '../core/store/notice-tables.ts'

const PAGE = 1_000

/** What can be wrong with a subject, and what it should be; null: nothing tells of it. */
interface Stale<K extends NoticeKind = NoticeKind> {
  readonly kind: K
  readonly subjectKey: string
  readonly row: SubjectRow<Subjects[K]> | null
  readonly isRepeated: boolean
}

/** What a recount of the notices found. */
export interface NoticeRecount {
  readonly subjects: number
  readonly waiting: number
  /** Subjects whose stored row, or note of what it is counted as, is not what their notices tell. */
  readonly stale: readonly Stale[]
  readonly forgotten: readonly string[]
  readonly lostCorrections: readonly NoticeCorrection[]
  readonly wrongCallers: number
}

type StoredSubject = SubjectMemory & { readonly isVoid: boolean }

/** The notices of a page of subjects and of all that corrections tie to them. */
class Histories {
  readonly notices = new Map<string, Notice>()
  readonly #tied = new Map<string, Set<string>>()
  readonly #looked = new Set<string>()
  readonly #tx: Tx
  readonly #correcting: ReadonlyMap<string, readonly string[]>
  /** Subjects of corrections whose target is nowhere. */
  readonly orphans = new Set<string>()

  constructor(tx: Tx, correcting: ReadonlyMap<string, readonly string[]>) {
    this.#tx = tx
    this.#correcting = correcting
  }

  get subjects(): readonly string[] {
    return [...this.#looked]
  }

  async take(keys: readonly string[]): Promise<void> {
    for (let asked = keys.filter((key) => !this.#looked.has(key)); asked.length > 0; ) {
      for (const key of asked) this.#looked.add(key)
      const fresh = (await loadWholeHistories(this.#tx, asked)).map(noticeOf)
      for (const notice of fresh) this.notices.set(identityOf(notice.sourceSystem, notice.eventId), notice)
      asked = [...new Set([...(await this.#targetsOf(fresh)), ...this.#correctorsOf(fresh)])].filter((key) => !this.#looked.has(key))
    }
  }

  #tie(a: string, b: string): void {
    for (const [from, to] of [[a, b], [b, a]] as const) this.#tied.set(from, (this.#tied.get(from) ?? new Set()).add(to))
  }

  #correctorsOf(fresh: readonly Notice[]): string[] {
    return fresh.flatMap(({ sourceSystem, eventId, subjectKey }) => {
      const keys = this.#correcting.get(identityOf(sourceSystem, eventId)) ?? []
      for (const key of keys) this.#tie(subjectKey, key)
      return keys
    })
  }

  async #targetsOf(fresh: readonly Notice[]): Promise<string[]> {
    const corrections = fresh.flatMap(({ sourceSystem, correctsEventId, subjectKey }) => (correctsEventId === null ? [] : [{ sourceSystem, eventId: correctsEventId, subjectKey }]))
    const unknown = corrections.filter(({ sourceSystem, eventId }) => !this.notices.has(identityOf(sourceSystem, eventId)))
    const found: string[] = []
    for (const { subjectKey, ...target } of unknown) {
      const places = await findNotices(this.#tx, [target])
      if (places.length === 0) this.orphans.add(subjectKey)
      found.push(...places.map((place) => place.subjectKey))
    }
    return found
  }

  /** These and all that corrections tie to them. */
  around(keys: Iterable<string>): Set<string> {
    const all = new Set(keys)
    for (const key of all) for (const other of this.#tied.get(key) ?? []) all.add(other)
    return all
  }
}

interface Walk {
  readonly tx: Tx
  readonly engine: Engine
  readonly correcting: ReadonlyMap<string, readonly string[]>
  /** Before this notices may be gone. */
  readonly floor: Instant | null
  readonly add: (fact: Fact) => void
  readonly stale: Stale[]
  subjects: number
  waiting: number
}

const stretchOf = (notices: readonly Notice[]) => {
  const times = notices.map(({ occurredAt }) => occurredAt)
  return { from: Math.min(...times), to: Math.max(...times) }
}

/** Whether each call of these rows was followed by another of its caller, as the calls stand; what a follow-up in line will judge stays as it is. */
async function judgeCalls(tx: Tx, page: readonly StoredSubject[], rows: readonly SubjectRow<Subjects['call']>[]): Promise<ReadonlyMap<string, boolean>> {
  const toJudge = await loadCallsToJudge(tx, page.map(({ subjectKey }) => subjectKey), REPEAT_WINDOW)
  const judged = rows.filter(({ subjectKey, isVoid }) => !isVoid && !toJudge.has(subjectKey))
  const stretches = judged.flatMap(({ subject: { callerKeys, queueAt } }) => callerKeys.map((callerKey) => ({ callerKey, from: queueAt, to: queueAt + REPEAT_WINDOW })))
  const others = new Map<string, Awaited<ReturnType<typeof loadCalls>>>()
  for (const call of await loadCalls(tx, stretches)) for (const key of call.callerKeys) others.set(key, [...(others.get(key) ?? []), call])
  return new Map(judged.map(({ subjectKey, subject }) => [subjectKey, isRepeated(subject, subject.callerKeys.flatMap((key) => others.get(key) ?? []))]))
}

async function recountPage<K extends NoticeKind>(walk: Walk, kind: K, page: readonly StoredSubject[]): Promise<void> {
  const { tx, engine, floor } = walk
  const histories = new Histories(tx, walk.correcting)
  await histories.take(page.map(({ subjectKey }) => subjectKey))
  const waiting = histories.around(await loadWaitingTickets(tx, histories.subjects))
  const isPast = ({ subjectKey, firstEventAt }: StoredSubject) => floor !== null && (firstEventAt < floor || histories.orphans.has(subjectKey))
  const asStored = new Set([...waiting, ...histories.around(page.filter(isPast).map(({ subjectKey }) => subjectKey))])
  const [standing, own] = [standingNotices([...histories.notices.values()]), bySubject([...histories.notices.values()])]
  const told = page.filter(({ subjectKey }) => !asStored.has(subjectKey))
  const rowOf = ({ subjectKey, held }: StoredSubject, known = held) => {
    const notices = own.get(subjectKey)
    return notices === undefined ? null : subjectRowOf(kind, { subjectKey, own: notices, standing: standing.get(subjectKey), held: known, stretch: stretchOf(notices) }, engine.tree)
  }
  let rows = new Map(told.map((stored) => [stored.subjectKey, rowOf(stored)]))
  const repeated = kind === 'call' ? await judgeCalls(tx, told, [...rows.values()].filter((row) => row !== null) as SubjectRow<Subjects['call']>[]) : new Map<string, boolean>()
  if (repeated.size > 0) rows = new Map(told.map((stored) => [stored.subjectKey, rowOf(stored, String(repeated.get(stored.subjectKey) ?? stored.held === 'true'))]))
  const differing = new Set(await differingSubjects(tx, kind, [...rows.values()].filter((row) => row !== null)))
  walk.subjects += page.length
  for (const { subjectKey, counted, held } of page) {
    const row = rows.get(subjectKey)
    if (waiting.has(subjectKey)) walk.waiting += 1
    for (const fact of readFacts(row === undefined ? counted : (row?.counted ?? '[]'))) walk.add(fact)
    if (row === undefined) continue
    const isCalledAgain = repeated.get(subjectKey) ?? held === 'true'
    const isMisjudged = kind === 'call' && repeated.has(subjectKey) && String(isCalledAgain) !== held
    if (row === null || differing.has(subjectKey) || isMisjudged) walk.stale.push({ kind, subjectKey, row, isRepeated: isCalledAgain } as Stale)
  }
}

/**
 * Folds the subjects of all notices again, incidents, calls, bases, opinions, shifts and told settings, compares with what is stored, and hands what they
 * count as to `add`. What has notices in line, and what is older than the notices that are kept, counts as it is stored.
 */
export async function recountNotices(tx: Tx, engine: Engine, add: (fact: Fact) => void): Promise<NoticeRecount> {
  const correcting = new Map<string, string[]>()
  for (const { sourceSystem, eventId, subjectKey } of await loadCorrections(tx)) {
    const identity = identityOf(sourceSystem, eventId)
    correcting.set(identity, [...(correcting.get(identity) ?? []), subjectKey])
  }
  const walk: Walk = { tx, engine, correcting, floor: await loadEventsFloor(tx), add, stale: [], subjects: 0, waiting: 0 }
  for (const kind of NOTICE_KINDS) {
    for (let page = await loadStoredSubjects(tx, kind, '', PAGE); page.length > 0; page = await loadStoredSubjects(tx, kind, page.at(-1)?.subjectKey ?? '', PAGE)) {
      await recountPage(walk, kind, page)
    }
  }
  return {
    subjects: walk.subjects,
    waiting: walk.waiting,
    stale: walk.stale,
    forgotten: await loadForgottenSubjects(tx, 10 * PAGE),
    lostCorrections: await loadLostCorrections(tx),
    wrongCallers: await countWrongCallers(tx),
  }
}

/** Puts the rows right in this transaction; calls around what changed are judged again by their follow-ups. */
export async function repairNotices(tx: Tx, { stale, lostCorrections, wrongCallers }: NoticeRecount, now: Instant): Promise<void> {
  await insertCorrections(tx, lostCorrections)
  for (const kind of NOTICE_KINDS) {
    const own = stale.filter((one) => one.kind === kind && kindOfKey(one.subjectKey) === kind)
    const [told, untold] = [own.filter(({ row }) => row !== null), own.filter(({ row }) => row === null)]
    const keys = own.map(({ subjectKey }) => subjectKey)
    if (kind === 'call') await strikeCallers(tx, keys)
    await deleteSubjects(tx, kind, untold.map(({ subjectKey }) => subjectKey))
    await updateSubjects(tx, kind, told.map(({ row }) => row as SubjectRow<Subjects[typeof kind]>), now)
    if (kind !== 'call') continue
    await setCallsRepeated(tx, told.map(({ subjectKey, isRepeated: isCalledAgain, row }) => ({ subjectKey, isRepeated: isCalledAgain, counted: row?.counted ?? '[]' })))
    await enterCallers(tx, keys)
  }
  if (wrongCallers > 0) await mendCallers(tx)
}
