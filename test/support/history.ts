import { DAY, HOUR, type Instant, MINUTE } from '../../core/domain/time.ts'

/** Numbers between 0 and 1, always the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** The same items in another order, decided by `random`. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const list = [...items]
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[list[i], list[j]] = [list[j] as T, list[i] as T]
  }
  return list
}

export type Item = Readonly<Record<string, unknown>>

export interface HistoryChoice {
  readonly seed: number
  /** About how many events; the last ticket is finished. */
  readonly events: number
  readonly from: Instant
  /** Nothing happens at or after it: tickets accepted late are still open then. */
  readonly until: Instant
  /** Where tickets come from: province and a region inside it. */
  readonly places: readonly { readonly provinceCode: string; readonly regionCode: string }[]
}

const PHENOMENA = [
  ['网络使用', '宽带上不了网'],
  ['网络使用', '移网上网'],
  ['产品及计费使用', '计费及收费'],
  ['修障', '修障慢'],
] as const
const SOURCE = 'eoms'

interface Draft {
  readonly random: () => number
  readonly no: string
  readonly provinceCode: string
  readonly regionCode: string
  readonly items: Item[]
  at: Instant
}

const within = (random: () => number, low: number, high: number) => Math.floor(low + random() * (high - low))

function add(draft: Draft, type: string, payload: Item = {}, more: Item = {}): string {
  const eventId = `${draft.no}-${draft.items.length + 1}`
  draft.items.push({
    event_id: eventId,
    event_type: type,
    ticket_id: draft.no,
    occurred_at: new Date(draft.at).toISOString(),
    source_system: SOURCE,
    province_code: draft.provinceCode,
    source_seq: draft.items.length + 1,
    actor_type: 'agent',
    actor_id: `a${draft.items.length}`,
    payload,
    ...more,
  })
  return eventId
}

const later = (draft: Draft, low: number, high: number) => {
  draft.at += within(draft.random, low, high)
}

function createdPayload({ random, no, regionCode }: Draft): Item {
  const [l1, l2] = PHENOMENA[within(random, 0, PHENOMENA.length)] as (typeof PHENOMENA)[number]
  const star = random() < 0.1 ? 6 : within(random, 0, 5)
  return {
    kind: random() < 0.08 ? 'enquiry' : 'complaint',
    channel: 'hotline',
    region_code: regionCode,
    phenomenon_l1: l1,
    phenomenon_l2: l2,
    star,
    source_category: random() < 0.05 ? 'group_complaint' : 'province_complaint',
    product_no: `199${String(10_000_000 + Number(no.slice(1)))}`,
    customer_id: `C${within(random, 0, 4_000)}`,
    content_text: `${l2}，请回电 1990000${String(within(random, 1000, 9999))}`,
    is_vip: random() < 0.03,
  }
}

function correct(draft: Draft, created: string, { regionCode }: { readonly regionCode: string }): void {
  const { random } = draft
  later(draft, 1, 2 * HOUR)
  const kind = random()
  if (kind < 0.4) add(draft, 'corrected', { field: 'phenomenon_l1', old: '网络使用', new: '产品及计费使用' })
  else if (kind < 0.6) add(draft, 'corrected', { field: 'region_code', new: regionCode })
  else if (kind < 0.7) add(draft, 'corrected', { field: 'star', new: 6 })
  else if (kind < 0.8) add(draft, 'corrected', { field: 'product_no', new: '19910000001' })
  else add(draft, 'created', { ...createdPayload(draft), content_text: '更正后的内容，原内容录错' }, { corrects_event_id: created })
}

function suspend(draft: Draft): void {
  later(draft, 10 * MINUTE, 3 * HOUR)
  add(draft, 'suspended', { reason_code: 'customer_later', approver: 'b1', planned_resume_at: new Date(draft.at + DAY).toISOString() })
  later(draft, HOUR, draft.random() < 0.15 ? 5 * DAY : 20 * HOUR)
  add(draft, 'resumed')
}

function finish(draft: Draft, leg: string): void {
  const { random } = draft
  later(draft, HOUR, random() < 0.12 ? 4 * DAY : 20 * HOUR)
  add(draft, 'replied', { leg_id: leg, unit_id: 'u1', text: '已处理' })
  later(draft, 5 * MINUTE, 3 * HOUR)
  add(draft, 'review_passed', { leg_id: leg })
  later(draft, 5 * MINUTE, 2 * HOUR)
  add(draft, 'customer_replied', { method: 'call', call_record_no: `r-${draft.no}`, staff: 's1', agreed: true })
  later(draft, MINUTE, 10 * MINUTE)
  add(draft, 'completed', { result_code: 'solved' })
}

