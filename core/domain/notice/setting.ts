import type { Instant } from '../time.ts'
import { kindOfType, type Notice } from './notice.ts'
import { textOf } from './reading.ts'

/** What a neighbour system says it works by: a year's calendar, or a change of its configuration (domain.md 2.5, 3.4). Kept, not applied. */
export interface ToldSetting {
  readonly kind: 'calendar' | 'config'
  /** The year of a calendar, the kind of configuration that changed. */
  readonly name: string
  readonly provinceCode: string
  readonly sourceSystem: string
  /** Of the notice that counts. */
  readonly eventId: string
  readonly toldAt: Instant
  readonly body: Readonly<Record<string, unknown>>
}

/**
 * The setting by its standing notices, in order: the newest counts.
 * @throws RangeError without notices.
 */
export function foldToldSetting(notices: readonly Notice[]): ToldSetting {
  const newest = notices.at(-1)
  if (newest === undefined) throw new RangeError('a setting without notices')
  const { type, payload, provinceCode, sourceSystem, eventId, occurredAt: toldAt } = newest
  const isCalendar = kindOfType(type) === 'calendar'
  const name = textOf(payload, isCalendar ? 'year' : 'kind') ?? ''
  return { kind: isCalendar ? 'calendar' : 'config', name, provinceCode, sourceSystem, eventId, toldAt, body: payload }
}
