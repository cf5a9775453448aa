import { Compile } from 'typebox/compile'
import { EventEnvelope } from '../contract/events.ts'
import { isWithin, type RegionTree, type Scope } from '../domain/region.ts'
import { atLocal, type Instant, MINUTE, type Zone } from '../domain/time.ts'
import { EVENT_RANK, NOTICE_RANK, type NoticeType } from '../domain/vocabulary.ts'
import { holdsNumber, type Refusal, shownName, unfitness } from './intake-hygiene.ts'
import { noticeFault } from './intake-notice.ts'
import { payloadFault } from './intake-payload.ts'
import { parseRfc3339 } from '../domain/rfc3339.ts'

/** By what an item is judged. */
export interface IntakeRules {
  readonly tree: RegionTree
  readonly zone: Zone
  readonly scope: Scope
  readonly now: Instant
}

export type Checked =
  | { readonly ok: true; readonly envelope: EventEnvelope; readonly occurredAt: Instant }
  | { readonly ok: false; readonly refusal: Refusal }

/** `occurred_at` may be ahead of the receiver's clock by this much (domain.md 3.3, S-14-11). */
export const FUTURE_SKEW = 5 * MINUTE
const FIRST_DAY = '2015-01-01'
const firstInstants = new Map<Zone, Instant>()

function firstInstant(zone: Zone): Instant {
  const known = firstInstants.get(zone)
  if (known !== undefined) return known
  const first = atLocal(FIRST_DAY, 0, zone)
  firstInstants.set(zone, first)
  return first
}

const shape = Compile(EventEnvelope)

const TEXT_FIELD = (max: number) => `1–${max} 个字符的文本 / text of 1–${max} characters`
const OPTIONAL_TEXT = (max: number) => `最多 ${max} 个字符的文本或 null / text of at most ${max} characters, or null`
const RFC = '带时区的 RFC 3339 时间，如 2026-06-11T20:10:00+08:00 / RFC 3339 with zone'
const FIELDS: Readonly<Record<string, string>> = {
  event_id: TEXT_FIELD(200),
  event_type: TEXT_FIELD(64),
  ticket_id: TEXT_FIELD(200),
  occurred_at: RFC,
  source_system: TEXT_FIELD(64),
  source_seq: '整数或 null / an integer or null',
  province_code: TEXT_FIELD(12),
  actor_type: OPTIONAL_TEXT(32),
  actor_id: OPTIONAL_TEXT(200),
  unit_id: OPTIONAL_TEXT(64),
  payload: '对象 / an object',
  schema_version: '1–32767 的整数 / an integer from 1 to 32767',
  corrects_event_id: OPTIONAL_TEXT(200),
}

const refuse = (code: string, field: string, expected: string, mend: string): Refusal => ({ code, field, expected, mend })

/** The first thing wrong with the envelope's shape, by its field. */
function shapeFault(item: unknown): Refusal | null {
  if (item === null || typeof item !== 'object' || Array.isArray(item)) {
    return refuse('not_an_object', '*', '一个 JSON 对象 / one JSON object', '每条事件写成一个对象 / write each event as an object')
  }
  if (shape.Check(item)) return null
  for (const error of shape.Errors(item)) {
    const params = error.params as { requiredProperties?: readonly string[]; additionalProperties?: readonly string[] }
    const missing = params.requiredProperties?.[0]
    if (missing !== undefined)
      return refuse('missing_field', missing, FIELDS[missing] ?? '', `补齐 ${missing} 后重发 / add ${missing} and send again`)
    const unknown = params.additionalProperties?.[0]
    if (unknown !== undefined) {
      const known = `只含已知字段 ${Object.keys(FIELDS).join('、')} / known fields only`
      return refuse('unknown_field', shownName(unknown), known, '业务字段放进 payload 后重发 / put business fields into payload and send again')
    }
    const field = error.instancePath.split('/')[1]
    if (field !== undefined && FIELDS[field] !== undefined && error.keyword !== 'boolean') {
      return refuse('bad_field', field, FIELDS[field], `更正 ${field} 后重发 / mend ${field} and send again`)
    }
  }
  return refuse('bad_field', '*', '事件信封 / an event envelope', '对照 /api/docs 更正后重发 / mend it by /api/docs and send again')
}

