import { UNMAPPED, type DictionaryField } from '../domain/dictionary/dictionary.ts'
import { codedFields, type CodeJudgement, sourceKeyOf, UNMAPPED_FIELDS } from '../domain/dictionary/map-codes.ts'
import { isSubjectKey } from '../domain/notice/notice.ts'
import { EVENT_CHECKS } from '../domain/quality/catalogue.ts'
import { MANDATORY_FIELDS } from '../domain/quality/dq-01-mandatory.ts'
import { LATENESS } from '../domain/quality/dq-04-lateness.ts'
import { outcome } from '../domain/quality/quality-check.ts'
import { hourCountOf, receptionOf, REFUSED_RECEPTION } from '../domain/quality/reception.ts'
import { checkOfRefusal } from '../domain/quality/refusals.ts'
import { codeOfPath } from '../domain/region.ts'
import { type Instant, localDate } from '../domain/time.ts'
import type { EventType } from '../domain/vocabulary.ts'
import type { Tx } from '../platform/database.ts'
import type { EventRow } from '../store/event-store.ts'
import { insertUnmapped, type UnmappedEvent } from '../store/mapping-store.ts'
import type { Engine } from './context.ts'
import type { QualitySums, Subject } from './quality-sums.ts'

/** An event as it goes into the store, with what its codes came to. */
export interface JudgedRow {
  readonly row: EventRow
  /** What `row.payload` is the text of. */
  readonly payload: Readonly<Record<string, unknown>>
  readonly codes: Pick<CodeJudgement, 'judged' | 'unknown'>
}

const eventSubject = (engine: Engine, row: EventRow): Subject => ({
  provinceCode: row.provinceCode,
  day: localDate(row.occurredAt, engine.zone),
  subject: `${row.sourceSystem}/${row.eventId}`,
})

/**
 * Counts events that have just been stored, on the day they occurred, and remembers codes that wait for a mapping. A history that is filled in
 * (`isHistory`) was never due within hours, so nobody asks how late it is, nor counts it among what the feed delivered on the day of its filling.
 */
export async function countStored(tx: Tx, engine: Engine, sums: QualitySums, stored: readonly JudgedRow[], isHistory = false): Promise<void> {
  const checks = isHistory ? EVENT_CHECKS.filter((check) => check !== LATENESS) : EVENT_CHECKS
  const unmapped: UnmappedEvent[] = []
  for (const { row, payload, codes } of stored) {
    const subject = eventSubject(engine, row)
    const { eventType, occurredAt, receivedAt } = row
    let isComplete = true
    for (const check of checks) {
      for (const one of check.judgeEvent({ type: eventType as EventType, occurredAt, receivedAt, payload, codes })) {
        sums.add(subject, one)
        if (check === MANDATORY_FIELDS && one.failed > 0) isComplete = false
      }
    }
    if (!isHistory) for (const one of receptionOf(row, isComplete)) sums.add({ ...subject, day: localDate(receivedAt, engine.zone) }, one)
    // Its flaws are held against the hour whichever way it came, so it is part of the hour whichever way it came.
    if (!isSubjectKey(row.ticketKey)) for (const one of hourCountOf(row)) sums.add(subject, one)
    for (const { field, sourceCode } of codes.unknown) {
      const { sourceSystem, eventId, provinceCode, ticketKey, occurredAt } = row
      unmapped.push({ sourceSystem, eventId, field, sourceCode, provinceCode, ticketKey, occurredAt })
    }
  }
  await insertUnmapped(tx, unmapped)
}

/** Counts an item that was known already. */
export function countDuplicate(engine: Engine, sums: QualitySums, row: EventRow): void {
  sums.add(eventSubject(engine, row), outcome('DQ-05', 'event_id', 'event_id'))
}

/** A refused item as the quarantine keeps it. */
export interface RefusedItem {
  readonly id: string
  readonly regionPath: string
  readonly code: string
  readonly field: string
  readonly receivedAt: Instant
}

/** Counts a refused item on the day it was received, or, with −1, takes that back: the item has gone in, or is refused for another reason. */
export function countRefused(engine: Engine, sums: QualitySums, item: RefusedItem, sign: 1 | -1 = 1): void {
  const checkId = checkOfRefusal(item)
  if (checkId === null) return
  const node = codeOfPath(item.regionPath) ?? ''
  const provinceCode = engine.tree.atLevel(node, 'province')?.code ?? engine.tree.root.code
  const subject = { provinceCode, day: localDate(item.receivedAt, engine.zone), subject: `#${item.id}` }
  sums.add(subject, outcome(checkId, `${item.code} ${item.field}`, 'refused'), sign)
  for (const one of REFUSED_RECEPTION) sums.add(subject, one, sign)
}

/** Counts that a code of a stored event is known now. */
export function countMended(engine: Engine, sums: QualitySums, { provinceCode, occurredAt, sourceSystem, eventId, field }: UnmappedEvent): void {
  const subject = { provinceCode, day: localDate(occurredAt, engine.zone), subject: `${sourceSystem}/${eventId}` }
  sums.add(subject, { checkId: 'DQ-02', dimension: field, checked: 0, failed: 1, detail: '' }, -1)
}

/** Whether a stored payload still holds this code of this field unmapped. */
export function isStillUnmapped(type: string, payload: Readonly<Record<string, unknown>>, field: DictionaryField, sourceCode: string): boolean {
  const listed = payload[UNMAPPED_FIELDS]
  if (!Array.isArray(listed) || !listed.includes(field)) return false
  return codedFields(type, payload).some((coded) => {
    const held = payload[coded.key] === UNMAPPED ? payload[sourceKeyOf(coded.key)] : payload[coded.key]
    return coded.field === field && String(held).trim() === sourceCode
  })
}
