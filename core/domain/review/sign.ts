import type { Instant } from '../time.ts'
import type { Role, Severity } from '../vocabulary.ts'
import type { ReviewField } from './content.ts'

/** A signature of the running round. */
export interface ReviewSignature {
  readonly slot: number
  readonly userId: string
  readonly role: Role
  readonly at: Instant
}

/** A review as far as signing it goes. */
export interface SignableReview {
  readonly status: 'open' | 'done' | 'withdrawn'
  readonly severity: Severity
  /** The latest version; 0: none. */
  readonly version: number
  readonly missing: readonly ReviewField[]
  /** The roles whose signatures are asked for, one each. */
  readonly signers: readonly Role[]
  readonly signatures: readonly ReviewSignature[]
  /** Who took or handled the case. */
  readonly handlers: readonly string[]
}

export type ReviewSignRefusal = 'not_open' | 'same_person' | 'role_may_not' | 'own_case' | 'no_version' | 'newer_version' | 'incomplete'

const MANAGERS: readonly Role[] = ['duty_manager', 'province_center_director', 'province_cs_dept', 'group_ops', 'group_cs_dept']

/**
 * Who may give a signature. What a duty leader or manager signs those above them may sign too, as they may close such a case (domain.md 2.4, 5.5); what the
 * departments sign nobody else does.
 */
export function maySignAs(role: Role, signer: Role): boolean {
  if (role === signer) return true
  if (signer === 'duty_leader' || signer === 'duty_manager') return MANAGERS.includes(role)
  return signer === 'group_ops' && role === 'group_cs_dept'
}

/** The signature that somebody would give: the first that is still asked for and that his role may give; null: none. */
export function slotFor({ signers, signatures }: Pick<SignableReview, 'signers' | 'signatures'>, role: Role): number | null {
  const slot = signers.findIndex((signer, index) => maySignAs(role, signer) && !signatures.some((signature) => signature.slot === index))
  return slot === -1 ? null : slot
}

/** Whether every signature has been given. */
export const isSigned = ({ signers, signatures }: Pick<SignableReview, 'signers' | 'signatures'>): boolean => signers.every((_, slot) => signatures.some((signature) => signature.slot === slot))

/**
 * Why somebody may not sign version `version`; null when he may. Nobody signs a review twice, and nobody that of an orange or red case that he handled himself
 * (domain.md 2.4, 7.7).
 */
export function signReviewRefusal(review: SignableReview, person: { readonly userId: string; readonly role: Role }, version: number): ReviewSignRefusal | null {
  if (review.status !== 'open') return 'not_open'
  if (review.signatures.some(({ userId }) => userId === person.userId)) return 'same_person'
  if (slotFor(review, person.role) === null) return 'role_may_not'
  if (review.severity >= 3 && review.handlers.includes(person.userId)) return 'own_case'
  if (review.version === 0) return 'no_version'
  if (version !== review.version) return 'newer_version'
  return review.missing.length > 0 ? 'incomplete' : null
}
