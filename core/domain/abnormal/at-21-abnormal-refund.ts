import type { Refund } from '../ticket/parts.ts'
import { HOUR, type Instant } from '../time.ts'
import type { AbnormalRule, ParameterValues, RuleParameter, TicketView, VerdictFacts } from './abnormal-rule.ts'
import { levelBounds, rungsBeyond } from './course.ts'
import { lengthInWords, type Words } from './words.ts'
import { bySpells, firstOf, type Spell } from './spells.ts'

const PARAMETERS: readonly RuleParameter[] = [
  { name: 'A2', unit: 'hours', default: 24, least: 0, most: 720, stricter: 'lower', zh: '黄：批准后未到账小时', en: 'Yellow: hours unpaid after approval' },
  { name: 'A3', unit: 'hours', default: 72, least: 0, most: 720, stricter: 'lower', zh: '橙：批准后未到账小时', en: 'Orange: hours unpaid after approval' },
  { name: 'smallCents', unit: 'cents', default: 20_000, least: 0, most: 1_000_000, stricter: 'lower', zh: '小额退费：超过', en: 'Small amounts: above' },
  { name: 'complaintCents', unit: 'cents', default: 50_000, least: 1, most: 1_000_000, stricter: 'lower', zh: '投诉退费：达到', en: 'On a complaint: from' },
  { name: 'earlierRefunds', unit: 'count', default: 1, least: 1, most: 100, stricter: 'lower', zh: '此前退费次数', en: 'Earlier refunds of the customer' },
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

/** The amount is in doubt from the first word of the refund; audit, payment or refusal answers that. */
function amountSpell(refund: Refund, view: TicketView, values: ParameterValues, answeredAt: Instant | null): readonly Spell[] {
  const { refundNo, requestedAt, approvedAt, auditResult } = refund
  const from = firstOf(requestedAt, approvedAt)
  const doubts = doubtsOf(refund, view, values)
  if (from === null || doubts.length === 0) return []
  // The ticket keeps that the audit passed, not when: with the approval, or with what followed the only word there was.
  const auditedAt = auditResult !== null && PASSED.has(auditResult) ? Math.max(approvedAt ?? from, from + 1) : null
  return [
    {
      cause: `refund:${refundNo}:${doubts.map(({ name }) => name).join('+')}`,
      rungs: [{ level: 2, from }],
      endedAt: firstOf(answeredAt, auditedAt),
      words: { zh: doubts.map(({ zh }) => zh).join('；'), en: doubts.map(({ en }) => en).join('; ') },
    },
  ]
}

/** An audit pays nobody: only payment or refusal ends the waiting. */
function unpaidSpell({ refundNo, approvedAt }: Refund, { at }: TicketView, values: ParameterValues, answeredAt: Instant | null): readonly Spell[] {
  if (approvedAt === null) return []
  const limitMs = Math.min(...levelBounds(PARAMETERS, values).map(({ bound }) => bound))
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
    return [...amountSpell(refund, view, values, answeredAt), ...unpaidSpell(refund, view, values, answeredAt)]
  }),
)

/**
 * A refund whose amount is in doubt, or that was approved and not paid, also on a completed ticket (domain.md 4.3). Earlier refunds are known for
 * 90 days (3.7-3), not a year; refunds per agent and day need other tickets and are left out.
 */
export const ABNORMAL_REFUND: AbnormalRule = {
  id: 'AT-21',
  nameZh: '退费异常',
  nameEn: 'Abnormal refund',
  meaningZh: '退费金额与应退不符、不大于零、超过界限或近期已退过，或批准后迟迟未到账。',
  meaningEn: 'The refund is not what was calculated, is nothing, is large or not the first, or was approved and is not paid.',
  clearsZh: '每笔退费均已到账、被驳回；金额存疑的亦可稽核通过（自动）。',
  clearsEn: 'Every refund paid or refused; a doubtful amount also by a passed audit (by itself).',
  source: '[S2]/[24 h S2, rest assumed]',
  suppressedByCase: false,
  parameters: PARAMETERS,
  judge,
}
