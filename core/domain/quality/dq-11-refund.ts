import { asInteger } from '../ticket/payload.ts'
import { type EventCheck, outcome, REFUND_LIMIT_CENTS } from './quality-check.ts'

const REFUNDS: ReadonlySet<string> = new Set(['refund_requested', 'refund_approved', 'refund_paid'])

/** A refund's amount is a whole number of cents, not negative, not above the limit. */
export const REFUND_AMOUNT: EventCheck = {
  id: 'DQ-11',
  nameZh: '退费金额',
  nameEn: 'Refund amount',
  whatZh: '退费金额为不小于 0 的整数分，且不超过上限',
  whatEn: 'A refund is a whole number of cents, not negative and not above the limit',
  reaction: 'alert',
  weight: 4,
  judgeEvent: ({ type, payload }) => {
    if (!REFUNDS.has(type)) return []
    const cents = asInteger(payload['amount_cents'])
    if (cents === null || cents < 0) return [outcome('DQ-11', 'amount_cents')]
    return [outcome('DQ-11', cents > REFUND_LIMIT_CENTS ? `超过 ${REFUND_LIMIT_CENTS} 分 / above ${REFUND_LIMIT_CENTS} cents` : null)]
  },
}
