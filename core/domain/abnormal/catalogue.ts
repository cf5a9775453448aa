import type { AbnormalRule } from './abnormal-rule.ts'
import { NEAR_TIMEOUT } from './at-01-near-timeout.ts'
import { OVERDUE } from './at-02-overdue.ts'

/** Every abnormal-ticket rule, in the order of domain.md 4.3. */
export const ABNORMAL_RULES: readonly AbnormalRule[] = [NEAR_TIMEOUT, OVERDUE]
