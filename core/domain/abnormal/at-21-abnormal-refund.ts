import { refundedFrom } from '../peer/peer-fact.ts'
import { MOST_REFUNDS } from '../peer/peer-made.ts'
import type { Refund } from '../ticket/parts.ts'
import { HOUR, type Instant } from '../time.ts'
import type { AbnormalRule, ParameterValues, RuleParameter, TicketView, VerdictFacts } from './abnormal-rule.ts'
import { leastBound, rungsBeyond } from './course.ts'
import { atLeast, lengthInWords, type Words } from './words.ts'
import { bySpells, firstOf, type Spell } from './spells.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A2', unit: 'hours', default: 24, least: 0, most: 720, stricter: 'lower', zh: '黄：批准后未到账小时', en: 'Yellow: hours unpaid after approval' },
  { name: 'A3', unit: 'hours', default: 72, least: 0, most: 720, stricter: 'lower', zh: '橙：批准后未到账小时', en: 'Orange: hours unpaid after approval' },
  { name: 'smallCents', unit: 'cents', default: 20_000, least: 0, most: 1_000_000, stricter: 'lower', zh: '小额退费：超过', en: 'Small amounts: above' },
  { name: 'complaintCents', unit: 'cents', default: 50_000, least: 1, most: 1_000_000, stricter: 'lower', zh: '投诉退费：达到', en: 'On a complaint: from' },
  { name: 'earlierRefunds', unit: 'count', default: 1, least: 1, most: 100, stricter: 'lower', zh: '此前退费次数', en: 'Earlier refunds of the customer' },
  { name: 'agentRefunds', unit: 'count', default: 5, least: 2, most: MOST_REFUNDS, stricter: 'lower', zh: '橙：同一经办人当日退费笔数', en: 'Orange: refunds of one agent and day' },
]

const PASSED: ReadonlySet<string> = new Set(['passed', 'ok', '通过'])

const yuan = (cents: number): string => (cents / 100).toFixed(2)

interface Doubt extends Words {
  readonly name: string
}

/** Every test of amounts that a refund fails. */
function doubtsOf({ amountCents, calculatedCents }: Refund, { ticket, context }: TicketView, values: ParameterValues): readonly Doubt[] {
  const isComplaint = ticket.kind === 'complaint' || ticket.kind === 'appeal'
  const large = values[isComplaint ? 'complaintCents' : 'smallCents'] ?? Number.POSITIVE_INFINITY
  const earlier = context.customer.refundCount90d
  const paid = yuan(amountCents)
  const doubts: Doubt[] = []
  if (calculatedCents !== null && amountCents !== calculatedCents) {
    const owed = yuan(calculatedCents)
    doubts.push({ name: 'differs', zh: `退费 ${paid} 元，应退 ${owed} 元`, en: `refund of ${paid} yuan, ${owed} calculated` })
  }
  if (amountCents <= 0) doubts.push({ name: 'none', zh: `退费金额 ${paid} 元`, en: `refund of ${paid} yuan` })
  if (isComplaint ? amountCents >= large : amountCents > large) {
    doubts.push({ name: 'large', zh: `退费 ${paid} 元，界限 ${yuan(large)} 元`, en: `refund of ${paid} yuan, the bound is ${yuan(large)}` })
  }
  if (earlier >= (values['earlierRefunds'] ?? Number.POSITIVE_INFINITY)) {
    doubts.push({ name: 'again', zh: `此前 90 天已退费 ${earlier} 次`, en: `${earlier} refunds in the 90 days before` })
  }
  return doubts
}

/** The ticket keeps that the audit passed, not when: with the approval, or with what followed the only word there was. */
const auditedAt = ({ approvedAt, auditResult }: Refund, from: Instant): Instant | null =>
  auditResult !== null && PASSED.has(auditResult) ? Math.max(approvedAt ?? from, from + 1) : null

