import type { Instant } from '../time.ts'
import type { TicketState } from '../vocabulary.ts'
import type { Ticket, TicketEvent } from './ticket.ts'

type Mutable<T> = T extends readonly (infer Item)[] ? Mutable<Item>[] : T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T

/** A ticket while the fold works on it; when the fold ends, it is the ticket. */
export type TicketDraft = Mutable<Ticket>

/** What the fold remembers between steps and the ticket does not show. */
export interface FoldMemory {
  /** What `resumed` returns to. */
  statusBefore: TicketState
  /** When the phenomenon's second level was last corrected; a correction of the first level at the same instant leaves it alone. */
  secondLevelCorrectedAt: Instant | null
  /** The appeal's feedback is so far only the reply of a leg: a refused reply takes it back. */
  isFeedbackByReply: boolean
  /** How long after a completion a reopening is one, ms. */
  readonly reopenWithin: number
}

/** Adds an event's facts to the draft. */
export type Effect = (draft: TicketDraft, event: TicketEvent, memory: FoldMemory) => void

type Identity = Pick<TicketEvent, 'ticketKey' | 'provinceCode' | 'sourceSystem'>

/** Whose ticket it is and what about, before its acceptance is known. */
const unknownMatter = () => ({
  status: 'new',
  kind: 'complaint',
  channel: '',
  sourceCategory: 'province_complaint',
  urgency: 'normal',
  emotion: '',
  urbanRural: '',
  phenomenonL1: '',
  phenomenonL2: '',
  phenomenonL3: '',
  productL1: '',
  productL2: '',
  customerKeys: { customer: [], product: [], contact: [] },
  star: -1,
  isVip: false,
  isKeyPerson: false,
  marks: { escalationTendency: -1, strictestScene: -1, isSensitive: false, isFraud: false, isPortOut: false },
  isTemplate: -1,
  isProxy: false,
  regulatorCaseNo: null,
  groupTicketNo: null,
  limitBasis: { star: -1, isVip: false, isKeyPerson: false, isSkipLevel: false, isAppeal: false },
  limitMinutesGiven: null,
  isTest: false,
  contentText: '',
}) satisfies Partial<TicketDraft>

const nothingDone = () => ({
  acceptedAt: null,
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
}) satisfies Partial<TicketDraft>

const identityOf = ({ ticketKey, provinceCode, sourceSystem }: Identity) => ({
  ticketKey,
  ticketNo: ticketKey.slice(provinceCode.length + sourceSystem.length + 2),
  provinceCode,
  sourceSystem,
  regionCode: provinceCode,
  customerKey: ticketKey,
})

/** A ticket of which nothing is known but its first event. */
export function emptyDraft(first: Identity & Pick<TicketEvent, 'occurredAt'>): TicketDraft {
  return {
    ...identityOf(first),
    ...unknownMatter(),
    ...nothingDone(),
    qualityFlags: [],
    eventCount: 0,
    firstEventAt: first.occurredAt,
    lastEventAt: first.occurredAt,
  }
}
