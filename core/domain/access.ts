import type { RegionNode, Scope } from './region.ts'
import type { Role, Severity } from './vocabulary.ts'

/** The scope of a person, key or device at a node: the node's whole subtree. */
export function scopeOf(node: Pick<RegionNode, 'code' | 'path'>): Scope {
  return { regionCode: node.code, path: node.path } as Scope
}

/** The engine's own scope: everything. Only core/engine, workers and bin may use it. */
export const ENGINE_SCOPE = { regionCode: '*', path: '/' } as Scope

/** What a role may do at all (domain.md 2.4); where is decided by its scope. */
export type Action =
  | 'see_alerts'
  | 'see_ticket_text'
  | 'see_figures'
  | 'manage_users'
  | 'manage_keys'
  | 'manage_walls'
  | 'manage_webhooks'
  | 'see_quarantine'
  | 'replay_quarantine'
  | 'manage_data'
  | 'see_audit'
  | 'see_holds'
  | 'manage_holds'
  | 'manage_calendar'
  | 'manage_rules'
  | 'manage_quiet'
  | 'see_rosters'
  | 'manage_rosters'

const WATCH: readonly Action[] = ['see_alerts', 'see_ticket_text', 'see_figures', 'see_rosters']
const ACTIONS: Readonly<Record<Role, readonly Action[]>> = {
  duty_agent: WATCH,
  duty_leader: WATCH,
  duty_manager: [...WATCH, 'see_quarantine', 'manage_quiet', 'manage_rosters'],
  province_center_director: [...WATCH, 'see_quarantine', 'manage_quiet', 'manage_rosters'],
  province_cs_dept: [...WATCH, 'see_quarantine', 'manage_quiet', 'manage_rosters', 'see_holds', 'manage_holds', 'manage_rules'],
  city_owner: WATCH,
  dept_owner: WATCH,
  group_ops: [...WATCH, 'see_quarantine', 'manage_quiet'],
  group_cs_dept: [...WATCH, 'see_quarantine', 'manage_quiet', 'see_holds', 'manage_holds', 'manage_rules'],
  exec: ['see_figures'],
  data_steward: ['see_alerts', 'see_figures', 'see_quarantine', 'replay_quarantine', 'manage_data', 'manage_calendar'],
  auditor: ['see_alerts', 'see_figures', 'see_audit', 'see_holds', 'see_rosters'],
  admin: ['see_figures', 'manage_users', 'manage_keys', 'manage_walls', 'manage_webhooks', 'manage_calendar', 'manage_rules', 'see_rosters', 'manage_rosters'],
}

/** Whether a role may do a thing somewhere (domain.md 2.4). `admin` sees no customer data and no single alert. */
export function may(role: Role, action: Action): boolean {
  return ACTIONS[role].includes(action)
}

const ACKNOWLEDGES_ALL: ReadonlySet<Role> = new Set([
  'duty_manager',
  'province_center_director',
  'province_cs_dept',
  'city_owner',
  'dept_owner',
  'group_ops',
  'group_cs_dept',
] as const)

/**
 * Whether a role may acknowledge an alert of this kind and colour: `duty_agent` A1–A2 and blue, `duty_leader` up to A3 and yellow,
 * the others of the ladder everything (domain.md 2.4).
 */
export function mayAcknowledge(role: Role, kind: 'abnormal' | 'risk', severity: Severity): boolean {
  if (role === 'duty_agent') return severity <= (kind === 'abnormal' ? 2 : 1)
  if (role === 'duty_leader') return severity <= (kind === 'abnormal' ? 3 : 2)
  return ACKNOWLEDGES_ALL.has(role)
}
