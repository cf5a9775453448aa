import type { Mutation } from './mutation.ts'
import { ANSWER_MUTATIONS } from './of-the-answers.ts'
import { BACK_TEST_MUTATIONS } from './of-the-back-test.ts'
import { CLOCK_MUTATIONS } from './of-the-clocks.ts'
import { COUNT_MUTATIONS } from './of-the-counts.ts'
import { ENGINE_MUTATIONS } from './of-the-engine.ts'
import { FOLD_MUTATIONS } from './of-the-fold.ts'
import { PEER_MUTATIONS } from './of-the-peers.ts'
import { READINESS_MUTATIONS } from './of-the-readiness.ts'
import { RISK_RULE_MUTATIONS } from './of-the-risk-rules.ts'

/** Every fault that is planted; none of them may survive. */
export const MUTATIONS: readonly Mutation[] = [
  ...FOLD_MUTATIONS,
  ...CLOCK_MUTATIONS,
  ...COUNT_MUTATIONS,
  ...ENGINE_MUTATIONS,
  ...ANSWER_MUTATIONS,
  ...PEER_MUTATIONS,
  ...READINESS_MUTATIONS,
  ...BACK_TEST_MUTATIONS,
  ...RISK_RULE_MUTATIONS,
]
