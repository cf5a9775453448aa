import { HOUR, MINUTE } from '../time.ts'
import type { LadderChannel, Severity } from '../vocabulary.ts'
import type { Ladder, Ladders, LadderSet, LadderStep, RelationTarget } from './ladder.ts'

const at = (place: RelationTarget['at'], ...roles: RelationTarget['role'][]): RelationTarget[] => roles.map((role) => ({ role, at: place }))
const province = (...roles: RelationTarget['role'][]) => at('province', ...roles)

/** What a step says besides the application itself; endpoints of the region hear everything from yellow up (domain.md 7.3). */
const QUIET: readonly LadderChannel[] = ['wall', 'in_app']
const IM: readonly LadderChannel[] = ['in_app', 'im', 'webhook']
const IM_SMS: readonly LadderChannel[] = ['wall', 'in_app', 'im', 'sms', 'webhook']
const VOICE: readonly LadderChannel[] = ['in_app', 'voice', 'webhook']
const ALL: readonly LadderChannel[] = ['wall', 'in_app', 'im', 'sms', 'voice', 'webhook']

const step = (afterMinutes: number, targets: readonly RelationTarget[], channels: readonly LadderChannel[]): LadderStep => ({ afterMinutes, targets, channels })

const ORANGE_AT_ONCE = [...province('duty_manager', 'province_center_director', 'dept_owner'), ...at('city', 'city_owner')]
const RED_AT_ONCE = [...ORANGE_AT_ONCE, ...province('province_cs_dept'), ...at('group', 'group_ops')]

/** domain.md 7.2. A vice-president reads and cannot acknowledge (2.4): with him, whoever can. */
const RISK: Ladders = {
  1: {
    ackMinutes: 30,
    handleMinutes: 480,
    steps: [
      step(0, province('duty_agent', 'duty_leader'), QUIET),
      step(30, province('duty_manager'), ['in_app', 'im', 'sms']),
      step(60, province('province_center_director'), ['in_app', 'im', 'sms']),
    ],
    reminder: null,
    handlingOver: { kind: 'stalled' },
  },
  2: {
    ackMinutes: 15,
    handleMinutes: 240,
    steps: [
      step(0, province('duty_leader', 'duty_manager', 'dept_owner'), IM_SMS),
      step(15, province('duty_manager'), VOICE),
      step(30, province('province_center_director'), IM_SMS),
      step(60, province('province_cs_dept'), IM_SMS),
    ],
    reminder: { everyMinutes: 15, channels: IM },
    handlingOver: { kind: 'next_step' },
  },
  3: {
    ackMinutes: 10,
    handleMinutes: 120,
    steps: [
      step(0, ORANGE_AT_ONCE, ALL),
      step(10, province('province_center_director', 'province_cs_dept'), VOICE),
      step(20, province('province_cs_dept'), VOICE),
      step(30, at('group', 'group_ops'), ALL),
    ],
    reminder: { everyMinutes: 5, channels: IM },
    handlingOver: { kind: 'next_step' },
  },
  4: {
    ackMinutes: 5,
    handleMinutes: 60,
    steps: [
      step(0, RED_AT_ONCE, ALL),
      step(5, RED_AT_ONCE, VOICE),
      step(10, province('exec', 'province_cs_dept'), VOICE),
      step(15, at('group', 'group_cs_dept', 'group_ops'), ALL),
    ],
    reminder: { everyMinutes: 3, channels: IM },
    handlingOver: { kind: 'supervised', targets: at('group', 'group_ops', 'group_cs_dept'), channels: ALL, everyMinutes: null },
  },
}

const A4_AT_ONCE: readonly RelationTarget[] = [
  ...province('duty_manager', 'province_center_director', 'dept_owner'),
  { role: 'group_ops', at: 'group', onlyFor: 'skip_level' },
]

const abnormal = (ackMinutes: number | null, handleMinutes: number, steps: readonly LadderStep[], handlingOver: Ladder['handlingOver']): Ladder => ({
  ackMinutes,
  handleMinutes,
  steps,
  reminder: null,
  handlingOver,
})

/**
 * domain.md 4.2. "Handler" and "leader of the handling unit" are the province's `duty_agent` and `dept_owner`: tickets name units, not users. Where A4 says
 * "then `province_cs_dept`", it follows after another acknowledge limit.
 */
const ABNORMAL: Ladders = {
  1: abnormal(null, 720, [step(0, province('duty_agent'), ['in_app'])], { kind: 'raise' }),
  2: {
    ...abnormal(30, 480, [step(0, province('duty_agent', 'dept_owner'), IM), { ...step(30, province('duty_leader'), IM), nightMinutes: 60 }], { kind: 'raise' }),
    ackNightMinutes: 60,
  },
  3: abnormal(15, 240, [step(0, province('duty_leader', 'dept_owner'), ['in_app', 'im', 'sms', 'webhook']), step(15, province('duty_manager'), VOICE)], { kind: 'raise' }),
  4: abnormal(10, 120, [step(0, A4_AT_ONCE, ALL), step(10, province('province_center_director'), VOICE), step(20, province('province_cs_dept'), VOICE)], {
    kind: 'supervised',
    targets: province('province_center_director', 'province_cs_dept'),
    channels: ['in_app', 'im', 'sms', 'webhook'],
    everyMinutes: 120,
  }),
}

/** The ladders of domain.md 7.2 (risk cases) and 4.2 (abnormal tickets A1–A4), with the night of 2.5. */
export const DEFAULT_LADDERS: LadderSet = { version: 1, night: { from: (20 * HOUR) / MINUTE, to: (8 * HOUR) / MINUTE }, risk: RISK, abnormal: ABNORMAL }

/**
 * Ladders as stored, completed where they were written before there was a night, a reminder or an end of the handling limit: without a reminder, and with
 * the limit's end of the defaults, as those alerts have been told that they run.
 */
export function completedLadders(body: unknown): LadderSet {
  const stored = body as Omit<LadderSet, 'risk' | 'abnormal'> & Record<'risk' | 'abnormal', Record<Severity, Partial<Ladder>>>
  const completed = (kind: 'risk' | 'abnormal'): Ladders => {
    const whole = (severity: Severity): Ladder => {
      const { handleMinutes, ackMinutes, steps, handlingOver } = DEFAULT_LADDERS[kind][severity]
      return { handleMinutes, ackMinutes, steps, handlingOver, reminder: null, ...stored[kind][severity] }
    }
    return { 1: whole(1), 2: whole(2), 3: whole(3), 4: whole(4) }
  }
  return { ...DEFAULT_LADDERS, ...stored, risk: completed('risk'), abnormal: completed('abnormal') }
}
