import { type Notice, kindOfKey, NOTICE_KINDS } from '../domain/notice/notice.ts'
import { identityOf } from '../domain/notice/standing.ts'
import type { TicketEvent } from '../domain/ticket/ticket.ts'
import type { NoticeType } from '../domain/vocabulary.ts'
import { loadEventsOfTickets } from '../store/event-store.ts'
import { findNotices, giveLocksBack, holdLocksFrom, loadCorrectingSubjects, lockSubjects, type SubjectMemory } from '../store/notice-store.ts'
import type { EngineTx } from './context.ts'
import { bySpan, type Stretch, widen } from './load-histories.ts'

/** Subjects with all that their folding needs: rows locked, notices read, corrections that cross from one to another followed. */
export interface GatheredNotices {
  readonly memories: ReadonlyMap<string, SubjectMemory>
  readonly stretches: ReadonlyMap<string, Stretch>
  readonly notices: readonly Notice[]
}

/** A stored event of a subject as a notice. */
export const noticeOf = (event: TicketEvent): Notice => ({ ...event, type: event.type as string as NoticeType, subjectKey: event.ticketKey })

const holds = (outer: Stretch | undefined, inner: Stretch): boolean => outer !== undefined && outer.from <= inner.from && outer.to >= inner.to

class Gathering implements GatheredNotices {
  readonly memories = new Map<string, SubjectMemory>()
  readonly stretches = new Map<string, Stretch>()
  readonly #etx: EngineTx
  readonly #looked = new Set<string>()
  readonly #notices = new Map<string, Notice>()

  constructor(etx: EngineTx) {
    this.#etx = etx
  }

  get notices(): readonly Notice[] {
    return [...this.#notices.values()]
  }

  /** Locks what is new and reads it; returns the notices that were not known before. */
  async take(asked: ReadonlyMap<string, Stretch | null>): Promise<Notice[]> {
    await this.#lock([...asked.keys()].filter((key) => !this.#looked.has(key)))
    const wanted = new Map<string, Stretch>()
    for (const [key, given] of asked) {
      const memory = this.memories.get(key)
      const known = this.stretches.get(key) ?? (memory === undefined ? null : { from: memory.firstEventAt, to: memory.lastEventAt })
      const stretch = widen(known, given)
      if (stretch === null) continue
      this.stretches.set(key, stretch)
      wanted.set(key, stretch)
    }
    const fresh: Notice[] = []
    for (const { keys, stretch } of bySpan(wanted)) {
      for (const event of await loadEventsOfTickets(this.#etx.tx, keys, stretch.from, stretch.to)) {
        const identity = identityOf(event.sourceSystem, event.eventId)
        if (this.#notices.has(identity)) continue
        const notice = noticeOf(event)
        this.#notices.set(identity, notice)
        fresh.push(notice)
      }
    }
    return fresh
  }

  async #lock(keys: readonly string[]): Promise<void> {
    for (const kind of NOTICE_KINDS) {
      const own = keys.filter((key) => kindOfKey(key) === kind).sort()
      for (const memory of await lockSubjects(this.#etx.tx, kind, own)) this.memories.set(memory.subjectKey, memory)
    }
    for (const key of keys) this.#looked.add(key)
  }

  /** What these notices correct, and what corrects them, where it lies outside of what is held. */
  async related(notices: readonly Notice[]): Promise<Map<string, Stretch | null>> {
    const asked = new Map<string, Stretch | null>()
    const wanted = notices.flatMap(({ sourceSystem, correctsEventId: eventId }) =>
      eventId === null || this.#notices.has(identityOf(sourceSystem, eventId)) ? [] : [{ sourceSystem, eventId }],
    )
    for (const { subjectKey, occurredAt } of await findNotices(this.#etx.tx, wanted)) {
      const found = { from: occurredAt, to: occurredAt }
      if (!holds(this.stretches.get(subjectKey), found)) asked.set(subjectKey, widen(asked.get(subjectKey) ?? null, found))
    }
    for (const key of await loadCorrectingSubjects(this.#etx.tx, notices)) if (!this.#looked.has(key) && !asked.has(key)) asked.set(key, null)
    return asked
  }
}

/** Both, each subject's stretch as wide as either. */
function union(a: ReadonlyMap<string, Stretch | null>, b: ReadonlyMap<string, Stretch | null>): Map<string, Stretch | null> {
  const all = new Map(a)
  for (const [key, stretch] of b) all.set(key, widen(all.get(key) ?? null, stretch))
  return all
}

/** Follows corrections as far as the subjects asked for go; or says which others they lead to, which have to be locked with these in one go. */
async function gather(etx: EngineTx, subjects: ReadonlyMap<string, Stretch | null>): Promise<Gathering | ReadonlyMap<string, Stretch | null>> {
  const gathering = new Gathering(etx)
  for (let asked = subjects; asked.size > 0; ) {
    asked = await gathering.related(await gathering.take(asked))
    if ([...asked.keys()].some((key) => !subjects.has(key))) return asked
  }
  return gathering
}

/**
 * Locks the rows of these subjects and reads their notices, and those of every subject that a correction ties to one of them. The lock comes
 * before the reading, so that of two workers the second sees what the first saw. Where a correction leads to further subjects the locks are given back and
 * taken anew for all of them in one order: two workers that held what the other still needs would wait for each other.
 */
export async function gatherNotices(etx: EngineTx, found: ReadonlyMap<string, Stretch>): Promise<GatheredNotices> {
  for (let subjects: ReadonlyMap<string, Stretch | null> = found; ; ) {
    await holdLocksFrom(etx.tx)
    const gathered = await gather(etx, subjects)
    if (gathered instanceof Gathering) return gathered
    await giveLocksBack(etx.tx)
    subjects = union(subjects, gathered)
  }
}
