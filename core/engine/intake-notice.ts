import { namedSubject, regionOfPayload, subjectKeyOf } from '../domain/notice/notice.ts'
import { codesOf, instantIn } from '../domain/notice/reading.ts'
import type { RegionTree } from '../domain/region.ts'
import { DAY, type Instant, MINUTE } from '../domain/time.ts'
import { type NoticeType, SPREAD_LEVELS } from '../domain/vocabulary.ts'
import { holdsNumber, type Refusal } from './intake-hygiene.ts'
import { code, type Field, integer, isAbsent, oneOf, type PayloadView, refusalOf, regionFault, text, time } from './intake-payload.ts'

/** More people than there are; a telephone number does not fit below it. */
const MOST_PEOPLE = 2_000_000_000
const MOST_CODES = 200

const asPattern = (name: string, pattern: RegExp, expected: string): Field => ({
  names: [name],
  check: (value) => (typeof value === 'string' || typeof value === 'number') && pattern.test(String(value)),
  expected,
})
const regions: Field = {
  names: ['regions'],
  check: (value) => codesOf(value).length > 0 && codesOf(value).length <= MOST_CODES,
  expected: `1–${MOST_CODES} 个区域代码的列表 / a list of 1–${MOST_CODES} region codes`,
}
const region = code('region_code', 'region')
const people = (name: string): Field => integer(name, 0, MOST_PEOPLE)
const year = asPattern('year', /^20\d\d$/, '2000–2099 的年份 / a year from 2000 to 2099')
const month = asPattern('month', /^20\d\d-(0[1-9]|1[0-2])$/, 'YYYY-MM 的月份，如 2026-05 / a month as YYYY-MM')

