import type { RegionTree } from '../domain/region.ts'
import { isWithin } from '../domain/region.ts'
import { REGION_KEYS } from '../domain/ticket/acceptance.ts'
import { asInteger, asText, asTruth, isUnknown } from '../domain/ticket/payload.ts'
import { SOURCE_CATEGORIES, TICKET_KINDS } from '../domain/vocabulary.ts'
import type { Refusal } from './intake-hygiene.ts'
import { parseRfc3339 } from '../domain/rfc3339.ts'

/** One event's payload with what stands beside it in the envelope. */
export interface PayloadView {
  readonly payload: Readonly<Record<string, unknown>>
  readonly actorId: string | null
  readonly unitId: string | null
  readonly correctsEventId: string | null
  readonly provinceCode: string
}

type Check = (value: unknown) => boolean

export interface Field {
  readonly names: readonly string[]
  readonly check: Check
  readonly expected: string
  /** Given in the envelope instead. */
  readonly beside?: 'actorId' | 'unitId'
}

const isText: Check = (value) => asText(value) !== null
const isCode: Check = (value) => isText(value) && String(value).length <= 100
export const text = (...names: string[]): Field => ({ names, check: isText, expected: '非空文本 / text that is not empty' })
export const code = (...names: string[]): Field => ({ names, check: isCode, expected: '1–100 字符的代码 / a code of 1–100 characters' })
export const oneOf = (name: string, words: readonly string[]): Field => ({
  names: [name],
  check: (value) => words.includes(value as string),
  expected: `${words.join('、')} 之一 / one of ${words.join(', ')}`,
})
const flag = (...names: string[]): Field => ({
  names,
  check: (value) => asTruth(value) !== null || isUnknown(value),
  expected: 'true 或 false / true or false',
})
export const integer = (name: string, low: number, high: number): Field => ({
  names: [name],
  check: (value) => (asInteger(value) ?? Number.NaN) >= low && (asInteger(value) ?? Number.NaN) <= high,
  expected: `${low}–${high} 的整数 / an integer from ${low} to ${high}`,
})
export const time = (...names: string[]): Field => ({
  names,
  check: (value) => typeof value === 'string' && parseRfc3339(value) !== null,
  expected: '带时区的 RFC 3339 时间 / an RFC 3339 time with zone',
})
const beside = (field: Field, envelope: 'actorId' | 'unitId'): Field => ({ ...field, beside: envelope })

/** 100 years in minutes: anything above is a slip of units. */
const FOREVER = 52_560_000

/** Mandatory fields by event type (domain.md 3.4, column "m"). Of several names one is enough. Types that are not here have none. */
const MANDATORY: Readonly<Record<string, readonly Field[]>> = {
  created: [oneOf('kind', TICKET_KINDS), code('channel'), code(...REGION_KEYS), code('phenomenon_l1'), text('content_text')],
  dispatched: [code('to_unit'), code('leg_id')],
  claimed: [code('leg_id'), beside(code('handler_id'), 'actorId')],
  first_contacted: [code('contact_method', 'method'), code('call_record_no', 'message_id')],
  transferred: [code('from_unit'), code('to_unit'), code('leg_id'), code('new_leg_id'), code('reason_code')],
  returned: [code('leg_id'), beside(code('from_unit'), 'unitId'), code('reason_code')],
  redispatched: [code('to_unit'), code('leg_id'), code('because')],
  expedited: [code('by'), code('channel')],
  suspended: [code('reason_code'), beside(code('approver'), 'actorId'), time('planned_resume_at')],
  replied: [code('leg_id'), beside(code('unit_id'), 'unitId'), text('text')],
  customer_replied: [code('method'), code('call_record_no', 'message_id'), beside(code('staff'), 'actorId'), flag('agreed')],
  refund_requested: [integer('amount_cents', 0, 1e12), code('type')],
  refund_approved: [integer('amount_cents', 0, 1e12), code('type')],
  refund_paid: [integer('amount_cents', 0, 1e12), code('type')],
  completed: [code('result_code')],
  repair_opened: [code('cause'), code('repair_no')],
  repair_closed: [code('repair_no'), code('result')],
  merged: [code('parent_ticket_id')],
  raised: [code('to_unit')],
  supervised: [oneOf('level', ['ministry', 'group', 'province']), time('due_at')],
  appeal_status_changed: [code('regulator_case_no'), integer('status', 0, 7)],
  fault_cleared: [beside(code('by'), 'actorId'), code('cause_l1')],
}

