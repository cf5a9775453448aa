import type { EventType } from '../../core/domain/vocabulary.ts'

/** Takes one of a list; the first where nothing speaks for another. */
export type Pick = <T>(list: readonly T[]) => T

/** A {@link Pick} that follows numbers, over and over. */
export function pickBy(numbers: readonly number[]): Pick {
  let turn = 0
  return (list) => {
    const number = numbers.length === 0 ? 0 : (numbers[turn % numbers.length] as number)
    turn += 1
    return list[number % list.length] as (typeof list)[number]
  }
}

/** Where tickets lie and how the numbers of their customers are said: in the clear at the door, as keys to the fold. */
export interface Surroundings {
  readonly regions: readonly string[]
  readonly customers: readonly Readonly<Record<string, string>>[]
}

/** Customers who share product, contact number or only themselves, as the fold sees them; the last one names none. */
export const KEYED_CUSTOMERS: readonly Readonly<Record<string, string>>[] = [
  { customer_key: 'c1', product_no_key: 'p1', contact_no_key: 'n1' },
  { customer_key: 'c2', product_no_key: 'p1', contact_no_key: 'n2', source_ip_key: 'a1' },
  { customer_key: 'c1', product_no_key: 'p2', contact_no_key: 'n2' },
  {},
]

const UNITS = ['U1', 'U2', 'U3'] as const
const LEGS = ['L1', 'L2', 'L3'] as const
const TIMES = ['2026-05-30T08:00:00+08:00', '2026-06-01T10:00:00+08:00', '2026-06-04T18:00:00+08:00', '2026-06-20T12:00:00+08:00'] as const
const STAGES = ['fee', 'resource', 'data', 'reconnect', 'outside_line'] as const
const PHENOMENA = [
  ['network', 'broadband_down'],
  ['billing', 'charging'],
  ['network', 'reconnection'],
  ['network', ''],
] as const
const MORE_OF_CREATED: readonly Readonly<Record<string, unknown>>[] = [
  {},
  { star: 5 },
  { is_vip: true, urgency: 'urgent' },
  { is_key_person: 1, emotion: 'angry' },
  { limit_minutes: 600, urgency: 'critical' },
  { source_category: 'group_complaint', escalation_tendency: 2 },
  { incident_id: 'I1', urban_rural: 'rural', product_l1: 'mobile' },
  { urban_rural: 'rural', is_template: true, strictest_scene: 3 },
  { urban_rural: 'urban', sensitive: true, group_ticket_no: 'G1' },
  { test_flag: true },
]

function created(pick: Pick, { regions, customers }: Surroundings): Record<string, unknown> {
  const [phenomenon_l1, phenomenon_l2] = pick(PHENOMENA)
  const kind = pick(['complaint', 'complaint', 'complaint', 'fault', 'install', 'appeal', 'enquiry', 'query', 'collab'])
  return {
    kind,
    channel: pick(['hotline', 'gov_12345', 'app', 'province_supervision']),
    source_category: 'province_complaint',
    region_code: pick(regions),
    phenomenon_l1,
    phenomenon_l2,
    product_l1: 'broadband',
    content_text: '宽带上不了网',
    ...(kind === 'appeal' ? { regulator_case_no: 'A1', appeal_stage: 'first', due_at: pick(TIMES) } : {}),
    ...pick(customers),
    ...pick(MORE_OF_CREATED),
  }
}

/** A correction of one of a customer's numbers, said as {@link Surroundings} says them; where he has none, to none. */
function renamed(pick: Pick, { customers }: Surroundings): Record<string, unknown> {
  const entries = Object.entries(pick(customers))
  if (entries.length === 0) return { field: pick(['product_no', 'contact_no', 'customer_id']), new: pick([null, '138****1111']) }
  const [name, value] = pick(entries)
  const field = name === 'customer_key' ? name : name.replace(/_key$/u, '')
  return name.endsWith('_key') ? { field, new: '****', new_key: value } : { field, new: value }
}

const correction = (pick: Pick, where: Surroundings): Record<string, unknown> =>
  pick<Record<string, unknown>>([
    renamed(pick, where),
    renamed(pick, where),
    { field: 'phenomenon_l1', new: pick(['billing', 'network']) },
    { field: 'phenomenon_l2', new: pick(['charging', 'broadband_down']) },
    { field: 'region_code', new: pick(where.regions) },
    { field: 'star', new: pick([6, 1]) },
    { field: 'kind', new: pick(['fault', 'complaint', 'install']) },
    { field: 'is_vip', new: pick([true, false]) },
    { field: 'test_flag', new: pick([true, false]) },
    { field: 'limit_minutes', new: pick([600, 6_000]) },
    { field: 'source_category', new: pick(['group_appeal', 'province_complaint']) },
    { field: 'product_l1', new: pick(['mobile', 'broadband']) },
    { field: 'incident_id', new: pick(['I1', '']) },
    { field: 'escalation_tendency', new: pick([2, -1]) },
    { field: 'urban_rural', new: pick(['rural', '']) },
  ])

const refund = (pick: Pick): Record<string, unknown> => ({
  refund_no: pick(['F1', 'F2', undefined]),
  type: pick(['refund', 'compensation']),
  amount_cents: pick([990, 0, 12_345]),
  ...pick([{}, { calculated_cents: 900, audit_result: 'ok' }]),
})

