import { correctedKeysOf, customerKeyAmong } from '../protect/customer-key.ts'
import { SOURCE_CATEGORIES, TICKET_KINDS } from '../vocabulary.ts'
import { REGION_KEYS, takeLimitBasis } from './acceptance.ts'
import type { FoldMemory, TicketDraft } from './draft.ts'
import { asInteger, asText, asTruth, asWord, flagOf, isUnknown } from './payload.ts'
import type { TicketEvent } from './ticket.ts'

/** Puts a new value into its field; false when the value is of a wrong type. A correction to "unknown" gives the field's empty value. */
type Amend = (draft: TicketDraft, value: unknown, event: TicketEvent, memory: FoldMemory) => boolean

type TextField = 'channel' | 'urgency' | 'productL1' | 'productL2' | 'phenomenonL3' | 'contentText' | 'emotion' | 'urbanRural' | 'salesChannel' | 'disputedChannel' | 'ageBand'

const text =
  (field: TextField): Amend =>
  (draft, value) => {
    const read = isUnknown(value) ? '' : asText(value)
    if (read !== null) draft[field] = read
    return read !== null
  }

const truth =
  (field: 'isVip' | 'isKeyPerson' | 'isTest' | 'isProxy'): Amend =>
  (draft, value) => {
    const read = isUnknown(value) ? false : asTruth(value)
    if (read !== null) draft[field] = read
    return read !== null
  }

/** A number to which the case is filed elsewhere; unknown takes it away. */
const number =
  (field: 'regulatorCaseNo' | 'groupTicketNo' | 'incidentId'): Amend =>
  (draft, value) => {
    const read = isUnknown(value) ? null : asText(value)
    if (read !== null || isUnknown(value)) draft[field] = read
    return read !== null || isUnknown(value)
  }

const code =
  (field: 'escalationTendency' | 'strictestScene'): Amend =>
  (draft, value) => {
    const read = isUnknown(value) ? -1 : asInteger(value)
    if (read !== null) draft.marks[field] = read
    return read !== null
  }

const isTemplate: Amend = (draft, value) => {
  const read = isUnknown(value) ? null : asTruth(value)
  if (read !== null || isUnknown(value)) draft.isTemplate = read === null ? -1 : Number(read)
  return read !== null || isUnknown(value)
}

const region: Amend = (draft, value) => {
  const read = isUnknown(value) ? draft.provinceCode : asText(value)
  if (read !== null) draft.regionCode = read
  return read !== null
}

/** A second level belongs to its first: it goes with it, unless it was corrected at the same instant. */
const phenomenonL1: Amend = (draft, value, event, memory) => {
  const read = asText(value)
  if (read === null) return false
  if (read !== draft.phenomenonL1 && memory.secondLevelCorrectedAt !== event.occurredAt) draft.phenomenonL2 = ''
  draft.phenomenonL1 = read
  return true
}

const phenomenonL2: Amend = (draft, value, event, memory) => {
  const read = isUnknown(value) ? '' : asText(value)
  if (read === null) return false
  draft.phenomenonL2 = read
  memory.secondLevelCorrectedAt = event.occurredAt
  return true
}

const star: Amend = (draft, value) => {
  const read = asInteger(value)
  if (read !== null) draft.star = read
  return read !== null
}

const kind: Amend = (draft, value) => {
  const read = asWord(value, TICKET_KINDS)
  if (read !== null) draft.kind = read
  return read !== null
}

const sourceCategory: Amend = (draft, value) => {
  const read = asWord(value, SOURCE_CATEGORIES)
  if (read !== null) draft.sourceCategory = read
  return read !== null
}

/** A given limit may be shortened; lengthening one that runs is a data steward's (domain.md 3.6). */
const limitMinutes: Amend = (draft, value, event) => {
  const read = asInteger(value)
  if (read === null || read <= 0) return false
  const mayLengthen = draft.limitMinutesGiven === null || event.actorType === 'data_steward'
  draft.limitMinutesGiven = mayLengthen ? read : Math.min(draft.limitMinutesGiven as number, read)
  return true
}

