import type { TicketKind } from '../../vocabulary.ts'
import type { ClockName, ClockReading } from '../clock-reading.ts'
import { readAppealClose, readAppealContact, readAppealFeedback, readAppealInternal, readGov12345 } from './appeal.ts'
import { readCustomerReply, readFifteenDays } from './customer-reply.ts'
import { readClaim, readDispatch } from './dispatch.ts'
import { readFaultFirst, readFaultHard, readFaultRepair, readFaultResponse } from './fault.ts'
import { readFirst } from './first-contact.ts'
import { readHandle, readHandleRaw } from './handle.ts'
import { readAppointments, readProvision, readStages } from './install.ts'
import { readLegs } from './leg.ts'
import type { Scene } from './reading.ts'
import { readReconnect, readRefunds } from './refund.ts'
import { readReviews } from './review.ts'
import { readSupervisions } from './supervision.ts'
import { readRepairs, readSurvey } from './survey.ts'

/** One clock of domain.md 3.6: its names, what it promises in a sentence, the kinds of tickets that it runs on (3.1), and its reading. */
export interface ClockEntry {
  readonly name: ClockName
  readonly zh: string
  readonly en: string
  readonly sentenceZh: string
  readonly sentenceEn: string
  readonly kinds: readonly TicketKind[]
  /** Adds the readings of this clock on the ticket, of each of its subjects one. */
  readonly read: (scene: Scene, into: ClockReading[]) => void
}

const entry = (
  name: ClockName,
  [zh, en]: readonly [string, string],
  [sentenceZh, sentenceEn]: readonly [string, string],
  kinds: readonly TicketKind[],
  read: ClockEntry['read'],
): ClockEntry => ({ name, zh, en, sentenceZh, sentenceEn, kinds, read })

const COMPLAINTS: readonly TicketKind[] = ['complaint', 'appeal']
const ANSWERED: readonly TicketKind[] = [...COMPLAINTS, 'enquiry', 'query']
const APPEAL: readonly TicketKind[] = ['appeal']
const FAULT: readonly TicketKind[] = ['fault']
const INSTALL: readonly TicketKind[] = ['install']