const visit = (pick: Pick): Record<string, unknown> => ({
  window_start: pick(TIMES),
  window_end: pick(TIMES),
  initiator: pick(['company', 'customer']),
})

const leg = (pick: Pick): Record<string, unknown> => ({ leg_id: pick(LEGS) })

const extension = (pick: Pick): Record<string, unknown> => ({ minutes: pick([600, 60, 0, 3_000]), ...pick([{}, leg(pick)]) })

const SAYS: Readonly<Partial<Record<EventType, (pick: Pick, where: Surroundings) => Record<string, unknown>>>> = {
  created,
  corrected: correction,
  marked: (pick) =>
    pick<Record<string, unknown>>([
      { tendency: 2 },
      { strictest_scene: 3, sensitive: true },
      { strictest_scene: -1 },
      { fraud: 1, port_out: 'yes' },
      { incident_id: 'I2' },
      { duplicate: false },
      { group_result_uploaded: true },
    ]),
  dispatched: (pick) => ({ to_unit: pick(UNITS), ...leg(pick), ...pick([{}, { limit_minutes: 120 }]) }),
  redispatched: (pick) => ({ to_unit: pick(UNITS), ...leg(pick), new_leg_id: pick(LEGS), because: 'rejected' }),
  claimed: (pick) => ({ ...leg(pick), handler_id: pick(['h1', 'h2']) }),
  released: leg,
  transferred: (pick) => ({ from_unit: 'U1', to_unit: pick(UNITS), ...leg(pick), new_leg_id: pick(LEGS), reason_code: 'not_ours' }),
  reassigned: (pick) => ({ to_unit: pick(UNITS), ...leg(pick), new_leg_id: pick(LEGS) }),
  returned: (pick) => ({ ...leg(pick), from_unit: 'U1', reason_code: pick(['not_ours', 'unclear']) }),
  recalled: leg,
  first_contacted: (pick) => ({ contact_method: 'call', call_record_no: 'R0', result: pick(['reached', undefined, 'busy']) }),
  assist_requested: (pick) => ({ assist_leg_id: pick(['H1', 'H2']), unit: pick(UNITS) }),
  assist_replied: (pick) => ({ assist_leg_id: pick(['H1', 'H2']) }),
  expedited: (pick) => ({ by: pick(['customer', 'staff', 'group']), channel: pick(['hotline', 'app']) }),
  extension_requested: extension,
  extension_approved: extension,
  extension_rejected: extension,
  suspended: (pick) => ({ reason_code: 'customer_later', approver: 'b1', planned_resume_at: pick(TIMES) }),
  appointment_set: visit,
  appointment_changed: visit,
  stage_entered: (pick) => ({ stage: pick(STAGES) }),
  stage_left: (pick) => ({ stage: pick([...STAGES, undefined]) }),
  raised: (pick) => ({ to_unit: pick(UNITS), forced: false }),
  supervised: (pick) => ({ level: pick(['group', 'province']), due_at: pick(TIMES) }),
  appeal_status_changed: (pick) => ({
    regulator_case_no: 'A1',
    status: pick([4, 0, 1, 2, 5]),
    ...pick([{}, { stage: 'second', due_at: pick(TIMES) }]),
  }),
  refund_requested: refund,
  refund_approved: refund,
  refund_rejected: refund,
  refund_paid: refund,
  replied: (pick) => ({ ...leg(pick), unit_id: pick(UNITS), text: pick(['已处理', '已修复，请客户确认']) }),
  review_passed: leg,
  review_failed: leg,
  qualified: (pick) => ({
    stage: pick(['pre', 'final']),
    cause_l1: 'network',
    cause_l2: pick(['olt', '']),
    liability: pick(['company', 'customer', '']),
    responsible_unit: pick([undefined, 'U3']),
  }),
  customer_replied: (pick) => ({ method: 'call', call_record_no: 'R1', record_seconds: pick([60, 5, 10]), staff: 's1', agreed: pick([true, false]) }),
  fault_cleared: () => ({ by: 'h1', cause_l1: 'olt' }),
  service_restored: (pick) => pick([{ paid_at: pick(TIMES) }, {}]),
  reopened: (pick) => pick([{ reason: '仍未解决' }, { to_unit: pick(UNITS) }]),
  completed: (pick) => ({ result_code: pick(['solved', 'unreachable', 'duplicate']), is_raise_finish: pick([undefined, true]) }),
  survey_sent: (pick) => ({ mode: pick(['sms', 'call']) }),
  survey_answered: (pick) => ({ score: pick([9, 10, 8, 3]), solved: pick(['yes', 'no', 'unclear']) }),
  survey_skipped: () => ({ skip_reason: 'refused' }),
  repair_opened: (pick) => ({ cause: 'survey_dissatisfied', repair_no: pick(['M1', 'M2']) }),
  repair_closed: (pick) => ({
    repair_no: pick(['M1', 'M2']),
    result: pick(['satisfied', 'refused']),
    ...pick([{}, { resurvey_score: pick([9, 8]) }]),
  }),
  merged: () => ({ parent_ticket_id: 'T0' }),
}

/** What a source believably says with an event of this type: all that the door demands (domain.md 3.4), and what is judged and counted. */
export function believable(type: EventType, pick: Pick, where: Surroundings): Record<string, unknown> {
  const said = SAYS[type]?.(pick, where) ?? {}
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}
