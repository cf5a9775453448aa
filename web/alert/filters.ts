import type { AlertCard } from '../../core/contract/alerts.ts'
import type { AlertKind, Colour } from '../../core/domain/vocabulary.ts'
import { COLOURS_WORST_FIRST, colourOfNumber } from './severity.ts'

/** The kinds an alert may be of, in the order of the filter. */
export const KINDS = ['risk', 'abnormal'] as const satisfies readonly AlertKind[]

/** `live` is all that somebody must still look after; `ended` is asked from the server. */
export const STATE_FILTERS = ['live', 'needs_ack', 'acknowledged', 'handling', 'mitigated', 'suppressed', 'ended'] as const
export type StateFilter = (typeof STATE_FILTERS)[number]

/** The whole of the list's filter; its URL form is the only place it is kept, so a pasted address shows the same rows. */
export interface AlertFilters {
  readonly state: StateFilter
  readonly kind: AlertKind | null
  readonly colours: readonly Colour[]
  readonly mine: boolean
}

export const NO_FILTER: AlertFilters = { state: 'live', kind: null, colours: [], mine: false }

type Query = Readonly<Record<string, unknown>>

/** The filters an address names; what it does not name, or names wrongly, is not filtered. */
export function filtersFromQuery(query: Query): AlertFilters {
  const state = STATE_FILTERS.find((name) => name === query['state']) ?? NO_FILTER.state
  const kind = KINDS.find((name) => name === query['kind']) ?? null
  const named = typeof query['colour'] === 'string' ? query['colour'].split(',') : []
  return { state, kind, colours: COLOURS_WORST_FIRST.filter((colour) => named.includes(colour)), mine: query['mine'] === '1' }
}

/** The shortest address of the filters: what is not filtered is not named. */
export function queryFromFilters(filters: AlertFilters): Record<string, string> {
  return {
    ...(filters.state === NO_FILTER.state ? {} : { state: filters.state }),
    ...(filters.kind === null ? {} : { kind: filters.kind }),
    ...(filters.colours.length === 0 ? {} : { colour: filters.colours.join(',') }),
    ...(filters.mine ? { mine: '1' } : {}),
  }
}

function passesState(card: AlertCard, state: StateFilter): boolean {
  if (state === 'ended') return true
  if (state === 'live') return card.state !== 'suppressed'
  if (state === 'needs_ack') return card.needsAck && card.state !== 'suppressed'
  return card.state === state
}

/** Whether a card is on the filtered list. `myName` is the display name of the asking person: what a card tells of who answered. */
export function passes(card: AlertCard, filters: AlertFilters, myName: string): boolean {
  if (!passesState(card, filters.state)) return false
  if (filters.kind !== null && card.kind !== filters.kind) return false
  if (filters.colours.length > 0 && !filters.colours.includes(colourOfNumber(card.severity))) return false
  return !filters.mine || card.ackedByName === myName
}