/** Every clock that runs on a ticket (domain.md 3.1, 3.6), in the order of the specification. */
export const CLOCKS: readonly ClockEntry[] = [
  entry(
    'C_DISPATCH',
    ['派单时限', 'Dispatch'],
    ['受理至首次派单。', 'From acceptance to the first dispatch.'],
    [...ANSWERED, 'pre_accept'],
    readDispatch,
  ),
  entry(
    'C_CLAIM',
    ['接单时限', 'Claim'],
    ['到达单位至提取，只计白班时段。', 'From arrival at the unit to its claim, day shift only.'],
    COMPLAINTS,
    readClaim,
  ),
  entry(
    'C_FIRST',
    ['首次联系时限', 'First contact'],
    ['受理至首次联系上客户。', 'From acceptance to the first contact with the customer.'],
    COMPLAINTS,
    readFirst,
  ),
  entry(
    'C_HANDLE',
    ['处理时限', 'Handling'],
    ['受理至办结，扣除挂起。', 'From acceptance to completion, suspension taken off.'],
    ANSWERED,
    readHandle,
  ),
  entry(
    'C_HANDLE_RAW',
    ['处理时限（集团口径）', 'Handling, group count'],
    ['受理至办结，不扣挂起。', 'From acceptance to completion, suspension not taken off.'],
    ['complaint'],
    readHandleRaw,
  ),
  entry(
    'C_DEPT',
    ['部门时限', 'Unit'],
    ['到达单位至回单或退单。', 'From arrival at the unit to its reply or return.'],
    [...COMPLAINTS, 'collab'],
    readLegs,
  ),
  entry('C_REVIEW', ['审核时限', 'Review'], ['回单至审核通过或驳回。', 'From the reply to its review.'], COMPLAINTS, readReviews),
  entry(
    'C_CUSTOMER_REPLY',
    ['回复客户时限', 'Reply to the customer'],
    ['审核通过至回复客户。', 'From the passed review to the reply to the customer.'],
    COMPLAINTS,
    readCustomerReply,
  ),
  entry(
    'C_SURVEY',
    ['送评时限', 'Survey'],
    ['办结至送评；送评后为参评窗口。', 'From completion to the survey; then the window for its answer.'],
    COMPLAINTS,
    readSurvey,
  ),
  entry(
    'C_REPAIR_SAT',
    ['满意度修复时限', 'Satisfaction repair'],
    ['修复开始至修复结束。', 'From the opening of a repair to its end.'],
    COMPLAINTS,
    readRepairs,
  ),
  entry(
    'C_15D',
    ['15日答复时限', 'Answer in 15 days'],
    ['受理至答复客户，逾期客户可申诉。', 'From acceptance to the answer; after it the customer may appeal.'],
    COMPLAINTS,
    readFifteenDays,
  ),
  entry(
    'C_APPEAL_CONTACT',
    ['申诉联系时限', 'Appeal contact'],
    ['收到申诉至联系上用户。', 'From the appeal to contact with the customer.'],
    APPEAL,
    readAppealContact,
  ),
  entry(
    'C_APPEAL_INTERNAL',
    ['申诉内部回复时限', 'Appeal, internal reply'],
    ['收到申诉至单位回复省中心，按工作日。', 'From the appeal to the unit’s reply, working days.'],
    APPEAL,
    readAppealInternal,
  ),
  entry(
    'C_APPEAL_FEEDBACK',
    ['申诉反馈时限', 'Appeal feedback'],
    ['收到申诉至向监管反馈，按自然日。', 'From the appeal to the feedback to the regulator, natural days.'],
    APPEAL,
    readAppealFeedback,
  ),
  entry(
    'C_APPEAL_CLOSE',
    ['申诉办结时限', 'Appeal closing'],
    ['监管机构自身时限，仅供显示。', 'The regulator’s own limit, only shown.'],
    APPEAL,
    readAppealClose,
  ),
  entry('C_12345', ['12345时限', '12345 hot-line'], ['收到至答复，按工作日。', 'From receipt to the reply, working days.'], ANSWERED, readGov12345),
  entry(
    'C_SUPERVISION',
    ['督办时限', 'Supervision'],
    ['督办至督办回复。', 'From the demand to its answer.'],
    [...ANSWERED, 'fault', 'install', 'collab'],
    readSupervisions,
  ),
  entry(
    'C_FAULT_RESPONSE',
    ['障碍响应时限', 'Fault response'],
    ['报障至联系或预约。', 'From the report to contact or an appointment.'],
    FAULT,
    readFaultResponse,
  ),
  entry(
    'C_FAULT_FIRST30',
    ['障碍首联时限', 'Fault, first contact'],
    ['报障至首次联系。', 'From the report to the first contact.'],
    FAULT,
    readFaultFirst,
  ),
  entry(
    'C_FAULT_REPAIR',
    ['障碍修复承诺', 'Fault repair'],
    ['16点前报障当日修复，其后24小时内。', 'Reported before 16:00: the same day; later: within 24 h.'],
    FAULT,
    readFaultRepair,
  ),
  entry(
    'C_FAULT_HARD',
    ['障碍修复最长时限', 'Fault, legal limit'],
    ['城镇48小时、农村72小时。', '48 h in towns, 72 h in the country.'],
    FAULT,
    readFaultHard,
  ),
  entry('C_PROVISION', ['装机时限', 'Installation'], ['受理至完工。', 'From the order to the end of the work.'], INSTALL, readProvision),
  entry('C_STAGE', ['环节时限', 'Stage'], ['进入环节至离开。', 'From entering a stage to leaving it.'], INSTALL, readStages),
  entry(
    'C_APPOINT',
    ['上门守约', 'Appointment'],
    ['预约时段结束后30分钟内到场。', 'Arrival at most 30 min after the agreed window.'],
    [...FAULT, ...INSTALL],
    readAppointments,
  ),
  entry('C_REFUND', ['退费时限', 'Refund'], ['批准至到账。', 'From approval to payment.'], [...COMPLAINTS, 'query'], readRefunds),
  entry(
    'C_RECONNECT',
    ['复通时限', 'Reconnection'],
    ['缴费至复通。', 'From the payment to the restored service.'],
    ['complaint', 'enquiry', 'query', 'install'],
    readReconnect,
  ),
]

/** The clocks of each kind of ticket; a kind that is not there has none. */
export const CLOCKS_OF_KIND: ReadonlyMap<TicketKind, readonly ClockEntry[]> = new Map(
  [...new Set(CLOCKS.flatMap(({ kinds }) => kinds))].map((kind) => [kind, CLOCKS.filter(({ kinds }) => kinds.includes(kind))]),
)
