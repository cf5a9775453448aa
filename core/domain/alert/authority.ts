import { may, mayAcknowledge } from '../access.ts'
import { codesOfPath } from '../region.ts'
import { CANARY, type Role, type Severity } from '../vocabulary.ts'
import type { Alert } from './alert.ts'

type Roles = readonly Role[]
type BySeverity = Readonly<Record<Severity, Roles>>

const MANAGERS: Roles = ['duty_manager', 'province_center_director', 'province_cs_dept', 'group_ops', 'group_cs_dept']

/** Closing (domain.md 5.5): blue duty leader, yellow duty manager, orange province_cs_dept, red group_cs_dept; those above them too. */
const CLOSERS: BySeverity = { 1: ['duty_leader', ...MANAGERS], 2: MANAGERS, 3: ['province_cs_dept', 'group_cs_dept'], 4: ['group_cs_dept'] }

/** Release of a case whose condition the rule still sees (domain.md 7.5). */
const RELEASERS: BySeverity = {
  1: MANAGERS,
  2: MANAGERS,
  3: ['province_center_director', 'province_cs_dept', 'group_cs_dept'],
  4: ['province_cs_dept', 'group_ops', 'group_cs_dept'],
}

/** `duty_leader` dismisses blue only (domain.md 2.4). */
const DISMISSERS: BySeverity = { 1: ['duty_leader', ...MANAGERS], 2: MANAGERS, 3: MANAGERS, 4: MANAGERS }

/** A case at the root of the tree: the group's own people stand in for the province's (domain.md 7.2). */
const isGroupCase = (alert: Pick<Alert, 'regionPath'>) => codesOfPath(alert.regionPath).length === 1

/**
 * Who must consent before the colour is lowered, one person of each role: orange the director of the province centre, red
 * province_cs_dept and group_ops together (domain.md 7.5); for an abnormal ticket a duty manager decides alone (4.1-2).
 */
export function approversOf(alert: Pick<Alert, 'kind' | 'severity' | 'regionPath'>): readonly Roles[] {
  if (alert.kind === 'abnormal') return [MANAGERS]
  if (isGroupCase(alert)) return alert.severity === 4 ? [['group_ops'], ['group_cs_dept']] : [['group_cs_dept']]
  return alert.severity === 4 ? [['province_cs_dept'], ['group_ops']] : [['province_center_director']]
}

/** A canary is nobody's to take (docs/adr/0039). */
const mayTake = (role: Role, { kind, severity }: Pick<Alert, 'kind' | 'severity'>): boolean => kind !== CANARY && mayAcknowledge(role, kind, severity)

/** What a role may do to one alert, apart from scope and separation of duty. */
export const AUTHORITY = {
  // Every role that works on alerts adds notes, also to a colour that it may not take (domain.md 2.4, duty_agent).
  note: (role: Role, _alert: Alert) => may(role, 'see_ticket_text'),
  acknowledge: (role: Role, alert: Alert) => mayTake(role, alert),
  raise: (role: Role, alert: Alert) => role === 'group_ops' || mayTake(role, alert),
  lower: (role: Role, _alert: Alert) => MANAGERS.includes(role),
  approve: (role: Role, alert: Alert) => approversOf(alert).some((roles) => roles.includes(role)),
  // What the rule itself has released (mitigated), and a single ticket, may be resolved by whoever may take it.
  resolve: (role: Role, alert: Alert) =>
    alert.kind === 'abnormal' || alert.state === 'mitigated'
      ? mayTake(role, alert)
      : RELEASERS[alert.severity].includes(role),
  close: (role: Role, alert: Alert) => CLOSERS[alert.severity].includes(role),
  dismiss: (role: Role, alert: Alert) => DISMISSERS[alert.severity].includes(role),
} as const

export type Authority = keyof typeof AUTHORITY