/** One believable ticket, from its acceptance on. */
function ticketItems(draft: Draft, other: { readonly regionCode: string }): readonly Item[] {
  const { random, no } = draft
  const leg = `${no}-1`
  const created = add(draft, 'created', createdPayload(draft))
  if (random() < 0.25) {
    later(draft, 4 * MINUTE, HOUR)
    add(draft, 'completed', { result_code: 'solved' })
  } else {
    later(draft, 5 * MINUTE, HOUR)
    add(draft, 'dispatched', { to_unit: 'u1', leg_id: leg })
    later(draft, 5 * MINUTE, 2 * HOUR)
    add(draft, 'claimed', { leg_id: leg, handler_id: 'h1' })
    if (random() < 0.12) correct(draft, created, other)
    if (random() < 0.15) suspend(draft)
    if (random() < 0.2) {
      later(draft, HOUR, 6 * HOUR)
      add(draft, 'expedited', { by: 'customer', channel: 'hotline' })
    }
    finish(draft, leg)
  }
  if (random() < 0.08) {
    later(draft, HOUR, 3 * DAY)
    add(draft, 'reopened', { reason: '仍未解决' })
    if (random() < 0.7) {
      later(draft, HOUR, 2 * DAY)
      add(draft, 'completed', { result_code: 'solved' })
    }
  }
  if (random() < 0.03) {
    later(draft, HOUR, DAY)
    add(draft, random() < 0.6 ? 'voided' : 'cancelled')
  }
  return draft.items
}

/** Tickets with all their events in the order in which they occurred: suspensions, reopenings, corrections, cancellations and voids among them. */
export function generateHistory({ seed, events, from, until, places }: HistoryChoice): Item[] {
  const random = seeded(seed)
  const items: Item[] = []
  for (let no = 1; items.length < events; no++) {
    const place = places[within(random, 0, places.length)] as (typeof places)[number]
    const others = places.filter(({ provinceCode }) => provinceCode === place.provinceCode)
    const other = others[within(random, 0, others.length)] as (typeof places)[number]
    const draft: Draft = { random, no: `T${no}`, ...place, items: [], at: within(random, from, until) }
    items.push(...ticketItems(draft, other).filter((item) => Date.parse(String(item['occurred_at'])) < until))
  }
  return items.sort((a, b) => (String(a['occurred_at']) < String(b['occurred_at']) ? -1 : 1))
}

/** An item that the door must refuse, and with which code. */
export interface BrokenItem {
  readonly item: unknown
  readonly code: string
  readonly field: string
}

const BREAKS: readonly ((item: Item) => BrokenItem)[] = [
  ({ ticket_id: _, ...item }) => ({ item, code: 'missing_field', field: 'ticket_id' }),
  (item) => ({ item: { ...item, province_code: '99' }, code: 'unknown_province', field: 'province_code' }),
  (item) => ({ item: { ...item, event_type: 'teleported' }, code: 'unknown_event_type', field: 'event_type' }),
  (item) => ({ item: { ...item, occurred_at: '2026-06-31T10:00:00+08:00' }, code: 'bad_time', field: 'occurred_at' }),
  (item) => ({ item: { ...item, occurred_at: '2099-01-01T10:00:00+08:00' }, code: 'in_future', field: 'occurred_at' }),
  (item) => ({ item: { ...item, payload: { ...(item['payload'] as Item), note: 'a\u0000b' } }, code: 'nul_character', field: 'payload.note' }),
  (item) => ({ item: JSON.stringify(item), code: 'not_an_object', field: '*' }),
  (item) => ({ item: { ...item, event_type: 'created', payload: { kind: 'complaint' } }, code: 'missing_payload_field', field: 'payload.channel' }),
]

/** Broken variants of good items, each under an id of its own. */
export function breakItems(items: readonly Item[], random: () => number): BrokenItem[] {
  return items.map((item, index) => {
    const wreck = BREAKS[Math.floor(random() * BREAKS.length)] as (typeof BREAKS)[number]
    return wreck({ ...item, event_id: `broken-${index}` })
  })
}
