import type { FactRule } from './fact-rule.ts'
import { SENSITIVE_WORDS } from './mr-04-keyword.ts'
import { PERSONAL_SAFETY } from './mr-10-safety.ts'
import { PRIVACY_LEAK } from './mr-11-privacy.ts'
import { FRAUD_CLUSTER } from './mr-12-fraud.ts'
import { GATHERING } from './mr-14-gathering.ts'

/** The rules over hits of the keyword dictionary (domain.md 5.2, 5.4). */
export const KEYWORD_RULES: readonly FactRule[] = [SENSITIVE_WORDS, PERSONAL_SAFETY, PRIVACY_LEAK, FRAUD_CLUSTER, GATHERING]
