import { asText } from '../ticket/payload.ts'
import type { Instant } from '../time.ts'
import type { NoticeType } from '../vocabulary.ts'

/** What notices speak of: their subjects (domain.md 3.4, last paragraph). */
export const NOTICE_KINDS = ['incident', 'call', 'user_base', 'opinion', 'shift', 'calendar', 'config'] as const
export type NoticeKind = (typeof NOTICE_KINDS)[number]

/** One notice as the engine sees it: already masked and hashed (domain.md 3.3, 8.4). */
export interface Notice {
  /** With `eventId` the identity of the notice for ever (invariant 1). */
  readonly sourceSystem: string
  readonly eventId: string
  readonly type: NoticeType
  /** {@link subjectKeyOf} of its own payload. */
  readonly subjectKey: string
  readonly provinceCode: string
  readonly occurredAt: Instant
  readonly sourceSeq: number | null
  readonly unitId: string | null
  readonly payload: Readonly<Record<string, unknown>>
  /** This notice stands in the place of that one (same source system). */
  readonly correctsEventId: string | null
}

/** What a subject's key follows from. */
export type Addressed = Pick<Notice, 'type' | 'provinceCode' | 'sourceSystem' | 'eventId' | 'payload'>

export const kindOfType = (type: NoticeType): NoticeKind => type.slice(0, type.indexOf('.')) as NoticeKind

/** The region that a payload names, under either name; null where it names none. */
export function regionOfPayload(payload: Readonly<Record<string, unknown>>): string | null {
  return asText(payload['region_code']) ?? asText(payload['region'])
}

/** The field that names a notice's subject, with its value; null where the notice is its own subject. */
export function namedSubject(type: NoticeType, payload: Readonly<Record<string, unknown>>): { readonly field: string; readonly id: string } | null {
  const fields = { incident: ['incident_id'], call: ['call_id'], opinion: ['repost_of', 'opinion_id'], shift: ['shift_id'] } as const
  const kind = kindOfType(type)
  if (!(kind in fields)) return null
  for (const field of fields[kind as keyof typeof fields]) {
    const id = asText(payload[field])
    if (id !== null) return { field, id }
  }
  return null
}

/** Subjects that every source speaks of alike have no source in their key. */
function sharedSubject({ type, provinceCode, payload }: Addressed): string | null {
  const kind = kindOfType(type)
  if (kind === 'calendar') return asText(payload['year'])
  if (kind !== 'user_base') return null
  return `${asText(payload['month'])}/${regionOfPayload(payload) ?? provinceCode}/${asText(payload['product_line'])}`
}

const MARK = '!'
const escaped = (part: string): string => part.replaceAll('%', '%25').replaceAll(':', '%3A')

/**
 * The key of the subject that a notice speaks of: `!kind:province:source:id`. Ticket keys begin with the code of a province, and no code
 * begins with `!`, so that the first character tells the two apart and they never meet.
 */
export function subjectKeyOf(notice: Addressed): string {
  const { type, provinceCode, sourceSystem, eventId, payload } = notice
  const head = (source: string) => `${MARK}${kindOfType(type)}:${escaped(provinceCode)}:${escaped(source)}`
  const shared = sharedSubject(notice)
  if (shared !== null) return `${head('')}:${shared}`
  const named = namedSubject(type, payload)
  // An id that a source gave to a call and the id of an event may be the same text.
  return `${head(sourceSystem)}:${named === null ? `event/${eventId}` : `id/${named.id}`}`
}

/** Whether a key is a notice's subject; else it is a ticket. */
export const isSubjectKey = (key: string): boolean => key.startsWith(MARK)

export const kindOfKey = (subjectKey: string): NoticeKind => subjectKey.slice(MARK.length, subjectKey.indexOf(':')) as NoticeKind

/** The province of a ticket's or a subject's key. */
export const provinceOfKey = (key: string): string => key.split(':')[isSubjectKey(key) ? 1 : 0] ?? ''