/** Optional fields whose value decides something: where given and not null they must make sense. */
const OPTIONAL: readonly Field[] = [
  oneOf('source_category', SOURCE_CATEGORIES),
  oneOf('urgency', ['normal', 'rush', 'urgent', 'critical']),
  integer('star', -1, 7),
  flag('is_vip'),
  flag('is_key_person'),
  flag('test_flag'),
  flag('is_proxy'),
  flag('is_template'),
  integer('limit_minutes', 1, FOREVER),
  code('phenomenon_l2'),
  code('phenomenon_l3'),
  code('product_l1'),
  code('product_l2'),
  flag('duplicate'),
  flag('group_result_uploaded'),
]
const OPTIONAL_TYPES: ReadonlySet<string> = new Set(['created', 'corrected', 'dispatched', 'marked'])

export const isAbsent = (value: unknown) => value === undefined || value === null

export function refusalOf(field: Field, isMissing: boolean): Refusal {
  const name = field.names.length <= 2 ? field.names.join('|') : (field.names[0] as string)
  return {
    code: isMissing ? 'missing_payload_field' : 'bad_payload_field',
    field: `payload.${name}`,
    expected: field.expected,
    mend: isMissing
      ? `补齐 payload.${name} 后重发 / add payload.${name} and send again`
      : `更正 payload.${name} 后重发 / mend payload.${name} and send again`,
  }
}

function mandatoryFault(type: string, view: PayloadView): Refusal | null {
  for (const field of MANDATORY[type] ?? []) {
    if (field.beside !== undefined && view[field.beside] !== null) continue
    const given = field.names.map((name) => view.payload[name]).filter((value) => !isAbsent(value))
    if (!given.some(field.check)) return refusalOf(field, given.length === 0)
  }
  return null
}

function optionalFault(type: string, { payload }: PayloadView): Refusal | null {
  if (!OPTIONAL_TYPES.has(type)) return null
  for (const field of OPTIONAL) {
    const value = payload[field.names[0] as string]
    if (!isUnknown(value) && !field.check(value)) return refusalOf(field, false)
  }
  return null
}

export function regionFault(field: string, region: unknown, provinceCode: string, tree: RegionTree): Refusal | null {
  const node = tree.get(String(region))
  const province = tree.get(provinceCode)
  if (node === undefined) {
    const expected = '区域树中已有的代码 / a code of the regional tree'
    return { code: 'unknown_region', field, expected, mend: '改用已有区域，或先导入区域后重放 / use a known region, or import it and replay' }
  }
  if (province !== undefined && isWithin(node.path, province.path)) return null
  const expected = `省 ${provinceCode} 之内的区域 / a region within province ${provinceCode}`
  return { code: 'region_outside_province', field, expected, mend: '核对 province_code 与区域代码 / check province_code against the region' }
}

const CORRECTABLE_REGIONS: ReadonlySet<string> = new Set(['region', ...REGION_KEYS])

/** Fields that a `corrected` event may rewrite and whose new value is checked like that of `created`. */
function correctionFault(view: PayloadView, tree: RegionTree): Refusal | null {
  const { field, new: value } = view.payload
  if (view.correctsEventId !== null && isAbsent(field)) return null
  if (!isCode(field)) return refusalOf(code('field'), isAbsent(field))
  if (value === undefined) return refusalOf({ ...code('new'), expected: '更正后的值 / the value after the correction' }, true)
  if (CORRECTABLE_REGIONS.has(String(field))) return isUnknown(value) ? null : regionFault('payload.new', value, view.provinceCode, tree)
  const rule = [...(MANDATORY['created'] ?? []), ...OPTIONAL].find((candidate) => candidate.names.includes(String(field)))
  return rule === undefined || isUnknown(value) || rule.check(value) ? null : refusalOf({ ...rule, names: ['new'] }, false)
}

/** Why a payload cannot be taken for its event type, or null (domain.md 3.4; DQ-01, DQ-02 for codes the engine counts by). */
export function payloadFault(type: string, view: PayloadView, tree: RegionTree): Refusal | null {
  if (type === 'corrected') return correctionFault(view, tree)
  const fault = mandatoryFault(type, view) ?? optionalFault(type, view)
  if (fault !== null || type !== 'created') return fault
  const given = REGION_KEYS.filter((key) => !isUnknown(view.payload[key]))
  // The finest one that the tree knows is the ticket's place; grids and branches are often not loaded.
  const key = given.find((candidate) => tree.get(String(view.payload[candidate])) !== undefined) ?? given[0] ?? 'region_code'
  return regionFault(`payload.${key}`, view.payload[key], view.provinceCode, tree)
}

/** A `created` payload whose `region_code` is the finest region given that the tree knows: the fold takes that field first. */
export function withRegion(payload: Readonly<Record<string, unknown>>, tree: RegionTree): Readonly<Record<string, unknown>> {
  const key = REGION_KEYS.find((candidate) => !isUnknown(payload[candidate]) && tree.get(String(payload[candidate])) !== undefined)
  return key === undefined || key === 'region_code' ? payload : { ...payload, region_code: String(payload[key]) }
}
