import type { EventEnvelope } from '../contract/events.ts'
import type { Scope } from '../domain/region.ts'
import { maskText } from '../domain/protect/mask.ts'
import { protectChanges, protectPayload } from '../domain/protect/protect.ts'
import type { EventRow } from '../store/event-store.ts'
import type { QuarantineEntry } from '../store/quarantine-store.ts'
import type { Engine } from './context.ts'
import { IDENTITIES } from './intake-check.ts'
import { holdsNumber, keepsake } from './intake-hygiene.ts'
import { type HashKeys, keyedHashes } from './protect-keys.ts'

const hasNames = (payload: Readonly<Record<string, unknown>>, ending: string) => {
  for (const name in payload) if (name.endsWith(ending)) return true
  return false
}

/**
 * A payload masked and hashed under its province's keys, with the id of the key where there is a hash, and of the coming key where there is one
 * of those (domain.md 8.4); of a correction also what it takes away. Twice is like once: what was hashed under earlier keys keeps their ids.
 */
export function protectedPayload(keys: HashKeys, provinceCode: string, payload: unknown, eventType?: unknown): Record<string, unknown> {
  const protect = eventType === 'corrected' ? protectChanges : protectPayload
  const made = protect(payload, keyedHashes(keys, provinceCode))
  if (hasNames(made, '_key')) made['key_id'] ??= keys.first.id
  if (keys.next !== null && hasNames(made, '_key_next')) made['key_id_next'] ??= keys.next.id
  return made
}

/** The shortest thing that masking knows, an address, has six characters; most codes of people and units are shorter. */
const SHORTEST = 6

function masked(text: string | null | undefined): string | null {
  if (text == null || text === '') return null
  return text.length < SHORTEST ? text : maskText(text)
}

/** Who did it, where: codes by rule, numbers by mistake. */
export function maskEnvelope(envelope: EventEnvelope): Pick<EventRow, 'actorType' | 'actorId' | 'unitId'> {
  return { actorType: masked(envelope.actor_type), actorId: masked(envelope.actor_id), unitId: masked(envelope.unit_id) }
}

/** Events whose doer is held against his other doings of the day: replies (AT-17, with the claim that says whose they are) and refunds (AT-21). */
const OF_AGENTS: ReadonlySet<string> = new Set(['claimed', 'replied', 'refund_requested', 'refund_approved', 'refund_rejected', 'refund_paid'])
/** Doers that are no persons. */
const NOBODY: ReadonlySet<string> = new Set(['system', 'robot', 'customer'])

/**
 * A payload that names who of the staff did it, where a rule asks for that, so that {@link protectedPayload} makes it `agent_key`: the handler that a claim
 * names, else who sent the event. What a source says of him itself stands.
 */
export function withAgent({ event_type: type, actor_id: actorId, actor_type: actorType }: EventEnvelope, payload: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (!OF_AGENTS.has(type) || payload['agent_id'] != null || payload['agent_key'] != null) return payload
  const handler = type === 'claimed' ? payload['handler_id'] : undefined
  const agent = handler ?? (NOBODY.has(actorType ?? '') ? null : actorId)
  return agent == null || agent === '' ? payload : { ...payload, agent_id: agent }
}

/** Marks a kept item that is not all of what was sent: it can be looked at, not replayed. */
export const CUT_MARK = '_cut'

function maskedItem(engine: Engine, item: unknown): { value: unknown; provinceCode: string | null; eventId: string | null } {
  const { value, isWhole } = keepsake(item)
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    const bare = Array.isArray(value)
      ? protectPayload({ items: value }, keyedHashes(engine.hashKeys, ''))
      : typeof value === 'string'
        ? maskText(value)
        : value
    return { value: typeof bare === 'number' ? maskText(String(bare)) : bare, provinceCode: null, eventId: null }
  }
  const envelope = value as Readonly<Record<string, unknown>>
  const provinceCode = typeof envelope['province_code'] === 'string' ? envelope['province_code'].slice(0, 12) : null
  const kept = protectedPayload(engine.hashKeys, provinceCode ?? '', { ...envelope, payload: undefined })
  if (envelope['payload'] !== undefined) kept['payload'] = protectedPart(engine, provinceCode, envelope)
  for (const field of IDENTITIES) {
    const id = kept[field]
    if (typeof id === 'string' && holdsNumber(id)) kept[field] = maskText(id)
  }
  const eventId = typeof kept['event_id'] === 'string' ? kept['event_id'].slice(0, 200) : null
  return { value: isWhole ? kept : { ...kept, [CUT_MARK]: true }, provinceCode: masked(provinceCode), eventId }
}

function protectedPart(engine: Engine, provinceCode: string | null, { payload, event_type: eventType }: Readonly<Record<string, unknown>>): unknown {
  const isRecord = payload !== null && typeof payload === 'object' && !Array.isArray(payload)
  if (isRecord) return protectedPayload(engine.hashKeys, provinceCode ?? '', payload, eventType)
  return protectPayload({ payload }, keyedHashes(engine.hashKeys, provinceCode ?? ''))['payload'] ?? null
}

/** A refused item as the quarantine keeps it: bounded, masked, and under the region whose people may see it. */
export function keepItem(
  engine: Engine,
  item: unknown,
  { scope }: { readonly scope: Scope },
): Pick<QuarantineEntry, 'item' | 'provinceCode' | 'regionPath'> & { readonly eventId: string | null } {
  const { tree } = engine
  const { value, provinceCode, eventId } = maskedItem(engine, item)
  const sender = scope.path === '/' ? tree.root.path : scope.path
  const province = provinceCode === null ? undefined : tree.get(provinceCode)
  // What a sender may not speak for is its own fault, and no business of the province it named.
  const isSenders = province === undefined || !province.path.startsWith(sender)
  return { item: JSON.stringify(value ?? null), provinceCode, regionPath: isSenders ? sender : province.path, eventId }
}
