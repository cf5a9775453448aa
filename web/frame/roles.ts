import type { Role } from '../../core/domain/vocabulary.ts'

/** Which roles see single alerts (domain.md 2.4); a `Record`, so that a new role is decided here. What may be *done* the server says. */
const SEES_ALERTS: Readonly<Record<Role, boolean>> = {
  duty_agent: true,
  duty_leader: true,
  duty_manager: true,
  province_center_director: true,
  province_cs_dept: true,
  city_owner: true,
  dept_owner: true,
  group_ops: true,
  group_cs_dept: true,
  exec: false,
  data_steward: true,
  auditor: true,
  admin: false,
}

export const ROLES = Object.keys(SEES_ALERTS) as readonly Role[]

export const seesAlerts = (role: Role | null): boolean => role !== null && SEES_ALERTS[role]

/** Who is offered checking what others have handled; the server decides again. */
const CHECKS_ALERTS: readonly Role[] = ['duty_manager', 'province_center_director', 'province_cs_dept', 'group_ops', 'group_cs_dept']

export const checksAlerts = (role: Role | null): boolean => role !== null && CHECKS_ALERTS.includes(role)

/** Who is offered testing rules over the past; the server decides again. */
const TESTS_RULES: readonly Role[] = ['province_cs_dept', 'group_cs_dept', 'admin']

export const testsRules = (role: Role | null): boolean => role !== null && TESTS_RULES.includes(role)

/** Which roles see the quality of data and what was refused. */
const SEES_DATA: readonly Role[] = ['duty_manager', 'province_center_director', 'province_cs_dept', 'group_ops', 'group_cs_dept', 'data_steward']

export const seesData = (role: Role | null): boolean => role !== null && SEES_DATA.includes(role)

/** Who is offered replaying and mapping; the server decides again. */
export const managesData = (role: Role | null): boolean => role === 'data_steward'

/** Who keeps the calendar and so has its page in the navigation; everybody else may read it. */
export const managesCalendar = (role: Role | null): boolean => role === 'data_steward' || role === 'admin'

/** Who keeps rules or answers for the data, and so has the page of settings in the navigation; everybody else may read it. */
const KEEPS_SETTINGS: readonly Role[] = ['province_cs_dept', 'group_cs_dept', 'data_steward', 'auditor', 'admin']

export const keepsSettings = (role: Role | null): boolean => role !== null && KEEPS_SETTINGS.includes(role)

/** Which roles see what customers wrote, masked (domain.md 2.4); the server decides again. */
const SEES_TICKET_TEXT: readonly Role[] = ROLES.filter((role) => SEES_ALERTS[role] && role !== 'data_steward' && role !== 'auditor')

export const seesTicketText = (role: Role | null): boolean => role !== null && SEES_TICKET_TEXT.includes(role)

/** Which roles see who is on: those who are called, who audit, and who keep the rosters; the server decides again. */
export const seesRosters = (role: Role | null): boolean => role !== null && role !== 'exec' && role !== 'data_steward'
