import { mayAcknowledge } from '../access.ts'
import { type Role, ROLES, type Severity } from '../vocabulary.ts'

const SEVERITIES: readonly Severity[] = [1, 2, 3, 4]
const KINDS = ['abnormal', 'risk'] as const

/** Roles that are called and so have rosters (domain.md 7.2); executives, stewards, auditors and administrators have no alerts to answer. */
export const ROSTER_ROLES: readonly Role[] = ROLES.filter((role) => mayAcknowledge(role, 'risk', 1))

/** Whether somebody of `role` may be on for a position of `position`: he may acknowledge all that its own people may (domain.md 2.4). */
export function mayStandIn(role: Role, position: Role): boolean {
  return KINDS.every((kind) => SEVERITIES.every((severity) => mayAcknowledge(role, kind, severity) || !mayAcknowledge(position, kind, severity)))
}
