import { customerKeyAmong, customerKeysOf } from '../protect/customer-key.ts'
import { PERSONAL_FIELDS } from '../protect/personal-fields.ts'
import { SOURCE_CATEGORIES, TICKET_KINDS } from '../vocabulary.ts'
import type { TicketDraft } from './draft.ts'
import { asInstant, flagOf, type PayloadReader, readPayload } from './payload.ts'
import { mark } from './service-effects.ts'
import type { TicketEvent } from './ticket.ts'

/** The region of a payload from finest to coarsest; `region_code` is whatever node the source knows (domain.md 3.4 row 1, 2.2-4). */
export const REGION_KEYS = [
  'region_code',
  'region_grid',
  'grid_code',
  'region_branch',
  'branch_code',
  'region_district',
  'district_code',
  'region_city',
  'city_code',
] as const

export const ticketKeyOf = (draft: TicketDraft, ticketNo: string): string => `${draft.provinceCode}:${draft.sourceSystem}:${ticketNo}`

const MANDATORY = ['kind', 'channel', 'source_category', 'phenomenon_l1'] as const

function readMatter(draft: TicketDraft, reader: PayloadReader): void {
  draft.kind = reader.oneOf('kind', TICKET_KINDS) ?? draft.kind
  draft.channel = reader.text('channel') ?? ''
  draft.sourceCategory = reader.oneOf('source_category', SOURCE_CATEGORIES) ?? draft.sourceCategory
  draft.urgency = reader.text('urgency') ?? 'normal'
  draft.phenomenonL1 = reader.text('phenomenon_l1') ?? ''
  draft.phenomenonL2 = reader.text('phenomenon_l2') ?? ''
  draft.phenomenonL3 = reader.text('phenomenon_l3') ?? ''
  draft.productL1 = reader.text('product_l1') ?? ''
  draft.productL2 = reader.text('product_l2') ?? ''
  draft.salesChannel = reader.text('sales_channel') ?? ''
  draft.disputedChannel = reader.text('disputed_channel') ?? ''
  draft.emotion = reader.text('emotion') ?? ''
  draft.urbanRural = reader.text('urban_rural') ?? ''
  draft.isTemplate = asBinary(reader.truth('is_template'))
  draft.isProxy = reader.truth('is_proxy') ?? false
  draft.regulatorCaseNo = reader.text('regulator_case_no')
  draft.groupTicketNo = reader.text('group_ticket_no')
  draft.contentText = reader.text('content_text') ?? ''
  draft.isTest = reader.truth('test_flag') ?? false
  const limit = reader.integer('limit_minutes')
  draft.limitMinutesGiven = limit !== null && limit > 0 ? limit : null
  const parentNo = reader.text('parent_ticket_id')
  draft.parentTicketKey = parentNo === null ? null : ticketKeyOf(draft, parentNo)
}

/** Where the key of an address that was filed from stands, by each name that sources give the address. */
const ADDRESS_KEYS = [...PERSONAL_FIELDS].filter(([, treatment]) => treatment === 'ip').map(([field]) => `${field}_key`)

function addressKeyOf(payload: TicketEvent['payload']): string | null {
  for (const name of ADDRESS_KEYS) {
    const [key] = [payload[name]].flat()
    if (typeof key === 'string' && key !== '') return key
  }
  return null
}

const asBinary = (truth: boolean | null): number => (truth === null ? -1 : Number(truth))

function readCustomer(draft: TicketDraft, reader: PayloadReader): void {
  draft.star = reader.integer('star') ?? -1
  draft.ageBand = reader.text('age_band') ?? ''
  draft.isVip = reader.truth('is_vip') ?? false
  draft.isKeyPerson = reader.truth('is_key_person') ?? false
}

/** Sets what the limit is chosen by to what the ticket now says. */
export function takeLimitBasis(draft: TicketDraft): void {
  draft.limitBasis = {
    star: draft.star,
    isVip: draft.isVip,
    isKeyPerson: draft.isKeyPerson,
    isSkipLevel: draft.sourceCategory !== 'province_complaint',
    isAppeal: draft.kind === 'appeal',
  }
}

/** Takes the facts of `created` (domain.md 3.4 row 1). Only the first `created` of a ticket does; the caller sees to that. */
export function accept(draft: TicketDraft, event: TicketEvent): void {
  const { payload } = event
  const reader = readPayload(event, draft.qualityFlags)
  for (const key of MANDATORY)
    if (payload[key] === undefined || payload[key] === null) draft.qualityFlags.push(flagOf(`missing_field:${key}`, event))
  draft.acceptedAt = event.occurredAt
  draft.firstOwner = { unitId: event.unitId, actorId: event.actorId }
  readMatter(draft, reader)
  readCustomer(draft, reader)
  takeLimitBasis(draft)
  for (const key of REGION_KEYS) {
    const code = reader.text(key)
    if (code === null) continue
    draft.regionCode = code
    break
  }
  const { customer, product, contact } = customerKeysOf(payload)
  draft.customerKeys = { customer: [...customer], product: [...product], contact: [...contact] }
  draft.customerKey = customerKeyAmong(draft.customerKeys, draft.ticketKey)
  draft.sourceAddressKey = addressKeyOf(payload)
  mark(draft, payload)
  if (draft.kind === 'appeal') {
    const stage = reader.text('appeal_stage')
    draft.appeal = { regulatorCaseNo: draft.regulatorCaseNo, status: null, stage, dueAt: asInstant(payload['due_at']), feedbackAt: null, closedAt: null }
  }
}