const isDay = (value: unknown): boolean => {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false
  const at = Date.parse(`${value}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(value)
}
const days = (name: string): Field => ({
  names: [name],
  check: (value) => Array.isArray(value) && value.length <= 366 && value.every(isDay),
  expected: '日期列表，如 ["2026-10-01"]，可为空 / a list of dates, possibly empty',
})

interface Fields {
  readonly mandatory: readonly Field[]
  readonly optional: readonly Field[]
}

const SPREAD = oneOf('spread_level', SPREAD_LEVELS)
const PHENOMENA = [code('phenomenon_l1'), code('phenomenon_l2')]
const INCIDENT_FACTS = [
  code('product'),
  regions,
  people('users_affected'),
  code('cause'),
  time('started_at'),
  time('expected_restore_at'),
  time('restored_at'),
]
const SHIFT: Fields = { mandatory: [code('shift_id')], optional: [code('unit_id'), code('to_shift_id'), region] }

/** Payload fields by type (domain.md 3.4, last paragraph). Of several names one is enough. */
const FIELDS: Readonly<Record<NoticeType, Fields>> = {
  'incident.opened': { mandatory: [code('incident_id'), code('product'), regions, time('started_at')], optional: INCIDENT_FACTS },
  'incident.updated': { mandatory: [code('incident_id')], optional: INCIDENT_FACTS },
  'incident.closed': { mandatory: [code('incident_id'), time('restored_at')], optional: INCIDENT_FACTS },
  'call.ended': {
    mandatory: [time('queue_at'), code('agent_group')],
    optional: [code('call_id'), time('answered_at'), time('abandoned_at'), code('ticket_id'), region],
  },
  'user_base.reported': { mandatory: [month, region, code('product_line'), people('subscribers')], optional: [] },
  'opinion.detected': {
    mandatory: [code('source'), people('reach'), SPREAD, region, text('topic')],
    optional: [code('opinion_id'), code('repost_of'), time('handled_at'), ...PHENOMENA],
  },
  'opinion.updated': {
    mandatory: [code('opinion_id', 'repost_of')],
    optional: [code('source'), people('reach'), SPREAD, region, text('topic'), time('handled_at'), ...PHENOMENA],
  },
  'shift.started': SHIFT,
  'shift.handover': SHIFT,
  'shift.ended': SHIFT,
  'calendar.loaded': { mandatory: [year, days('off'), days('worked')], optional: [] },
  'config.changed': { mandatory: [code('kind')], optional: [text('reason'), integer('version', 0, 1e9)] },
}

type Payload = PayloadView['payload']

function fieldsFault({ mandatory, optional }: Fields, payload: Payload): Refusal | null {
  const given = (field: Field) => field.names.map((name) => payload[name]).filter((value) => !isAbsent(value))
  for (const field of mandatory) if (given(field).length === 0) return refusalOf(field, true)
  for (const field of [...mandatory, ...optional]) if (!given(field).every(field.check)) return refusalOf(field, false)
  return null
}

const bad = (field: string, expected: string): Refusal => refusalOf({ names: [field], check: () => false, expected }, false)

/** Fields that must not come before the one named first. */
function orderFault(payload: Payload, [first, ...later]: readonly [string, ...string[]]): Refusal | null {
  const from = instantIn(payload, first)
  for (const field of later) {
    const at = instantIn(payload, field)
    if (from !== null && at !== null && at < from) return bad(field, `不早于 ${first} / not before ${first}`)
  }
  return null
}

/** A little clock skew between what is told and when it is told (domain.md 3.3). */
const SKEW = 5 * MINUTE
/** A call that was told later than this after its queueing is a slip of the date. */
const LONGEST_CALL = 7 * DAY

/** What has happened cannot have happened after it was told. */
function futureFault(payload: Payload, fields: readonly string[], occurredAt: Instant): Refusal | null {
  for (const field of fields) {
    if ((instantIn(payload, field) ?? 0) > occurredAt + SKEW) return bad(field, '不晚于 occurred_at / not after occurred_at')
  }
  return null
}

function callFault(payload: Payload, occurredAt: Instant): Refusal | null {
  if (!isAbsent(payload['answered_at']) && !isAbsent(payload['abandoned_at']))
    return bad('abandoned_at', '与 answered_at 至多填一个 / at most one of answered_at and abandoned_at')
  const fault =
    orderFault(payload, ['queue_at', 'answered_at', 'abandoned_at']) ?? futureFault(payload, ['queue_at', 'answered_at', 'abandoned_at'], occurredAt)
  if (fault !== null) return fault
  const queueAt = instantIn(payload, 'queue_at') ?? occurredAt
  return queueAt < occurredAt - LONGEST_CALL ? bad('queue_at', 'occurred_at 之前 7 天以内 / within 7 days before occurred_at') : null
}

function calendarFault(payload: Payload): Refusal | null {
  const [off, worked] = [payload['off'], payload['worked']] as [readonly string[], readonly string[]]
  const named = String(payload['year'])
  for (const [field, list] of [
    ['off', off],
    ['worked', worked],
  ] as const) {
    if (!list.every((day) => day.startsWith(named))) return bad(field, `${named} 年的日期 / dates of ${named}`)
  }
  return worked.some((day) => off.includes(day)) ? bad('worked', '不同时在 off 中的日期 / dates that are not in off too') : null
}

function timesFault(type: NoticeType, payload: Payload, occurredAt: Instant): Refusal | null {
  if (type === 'call.ended') return callFault(payload, occurredAt)
  if (type === 'calendar.loaded') return calendarFault(payload)
  if (type.startsWith('opinion.')) return futureFault(payload, ['handled_at'], occurredAt)
  if (!type.startsWith('incident.')) return null
  return orderFault(payload, ['started_at', 'restored_at', 'expected_restore_at']) ?? futureFault(payload, ['started_at', 'restored_at'], occurredAt)
}

/** Regions are in the tree and in the province that speaks. */
function placesFault(type: NoticeType, payload: Payload, provinceCode: string, tree: RegionTree): Refusal | null {
  if (type.startsWith('incident.')) {
    for (const one of codesOf(payload['regions'])) {
      const fault = regionFault('payload.regions', one, provinceCode, tree)
      if (fault !== null) return fault
    }
    return null
  }
  const named = regionOfPayload(payload)
  return named === null ? null : regionFault(`payload.${isAbsent(payload['region_code']) ? 'region' : 'region_code'}`, named, provinceCode, tree)
}

/** What becomes part of a key, or is kept as it is, holds no telephone number. */
function numberFault(type: NoticeType, payload: Payload, provinceCode: string): Refusal | null {
  const key = subjectKeyOf({ type, provinceCode, sourceSystem: '', eventId: '', payload })
  const ticketId = payload['ticket_id']
  const field = holdsNumber(key) ? (namedSubject(type, payload)?.field ?? 'product_line') : holdsNumber(String(ticketId ?? '')) ? 'ticket_id' : null
  if (field === null) return null
  const expected = '不含电话号码的标识 / an id without a telephone number'
  return { code: 'clear_number', field: `payload.${field}`, expected, mend: '改用内部标识 / use an internal id' }
}

/** Why a notice's payload cannot be taken, or null (domain.md 3.4, last paragraph). */
export function noticeFault(type: NoticeType, { payload, provinceCode }: PayloadView, occurredAt: Instant, tree: RegionTree): Refusal | null {
  return (
    fieldsFault(FIELDS[type], payload) ??
    timesFault(type, payload, occurredAt) ??
    placesFault(type, payload, provinceCode, tree) ??
    numberFault(type, payload, provinceCode)
  )
}