/** The amount is in doubt from the first word of the refund; audit, payment or refusal answers that. */
function amountSpell(refund: Refund, view: TicketView, values: ParameterValues, answeredAt: Instant | null): readonly Spell[] {
  const { refundNo, requestedAt, approvedAt } = refund
  const from = firstOf(requestedAt, approvedAt)
  const doubts = doubtsOf(refund, view, values)
  if (from === null || doubts.length === 0) return []
  return [
    {
      cause: `refund:${refundNo}:${doubts.map(({ name }) => name).join('+')}`,
      rungs: [{ level: 2, from }],
      endedAt: firstOf(answeredAt, auditedAt(refund, from)),
      words: { zh: doubts.map(({ zh }) => zh).join('；'), en: doubts.map(({ en }) => en).join('; ') },
    },
  ]
}

/** The fifth refund of one agent and day, and each further one; answered as a doubtful amount is. */
function agentSpell(refund: Refund, { context }: TicketView, values: ParameterValues, answeredAt: Instant | null): readonly Spell[] {
  const [from, earlier] = [refundedFrom(refund), context.peers?.refund(refund.refundNo)?.earlier ?? 0]
  if (from === null || earlier + 1 < (values['agentRefunds'] ?? Number.POSITIVE_INFINITY)) return []
  const many = atLeast(earlier, MOST_REFUNDS)
  return [
    {
      cause: `refund:${refund.refundNo}:agent`,
      rungs: [{ level: 3, from }],
      endedAt: firstOf(answeredAt, auditedAt(refund, from)),
      words: { zh: `同一经办人当日此前已有${many.zh} ${earlier} 笔退费`, en: `${many.en}${earlier} earlier refunds of its agent that day` },
    },
  ]
}

/** An audit pays nobody: only payment or refusal ends the waiting. */
function unpaidSpell({ refundNo, approvedAt }: Refund, { at }: TicketView, values: ParameterValues, answeredAt: Instant | null): readonly Spell[] {
  if (approvedAt === null) return []
  const limitMs = leastBound(PARAMETERS, values)
  const waited = (answeredAt ?? at) - approvedAt
  const { zh, en } = lengthInWords(waited)
  const facts: VerdictFacts = { deadlineAt: approvedAt + limitMs, limitMs, overMs: waited - limitMs }
  const words = { zh: `批准后 ${zh}未到账，时限 ${limitMs / HOUR} 小时`, en: `unpaid ${en} after approval, limit ${limitMs / HOUR} h` }
  return [{ cause: `refund:${refundNo}:unpaid`, rungs: rungsBeyond(PARAMETERS, values, approvedAt), endedAt: answeredAt, words, facts }]
}

const judge = bySpells((view, values) =>
  view.ticket.refunds.flatMap((refund) => {
    // The completion of a ticket pays nobody (C_REFUND); one that was cancelled or merged refunds nothing.
    const answeredAt = firstOf(refund.paidAt, refund.rejectedAt, view.ticket.cancelledAt, view.ticket.mergedAt)
    return [...amountSpell(refund, view, values, answeredAt), ...agentSpell(refund, view, values, answeredAt), ...unpaidSpell(refund, view, values, answeredAt)]
  }),
)

/**
 * A refund whose amount is in doubt, that was approved and not paid, or that is the fifth or a further one of its agent's day, also on a completed ticket
 * (domain.md 4.3). The agent is who first spoke of it, known by his keyed hash only; a refusal does not take it from his count. Earlier refunds of the
 * customer are known for 90 days (3.7-3), not a year.
 */
export const ABNORMAL_REFUND: AbnormalRule = {
  id: 'AT-21',
  nameZh: '退费异常',
  nameEn: 'Abnormal refund',
  meaningZh: '退费金额与应退不符、不大于零、超过界限或近期已退过，批准后迟迟未到账，或同一经办人当日退费过多。',
  meaningEn: 'The refund is not what was calculated, is nothing, is large or not the first, was approved and is not paid, or is one of many by one agent that day.',
  clearsZh: '每笔退费均已到账、被驳回；金额存疑或经办人笔数过多的亦可稽核通过（自动）。',
  clearsEn: 'Every refund paid or refused; a doubtful amount, or too many of one agent, also by a passed audit (by itself).',
  source: '[S2]/[24 h S2, rest assumed]',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge,
  reads: ['peers'],
  signs: () => [{ shows: ['refunds'] }],
}