/** What `corrected` can change here, by the field's name in the payload (domain.md 3.4 row 2). Other fields are kept in the event only. */
const AMENDABLE: ReadonlyMap<string, Amend> = new Map([
  ['phenomenon', phenomenonL1],
  ['phenomenon_l1', phenomenonL1],
  ['phenomenon_l2', phenomenonL2],
  ['region', region],
  ...REGION_KEYS.map((key) => [key, region] as const),
  ['product', text('productL1')],
  ['product_l1', text('productL1')],
  ['product_l2', text('productL2')],
  ['sales_channel', text('salesChannel')],
  ['disputed_channel', text('disputedChannel')],
  ['age_band', text('ageBand')],
  ['phenomenon_l3', text('phenomenonL3')],
  ['emotion', text('emotion')],
  ['urban_rural', text('urbanRural')],
  ['is_proxy', truth('isProxy')],
  ['is_template', isTemplate],
  ['regulator_case_no', number('regulatorCaseNo')],
  ['group_ticket_no', number('groupTicketNo')],
  ['incident_id', number('incidentId')],
  ['escalation_tendency', code('escalationTendency')],
  ['strictest_scene', code('strictestScene')],
  ['star', star],
  ['kind', kind],
  ['source_category', sourceCategory],
  ['channel', text('channel')],
  ['urgency', text('urgency')],
  ['content_text', text('contentText')],
  ['is_vip', truth('isVip')],
  ['is_key_person', truth('isKeyPerson')],
  ['test_flag', truth('isTest')],
  ['limit_minutes', limitMinutes],
])

/** Fields whose correction after the completion says that the ticket had been classified wrongly (K-47). */
const CLASSIFYING = /^(phenomenon|product|cause)/u

/** A change may shorten the limit; only a data steward's may lengthen one that already started (domain.md 3.6 "High value wins"). */
function followLimitBasis(draft: TicketDraft, actorType: string | null): void {
  const before = draft.limitBasis
  takeLimitBasis(draft)
  if (actorType === 'data_steward' || draft.acceptedAt === null) return
  const now = draft.limitBasis
  draft.limitBasis = {
    star: Math.max(before.star, now.star),
    isVip: before.isVip || now.isVip,
    isKeyPerson: before.isKeyPerson || now.isKeyPerson,
    isSkipLevel: before.isSkipLevel || now.isSkipLevel,
    isAppeal: before.isAppeal || now.isAppeal,
  }
}

/**
 * Puts the keys of a corrected number or customer in the place of the old ones (domain.md 3.7-2, 8.4). Of a number that is known by its mask
 * only, or not at all, there are none: the old ones are another's.
 */
function nameCustomer(draft: TicketDraft, { kind, keys }: NonNullable<ReturnType<typeof correctedKeysOf>>): void {
  draft.customerKeys[kind] = [...keys]
  draft.customerKey = customerKeyAmong(draft.customerKeys, draft.ticketKey)
}

/** Applies a `corrected` event {field, old, new} in its place in the order. */
export function correct(draft: TicketDraft, event: TicketEvent, memory: FoldMemory): void {
  memory.isCorrected = true
  const field = event.payload['field']
  if (typeof field !== 'string') {
    draft.qualityFlags.push(flagOf(field === undefined ? 'missing_field:field' : 'wrong_type:field', event))
    return
  }
  const named = correctedKeysOf(event.payload)
  if (named !== null) {
    nameCustomer(draft, named)
    return
  }
  const amend = AMENDABLE.get(field)
  if (amend === undefined) return
  if (!amend(draft, event.payload['new'], event, memory)) {
    draft.qualityFlags.push(flagOf(`wrong_type:${field}`, event))
    return
  }
  followLimitBasis(draft, event.actorType)
  if (draft.completedAt !== null && CLASSIFYING.test(field)) draft.isCorrectedLate = true
}
