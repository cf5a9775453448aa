/** Name spaces of the keyed hash: one number hashes to one key, whichever field it came in. */
export type KeyKind = 'customer' | 'agent' | 'number' | 'ip'

/**
 * What becomes of a personal field (domain.md 8.4). Results stand under `<field>_key` and `<field>_mask`; the field itself goes.
 * - `number`: keyed hash and mask of a telephone or product number.
 * - `customer`, `agent`: keyed hash only, always as `customer_key` or `agent_key`.
 * - `name`: `张**`. - `address`: province, city and district only. - `ip`: the /24 network and a keyed hash.
 * - `card`, `email`: a placeholder that says that there was one. - `drop`: nothing stays.
 */
export type Treatment = 'number' | 'customer' | 'agent' | 'name' | 'address' | 'ip' | 'card' | 'email' | 'drop'

const named = (treatment: Treatment, fields: string): readonly (readonly [string, Treatment])[] =>
  fields.split(/\s+/u).map((field) => [field, treatment] as const)

/** Payload fields that identify a person, by name in snake case (domain.md 3.4, 8.1, 8.4). Unknown fields are masked by their content. */
export const PERSONAL_FIELDS: ReadonlyMap<string, Treatment> = new Map([
  ...named(
    'number',
    'product_no product_number caller_no caller_number calling_no calling_number called_no called_number contact_no contact_number contact_phone ' +
      'customer_phone customer_mobile phone phone_no phone_number mobile mobile_no mobile_number tel telephone msisdn callback_no broadband_account account',
  ),
  ...named('customer', 'customer_id customer_no cust_id'),
  // Who of the staff did it, where a rule looks at one person's day (AT-17, AT-21): the door names him so (core/engine/intake-protect.ts).
  ...named('agent', 'agent_id'),
  ...named(
    'name',
    'customer_name contact_name caller_name user_name username real_name full_name applicant_name agent_person_name complainant complainant_name',
  ),
  ...named('address', 'address addr install_address installation_address home_address contact_address customer_address detail_address'),
  ...named('ip', 'ip ip_address client_ip source_ip filing_ip'),
  ...named('card', 'bank_card bank_card_no bank_account card_no payment_no payment_account'),
  ...named('email', 'email e_mail mail email_address'),
  ...named(
    'drop',
    'id_no id_card id_card_no id_number identity_no identity_number cert_no certificate_no passport_no password passwd pwd pin sms_code verification_code ' +
      'birthday birth_date date_of_birth latitude longitude lat lng location gps',
  ),
])

/** A bare `name` is a person's where its parent says so: { customer: { name } }. */
export const PERSON_PARENT = /customer|contact|caller|user|person|applicant|complainant/u

/**
 * Identifiers of matters, not of persons: kept as they are, however many digits they have, unless the whole of one is a mobile or
 * identity number.
 */
export const MATTER_IDENTIFIERS: ReadonlySet<string> = new Set([
  'ticket_id',
  'parent_ticket_id',
  'leg_id',
  'new_leg_id',
  'event_id',
  'call_record_no',
  'message_id',
  'repair_no',
  'regulator_case_no',
  'group_ticket_no',
  'unified_code',
  'call_id',
  'incident_id',
  'opinion_id',
  'repost_of',
  'shift_id',
  'product_instance_id',
  'to_unit',
  'from_unit',
  'unit_id',
  'region_code',
  'staff',
  'handler_id',
  'approver',
])
