import { calendarFrom, DEFAULT_CALENDAR } from '../../core/domain/calendar.ts'
import type { ClockContext } from '../../core/domain/ticket/clock-reading.ts'
import { NO_HISTORY } from '../../core/domain/ticket/customer-history.ts'
import { type ClockLimits, DEFAULT_CLOCK_LIMITS } from '../../core/domain/ticket/limits.ts'
import type { AppealCourse, Appointment, CustomerReply, Leg, Span, Survey, Suspension } from '../../core/domain/ticket/parts.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { HOUR, type Instant } from '../../core/domain/time.ts'
import { at, SHANGHAI } from './builders.ts'

/** Monday 2026-06-01 09:00 in Shanghai: the acceptance of every ticket of these tests that names no other. */
export const START = at('2026-06-01 09:00')

const BASE: Ticket = {
  ticketKey: '32:eoms:T1',
  ticketNo: 'T1',
  provinceCode: '32',
  sourceSystem: 'eoms',
  status: 'new',
  kind: 'complaint',
  channel: 'hotline',
  sourceCategory: 'province_complaint',
  urgency: 'normal',
  emotion: '',
  regionCode: '320501',
  urbanRural: '',
  phenomenonL1: 'network',
  phenomenonL2: 'broadband_down',
  phenomenonL3: '',
  productL1: 'broadband',
  productL2: '',
  salesChannel: '',
  disputedChannel: '',
  ageBand: '',
  customerKey: 'c1',
  customerKeys: { customer: [], product: [], contact: [] },
  star: 3,
  isVip: false,
  isKeyPerson: false,
  marks: { escalationTendency: 0, strictestScene: -1, isSensitive: false, isFraud: false, isPortOut: false },
  isTemplate: 0,
  isProxy: false,
  sourceAddressKey: null,
  regulatorCaseNo: null,
  groupTicketNo: null,
  markedDifferentAt: null,
  groupResultAt: null,
  limitBasis: { star: 3, isVip: false, isKeyPerson: false, isSkipLevel: false, isAppeal: false },
  limitMinutesGiven: null,
  isTest: false,
  contentText: '宽带上不了网',
  acceptedAt: START,
  firstDispatchedAt: null,
  firstContactedAt: null,
  contactFailures: [],
  customerReplies: [],
  completedAt: null,
  completions: [],
  resultCode: null,
  isRaiseFinish: false,
  cancelledAt: null,
  voidedAt: null,
  mergedAt: null,
  archivedAt: null,
  parentTicketKey: null,
  unitId: null,
  handlerId: null,
  firstOwner: { unitId: null, actorId: null },
  legs: [],
  transferCount: 0,
  returnCount: 0,
  redispatchCount: 0,
  expedites: [],
  extensions: [],
  suspensions: [],
  closedGaps: [],
  reopenCount: 0,
  interimReplyCount: 0,
  surveys: [],
  repairs: [],
  refunds: [],
  qualification: null,
  raisedAt: [],
  supervisions: [],
  appeal: null,
  appointments: [],
  stages: [],
  faultClearedAt: null,
  serviceRestoredAt: null,
  reconnectPaidAt: null,
  incidentId: null,
  isCorrectedLate: false,
  qualityFlags: [],
  eventCount: 1,
  firstEventAt: START,
  lastEventAt: START,
}

/** A ticket as the fold would leave it, written down fact by fact. */
export const aFolded = (facts: Partial<Ticket> = {}): Ticket => ({ ...BASE, ...facts })

/** An appeal: high value by its kind. */
export const anAppeal = (facts: Partial<Ticket> = {}): Ticket =>
  aFolded({
    kind: 'appeal',
    channel: 'miit_forward',
    sourceCategory: 'province_appeal',
    limitBasis: { ...BASE.limitBasis, isSkipLevel: true, isAppeal: true },
    ...facts,
  })

export const aLeg = (facts: Partial<Leg> = {}): Leg => ({
  legId: 'L1',
  unitId: 'net',
  isAssist: false,
  receivedAt: START,
  claimedAt: facts.firstClaimedAt ?? null,
  firstClaimedAt: null,
  handlerId: null,
  finishedAt: null,
  finish: null,
  limitMinutes: null,
  replyLength: null,
  reviewedAt: null,
  review: null,
  returnReason: null,
  ...facts,
})

export const aCourse = (facts: Partial<AppealCourse> = {}): AppealCourse => ({
  regulatorCaseNo: 'A1',
  status: 4,
  stage: null,
  dueAt: null,
  feedbackAt: null,
  closedAt: null,
  ...facts,
})

export const aReply = (when: Instant, facts: Partial<CustomerReply> = {}): CustomerReply => ({
  at: when,
  method: 'call',
  recordNo: 'R1',
  recordSeconds: 60,
  isAgreed: true,
  ...facts,
})

export const aSurvey = (facts: Partial<Survey> = {}): Survey => ({
  sentAt: null,
  mode: 'sms',
  endedAt: null,
  result: null,
  score: null,
  solved: null,
  skipReason: null,
  ...facts,
})

export const anAppointment = (facts: Partial<Appointment> = {}): Appointment => ({
  setAt: START,
  windowStart: null,
  windowEnd: null,
  companyMoves: 0,
  arrivedAt: null,
  finishedAt: null,
  replacedBy: null,
  ...facts,
})

/** Hours after START. */
export const h = (hours: number): Instant => START + hours * HOUR
/** Spans in hours after START. */
export const gaps = (...hours: readonly (readonly [number, number | null])[]): Span[] =>
  hours.map(([from, to]) => ({ from: h(from), to: to === null ? null : h(to) }))
/** Suspensions in hours after START. */
export const suspended = (...hours: readonly (readonly [number, number | null])[]): Suspension[] =>
  gaps(...hours).map((span) => ({ ...span, reason: 'customer_later', approver: 'u1', plannedResumeAt: null }))

/** Default limits, the calendar of 2026, Shanghai, no earlier tickets. */
export const aContext = (limits: Partial<ClockLimits> = {}, more: Partial<ClockContext> = {}): ClockContext => ({
  limits: { ...DEFAULT_CLOCK_LIMITS, ...limits },
  calendar: calendarFrom(DEFAULT_CALENDAR),
  zone: SHANGHAI,
  customer: NO_HISTORY,
  ...more,
})
