/** The words of the trade (domain.md section 1, 2.4, 3.1, 3.4, 3.5, 7.1). One thing, one word, from table to screen. */

/** 1 blue, 2 yellow, 3 orange, 4 red; abnormal-ticket levels A1–A4 map onto it (domain.md 0.2-9). 0 means "nothing". */
export type Severity = 1 | 2 | 3 | 4
export type Level = 0 | Severity
export const COLOURS = ['blue', 'yellow', 'orange', 'red'] as const
export type Colour = (typeof COLOURS)[number]
export const colourOf = (severity: Severity): Colour => COLOURS[severity - 1] as Colour
/** The colours in Chinese, blue first. */
const COLOURS_ZH = ['蓝色', '黄色', '橙色', '红色'] as const
export const colourZhOf = (severity: Severity): string => COLOURS_ZH[severity - 1] as string

export const REGION_LEVELS = ['group', 'province', 'city', 'district', 'branch', 'grid'] as const
export type RegionLevel = (typeof REGION_LEVELS)[number]

export const ROLES = [
  'duty_agent',
  'duty_leader',
  'duty_manager',
  'province_center_director',
  'province_cs_dept',
  'city_owner',
  'dept_owner',
  'group_ops',
  'group_cs_dept',
  'exec',
  'data_steward',
  'auditor',
  'admin',
] as const
export type Role = (typeof ROLES)[number]

export const TICKET_KINDS = [
  'complaint',
  'appeal',
  'enquiry',
  'query',
  'fault',
  'install',
  'collab',
  'track',
  'pre_accept',
  'lead',
  'mass_incident',
  'opinion_item',
] as const
export type TicketKind = (typeof TICKET_KINDS)[number]

export const SOURCE_CATEGORIES = ['province_complaint', 'province_appeal', 'group_complaint', 'group_appeal'] as const
export type SourceCategory = (typeof SOURCE_CATEGORIES)[number]

export const TICKET_STATES = [
  'new',
  'dispatched',
  'processing',
  'suspended',
  'replied',
  'confirming',
  'completed',
  'surveying',
  'repairing',
  'archived',
  'cancelled',
  'voided',
  'merged',
] as const
export type TicketState = (typeof TICKET_STATES)[number]

/**
 * Event types in their fixed rank: events of one ticket with equal `occurred_at` and `source_seq` are ordered by it
 * (domain.md 3.3: created first, terminal events last). All types of 3.4 are known words; which of them the fold gives a
 * meaning to is the fold's business, and an unknown word is quarantined.
 */
export const EVENT_TYPES = [
  'created',
  'corrected',
  'marked',
  'dispatched',
  'redispatched',
  'claimed',
  'released',
  'transferred',
  'reassigned',
  'returned',
  'recalled',
  'first_contacted',
  'contact_failed',
  'assist_requested',
  'assist_replied',
  'expedited',
  'extension_requested',
  'extension_approved',
  'extension_rejected',
  'suspend_requested',
  'suspended',
  'resumed',
  'interim_replied',
  'appointment_set',
  'appointment_changed',
  'onsite_arrived',
  'onsite_finished',
  'stage_entered',
  'stage_left',
  'raised',
  'supervised',
  'supervision_answered',
  'appeal_status_changed',
  'refund_requested',
  'refund_approved',
  'refund_rejected',
  'refund_paid',
  'replied',
  'review_passed',
  'review_failed',
  'qualified',
  'customer_replied',
  'fault_cleared',
  'service_restored',
  'reopened',
  'completed',
  'survey_sent',
  'survey_answered',
  'survey_expired',
  'survey_skipped',
  'repair_opened',
  'repair_closed',
  'archived',
  'cancelled',
  'merged',
  'voided',
] as const
export type EventType = (typeof EVENT_TYPES)[number]
export const EVENT_RANK: ReadonlyMap<string, number> = new Map(EVENT_TYPES.map((type, rank) => [type, rank]))

/**
 * Notices: events that speak of something other than a ticket (domain.md 3.4, last paragraph). In their fixed rank, as above. The word before
 * the dot is the kind of the subject that they speak of.
 */
export const NOTICE_TYPES = [
  'incident.opened',
  'incident.updated',
  'incident.closed',
  'call.ended',
  'user_base.reported',
  'opinion.detected',
  'opinion.updated',
  'shift.started',
  'shift.handover',
  'shift.ended',
  'calendar.loaded',
  'config.changed',
] as const
export type NoticeType = (typeof NOTICE_TYPES)[number]
export const NOTICE_RANK: ReadonlyMap<string, number> = new Map(NOTICE_TYPES.map((type, rank) => [type, rank]))

/** Systems of the operator's own channels, named by an incident as its product (domain.md MR-20): app and web hall, business halls, hot line. */
export const OWN_SYSTEMS = ['app', 'hall', 'hotline'] as const
export type OwnSystem = (typeof OWN_SYSTEMS)[number]

/** How far an opinion item has spread, from the least to the most (domain.md MR-09: local medium … regulator's naming). */
export const SPREAD_LEVELS = ['local', 'provincial', 'national', 'trending', 'national_tv', 'regulator'] as const
export type SpreadLevel = (typeof SPREAD_LEVELS)[number]

/** What a risk case can be about (domain.md 5.1): a phenomenon or product, of which there are tickets, or something that has none of its own to join by. */
export const MATTER_KINDS = ['phenomenon', 'product', 'appeals', 'feed', 'cross_province', 'opinion', 'keyword', 'hotline', 'backlog', 'key_customer', 'executive', 'agent'] as const
export type MatterKind = (typeof MATTER_KINDS)[number]

export const ALERT_KINDS = ['abnormal', 'risk'] as const
/** `abnormal`: one rule, one ticket (AT-xx). `risk`: a RiskCase (MR-xx). Both live one life (domain.md 7.1). */
export type AlertKind = (typeof ALERT_KINDS)[number]
/** The synthetic breach of each minute (docs/adr/0039): it lives the life of an alert and is shown, counted and told to nobody. */
export const CANARY = 'canary'

export const ALERT_STATES = [
  'open',
  'acknowledged',
  'handling',
  'mitigated',
  'resolved',
  'closed',
  'suppressed',
  'false_positive',
  'merged',
  'retracted',
] as const
export type AlertState = (typeof ALERT_STATES)[number]
/** States in which the condition's card is still somebody's work; the others are ends (or, for `resolved`, nearly). */
export const LIVE_ALERT_STATES: readonly AlertState[] = ['open', 'acknowledged', 'handling', 'mitigated', 'suppressed']

export const CHANNELS = ['in_app', 'web_push', 'webhook', 'email', 'wecom', 'dingtalk', 'feishu', 'sms', 'voice', CANARY] as const
export type ChannelName = (typeof CHANNELS)[number]

/** What a ladder names (domain.md 7.3): the person's IM is whichever the deployment and the person have. */
export const LADDER_CHANNELS = ['wall', 'in_app', 'im', 'sms', 'voice', 'email', 'webhook'] as const
export type LadderChannel = (typeof LADDER_CHANNELS)[number]
