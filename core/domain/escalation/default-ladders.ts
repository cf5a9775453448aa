import type { LadderChannel, Severity } from '../vocabulary.ts'
import type { Ladder, LadderSet, LadderStep, RelationTarget } from './ladder.ts'

const at = (place: RelationTarget['at'], ...roles: RelationTarget['role'][]): RelationTarget[] => roles.map((role) => ({ role, at: place }))
const province = (...roles: RelationTarget['role'][]) => at('province', ...roles)

const QUIET: readonly LadderChannel[] = ['in_app']
const LOUD: readonly LadderChannel[] = ['in_app', 'webhook']

function ladder(colour: Severity, ackMinutes: number | null, handleMinutes: number, atOnce: RelationTarget[], atAckLimit: RelationTarget[]): Ladder {
  const channels = colour === 1 ? QUIET : LOUD
  const first: LadderStep = { afterMinutes: 0, targets: atOnce, channels }
  const steps = ackMinutes === null ? [first] : [first, { afterMinutes: ackMinutes, targets: atAckLimit, channels }]
  return { ackMinutes, handleMinutes, steps }
}

const ORANGE_AT_ONCE = [...province('duty_manager', 'province_center_director', 'dept_owner'), ...at('city', 'city_owner')]
const RED_AT_ONCE = [...ORANGE_AT_ONCE, ...province('province_cs_dept'), ...at('group', 'group_ops')]

/**
 * Version 1 of the ladders: the first two steps of every colour of domain.md 7.2 (risk cases) and of 4.2 (abnormal tickets A1–A4).
 * "Handler" and "leader of the handling unit" of 4.2 are the province's `duty_agent` and `dept_owner`: tickets name units, not users.
 */
export const DEFAULT_LADDERS: LadderSet = {
  version: 1,
  risk: {
    1: ladder(1, 30, 480, province('duty_agent', 'duty_leader'), province('duty_manager')),
    2: ladder(2, 15, 240, province('duty_leader', 'duty_manager', 'dept_owner'), province('duty_manager')),
    3: ladder(3, 10, 120, ORANGE_AT_ONCE, province('province_center_director', 'province_cs_dept')),
    4: ladder(4, 5, 60, RED_AT_ONCE, RED_AT_ONCE),
  },
  abnormal: {
    1: ladder(1, null, 720, province('duty_agent'), []),
    2: ladder(2, 30, 480, province('duty_agent', 'dept_owner'), province('duty_leader')),
    3: ladder(3, 15, 240, province('duty_leader', 'dept_owner'), province('duty_manager')),
    4: ladder(
      4,
      10,
      120,
      province('duty_manager', 'province_center_director', 'dept_owner'),
      province('province_center_director', 'province_cs_dept'),
    ),
  },
}
