import { mayAcknowledge } from '../access.ts'
import type { RegionLevel, Role, Severity } from '../vocabulary.ts'

const SEVERITIES: readonly Severity[] = [1, 2, 3, 4]
const KINDS = ['abnormal', 'risk'] as const

/** Whether somebody of `role` may be on for a position of `position`: he may acknowledge all that its own people may (domain.md 2.4). */
export function mayStandIn(role: Role, position: Role): boolean {
  return KINDS.every((kind) => SEVERITIES.every((severity) => mayAcknowledge(role, kind, severity) || !mayAcknowledge(position, kind, severity)))
}

const PROVINCE: readonly Role[] = ['duty_agent', 'duty_leader', 'duty_manager', 'province_center_director', 'province_cs_dept', 'dept_owner']
const ROLES_AT: Readonly<Partial<Record<RegionLevel, readonly Role[]>>> = {
  group: ['group_ops', 'group_cs_dept', 'dept_owner'],
  province: PROVINCE,
  city: ['city_owner'],
}

/** The positions of a region of this level: the roles that ladders call there (domain.md 2.4, 7.2). */
export const rolesAt = (level: RegionLevel): readonly Role[] => ROLES_AT[level] ?? []
