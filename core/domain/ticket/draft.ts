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
  /** A field was corrected on its way; left out by folds that were stored before this was remembered. */
  isCorrected?: boolean
  /** How long after a completion a reopening is one, ms. */
  readonly reopenWithin: number
}

/** Adds an event's facts to the draft. */
export type Effect = (draft: TicketDraft, event: TicketEvent, memory: FoldMemory) => void

type First = Pick<TicketEvent, 'ticketKey' | 'provinceCode' | 'sourceSystem' | 'occurredAt'>

/** A class, so that all drafts have one shape: a ticket has many fields and a batch many tickets. */
class Draft implements TicketDraft {
  ticketKey: string
  ticketNo: string
  provinceCode: string
  sourceSystem: string
  regionCode: string
  customerKey: string
  status: TicketDraft['status'] = 'new'
  kind: TicketDraft['kind'] = 'complaint'
  channel: TicketDraft['channel'] = ''
  sourceCategory: TicketDraft['sourceCategory'] = 'province_complaint'
  urgency: TicketDraft['urgency'] = 'normal'
  emotion: TicketDraft['emotion'] = ''
  urbanRural: TicketDraft['urbanRural'] = ''
  phenomenonL1: TicketDraft['phenomenonL1'] = ''
  phenomenonL2: TicketDraft['phenomenonL2'] = ''
  phenomenonL3: TicketDraft['phenomenonL3'] = ''
  productL1: TicketDraft['productL1'] = ''
  productL2: TicketDraft['productL2'] = ''
  salesChannel: TicketDraft['salesChannel'] = ''
  disputedChannel: TicketDraft['disputedChannel'] = ''
  ageBand: TicketDraft['ageBand'] = ''
  customerKeys: TicketDraft['customerKeys'] = { customer: [], product: [], contact: [] }
  star: TicketDraft['star'] = -1
  isVip: TicketDraft['isVip'] = false
  isKeyPerson: TicketDraft['isKeyPerson'] = false
  marks: TicketDraft['marks'] = { escalationTendency: -1, strictestScene: -1, isSensitive: false, isFraud: false, isPortOut: false }
  isTemplate: TicketDraft['isTemplate'] = -1
  isProxy: TicketDraft['isProxy'] = false
  sourceAddressKey: TicketDraft['sourceAddressKey'] = null
  regulatorCaseNo: TicketDraft['regulatorCaseNo'] = null
  groupTicketNo: TicketDraft['groupTicketNo'] = null
  limitBasis: TicketDraft['limitBasis'] = { star: -1, isVip: false, isKeyPerson: false, isSkipLevel: false, isAppeal: false }
  limitMinutesGiven: TicketDraft['limitMinutesGiven'] = null
  isTest: TicketDraft['isTest'] = false
  contentText: TicketDraft['contentText'] = ''
  acceptedAt: TicketDraft['acceptedAt'] = null
  firstDispatchedAt: TicketDraft['firstDispatchedAt'] = null
  firstContactedAt: TicketDraft['firstContactedAt'] = null
  contactFailures: TicketDraft['contactFailures'] = []
  customerReplies: TicketDraft['customerReplies'] = []
  completedAt: TicketDraft['completedAt'] = null
  completions: TicketDraft['completions'] = []
  resultCode: TicketDraft['resultCode'] = null
  isRaiseFinish: TicketDraft['isRaiseFinish'] = false
  cancelledAt: TicketDraft['cancelledAt'] = null
  voidedAt: TicketDraft['voidedAt'] = null
  mergedAt: TicketDraft['mergedAt'] = null
  archivedAt: TicketDraft['archivedAt'] = null
  parentTicketKey: TicketDraft['parentTicketKey'] = null
  unitId: TicketDraft['unitId'] = null
  handlerId: TicketDraft['handlerId'] = null
  firstOwner: TicketDraft['firstOwner'] = { unitId: null, actorId: null }
  legs: TicketDraft['legs'] = []
  transferCount: TicketDraft['transferCount'] = 0
  returnCount: TicketDraft['returnCount'] = 0
  redispatchCount: TicketDraft['redispatchCount'] = 0
  expedites: TicketDraft['expedites'] = []
  extensions: TicketDraft['extensions'] = []
  suspensions: TicketDraft['suspensions'] = []
  closedGaps: TicketDraft['closedGaps'] = []
  reopenCount: TicketDraft['reopenCount'] = 0
  interimReplyCount: TicketDraft['interimReplyCount'] = 0
  surveys: TicketDraft['surveys'] = []
  repairs: TicketDraft['repairs'] = []
  refunds: TicketDraft['refunds'] = []
  qualification: TicketDraft['qualification'] = null
  raisedAt: TicketDraft['raisedAt'] = []
  markedDifferentAt: TicketDraft['markedDifferentAt'] = null
  groupResultAt: TicketDraft['groupResultAt'] = null
  supervisions: TicketDraft['supervisions'] = []
  appeal: TicketDraft['appeal'] = null
  appointments: TicketDraft['appointments'] = []
  stages: TicketDraft['stages'] = []
  faultClearedAt: TicketDraft['faultClearedAt'] = null
  serviceRestoredAt: TicketDraft['serviceRestoredAt'] = null
  reconnectPaidAt: TicketDraft['reconnectPaidAt'] = null
  incidentId: TicketDraft['incidentId'] = null
  isCorrectedLate: TicketDraft['isCorrectedLate'] = false
  qualityFlags: TicketDraft['qualityFlags'] = []
  eventCount: TicketDraft['eventCount'] = 0
  firstEventAt: number
  lastEventAt: number

  constructor({ ticketKey, provinceCode, sourceSystem, occurredAt }: First) {
    this.ticketKey = ticketKey
    this.ticketNo = ticketKey.slice(provinceCode.length + sourceSystem.length + 2)
    this.provinceCode = provinceCode
    this.sourceSystem = sourceSystem
    this.regionCode = provinceCode
    this.customerKey = ticketKey
    this.firstEventAt = occurredAt
    this.lastEventAt = occurredAt
  }
}

/** A ticket of which nothing is known but its first event. */
export const emptyDraft = (first: First): TicketDraft => new Draft(first)