function timeFault(occurredAt: Instant | null, { now, zone }: IntakeRules): Refusal | null {
  if (occurredAt === null)
    return refuse('bad_time', 'occurred_at', RFC, '更正时间格式（含时区）后重发 / mend the time, with its zone, and send again')
  if (occurredAt > now + FUTURE_SKEW) {
    const limit = `不晚于 ${new Date(now + FUTURE_SKEW).toISOString()} / not after`
    return refuse('in_future', 'occurred_at', limit, '校准源系统时钟后重放 / set the source clock right, then replay')
  }
  if (occurredAt >= firstInstant(zone)) return null
  return refuse('too_old', 'occurred_at', `不早于 ${FIRST_DAY} / not before ${FIRST_DAY}`, '更正年份后重发 / mend the year and send again')
}

function placeFault(provinceCode: string, { tree, scope }: IntakeRules): Refusal | null {
  const province = tree.get(provinceCode)
  if (province?.level !== 'province') {
    const expected = '区域树中的省级代码 / the code of a province of the regional tree'
    return refuse(
      'unknown_province',
      'province_code',
      expected,
      '更正 province_code，或导入该省后重放 / mend province_code, or import the province and replay',
    )
  }
  if (isWithin(province.path, scope.path)) return null
  const expected = `密钥范围 ${scope.path} 之内的省 / a province within the key's scope ${scope.path}`
  return refuse('out_of_scope', 'province_code', expected, '使用该省自己的密钥推送 / push with that province’s own key')
}

/** Fields that are kept exactly as sent. */
export const IDENTITIES = ['event_id', 'ticket_id', 'source_system', 'corrects_event_id'] as const

function identityFault(envelope: EventEnvelope): Refusal | null {
  for (const field of IDENTITIES) {
    if (holdsNumber(envelope[field] ?? '')) {
      return refuse(
        'clear_number',
        field,
        '不含电话号码的标识 / an id without a telephone number',
        '改用工单号等内部标识 / use an internal id such as the ticket number',
      )
    }
  }
  if (!Number.isSafeInteger(envelope.source_seq ?? 0))
    return refuse('bad_field', 'source_seq', FIELDS['source_seq'] as string, '更正 source_seq / mend source_seq')
  if ((envelope.schema_version ?? 1) <= 32_767) return null
  return refuse('bad_field', 'schema_version', FIELDS['schema_version'] as string, '更正 schema_version / mend schema_version')
}

function typeFault({ event_type: type }: EventEnvelope): Refusal | null {
  if (EVENT_RANK.has(type) || NOTICE_RANK.has(type)) return null
  const expected = '3.4 节的事件类型，见 /api/docs / an event type of the list in /api/docs'
  return refuse('unknown_event_type', 'event_type', expected, '更正类型，或升级后重放 / mend the type, or replay after an upgrade')
}

/** Ticket events name their ticket; notices name their subject in the payload. */
function ticketFault({ event_type: type, ticket_id: ticketId }: EventEnvelope): Refusal | null {
  if (NOTICE_RANK.has(type) || (ticketId !== undefined && ticketId !== null)) return null
  return refuse('missing_field', 'ticket_id', FIELDS['ticket_id'] as string, '补齐 ticket_id 后重发 / add ticket_id and send again')
}

/** Judges one item by every rule of the door, in the order from shape to meaning; never throws. */
export function checkItem(item: unknown, rules: IntakeRules): Checked {
  const misshapen = unfitness(item) ?? shapeFault(item)
  if (misshapen !== null) return { ok: false, refusal: misshapen }
  const envelope = item as EventEnvelope
  const occurredAt = parseRfc3339(envelope.occurred_at)
  const view = {
    payload: envelope.payload ?? {},
    actorId: envelope.actor_id ?? null,
    unitId: envelope.unit_id ?? null,
    correctsEventId: envelope.corrects_event_id ?? null,
    provinceCode: envelope.province_code,
  }
  const refusal =
    identityFault(envelope) ??
    typeFault(envelope) ??
    ticketFault(envelope) ??
    timeFault(occurredAt, rules) ??
    placeFault(envelope.province_code, rules) ??
    (NOTICE_RANK.has(envelope.event_type)
      ? noticeFault(envelope.event_type as NoticeType, view, occurredAt as Instant, rules.tree)
      : payloadFault(envelope.event_type, view, rules.tree))
  return refusal === null ? { ok: true, envelope, occurredAt: occurredAt as Instant } : { ok: false, refusal }
}
