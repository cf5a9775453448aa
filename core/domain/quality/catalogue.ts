import { MANDATORY_FIELDS } from './dq-01-mandatory.ts'
import { KNOWN_CODES } from './dq-02-dictionary.ts'
import { ORDER } from './dq-03-order.ts'
import { LATENESS } from './dq-04-lateness.ts'
import { DUPLICATES } from './dq-05-duplicates.ts'
import { KNOWN_UNITS } from './dq-06-units.ts'
import { REPLY_RECORD } from './dq-07-reply-record.ts'
import { TIMEOUT_REASON } from './dq-08-timeout-reason.ts'
import { TEXT } from './dq-09-text.ts'
import { FIT } from './dq-10-fit.ts'
import { REFUND_AMOUNT } from './dq-11-refund.ts'
import { REGULATOR_CASE } from './dq-12-regulator-case.ts'
import { VOLUME } from './dq-13-volume.ts'
import { ROLL_UP } from './dq-14-roll-up.ts'
import { RECONCILIATION } from './dq-15-reconciliation.ts'
import { NULL_KEYS } from './dq-16-null-keys.ts'
import { UNMAPPED_SHARE } from './dq-17-unmapped-share.ts'
import { SURVEY_VALUES } from './dq-18-survey.ts'
import type { EventCheck, QualityCheck, TicketCheck } from './quality-check.ts'

/** Checks of single events, judged once, at the door. */
export const EVENT_CHECKS: readonly EventCheck[] = [MANDATORY_FIELDS, KNOWN_CODES, LATENESS, DUPLICATES, TEXT, REFUND_AMOUNT, SURVEY_VALUES]

/** Checks of folded tickets, judged with every fold. */
export const TICKET_CHECKS: readonly TicketCheck[] = [
  MANDATORY_FIELDS,
  ORDER,
  DUPLICATES,
  KNOWN_UNITS,
  REPLY_RECORD,
  TIMEOUT_REASON,
  FIT,
  REGULATOR_CASE,
]

/** Every check of domain.md 8.2, in its order. */
export const QUALITY_CHECKS: readonly QualityCheck[] = [
  MANDATORY_FIELDS,
  KNOWN_CODES,
  ORDER,
  LATENESS,
  DUPLICATES,
  KNOWN_UNITS,
  REPLY_RECORD,
  TIMEOUT_REASON,
  TEXT,
  FIT,
  REFUND_AMOUNT,
  REGULATOR_CASE,
  VOLUME,
  ROLL_UP,
  RECONCILIATION,
  NULL_KEYS,
  UNMAPPED_SHARE,
  SURVEY_VALUES,
]
