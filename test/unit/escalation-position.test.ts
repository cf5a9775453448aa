import { describe, expect, test } from 'vitest'
import { DEFAULT_LADDERS } from '../../core/domain/escalation/default-ladders.ts'
import { callingOrder, type Holder, positionOf, reach } from '../../core/domain/escalation/position.ts'
import { coveredInWords, stepInWords, takenOverInWords, vacancyInWords } from '../../core/domain/escalation/step-words.ts'
import { SECOND } from '../../core/domain/time.ts'
import type { Severity } from '../../core/domain/vocabulary.ts'
import { aRegionTree } from '../support/builders.ts'

const ORANGE = DEFAULT_LADDERS.risk[3]
const SEVERITIES: readonly Severity[] = [1, 2, 3, 4]

const TREE = aRegionTree()
const holder = (role: Holder['role'], regionCode: string, userId = `${role}@${regionCode}`): Holder => ({ role, regionCode, userId, name: userId, why: 'role' })

describe('who is called', () => {
  test('is found by climbing from the alert to the level of the target', () => {
    expect(positionOf({ role: 'city_owner', at: 'city' }, '320501', TREE)).toEqual({ role: 'city_owner', regionCode: '320500' })
    expect(positionOf({ role: 'duty_manager', at: 'province' }, '320501', TREE)).toEqual({ role: 'duty_manager', regionCode: '32' })
    expect(positionOf({ role: 'city_owner', at: 'city' }, '32', TREE)).toBeNull()
    expect(positionOf({ role: 'duty_manager', at: 'province' }, '00', TREE)).toEqual({ role: 'group_ops', regionCode: '00' })
    expect(positionOf({ role: 'city_owner', at: 'city' }, '00', TREE)).toBeNull()
    expect(positionOf({ role: 'group_ops', at: 'group' }, '320500', TREE)).toEqual({ role: 'group_ops', regionCode: '00' })
  })

  test('is the step itself as long as it has one person, with the vacant positions noted', () => {
    const order = callingOrder(ORANGE, 0, '320500', TREE)
    const reached = reach(order, [holder('duty_manager', '32')])
    expect(reached).toMatchObject({ via: 'step', holders: [{ userId: 'duty_manager@32' }] })
    expect(reached.vacant.map((position) => position.role)).toEqual(['province_center_director', 'dept_owner', 'city_owner'])
  })

  test('is the next step at once when the whole step is vacant, then the last resort, then nobody', () => {
    const order = callingOrder(ORANGE, 0, '320500', TREE)
    expect(reach(order, [holder('province_cs_dept', '32'), holder('group_ops', '00')])).toMatchObject({
      via: 'next_step',
      holders: [{ role: 'province_cs_dept' }],
    })
    expect(reach(order, [holder('group_ops', '00')])).toMatchObject({ via: 'next_step', holders: [{ role: 'group_ops' }] })
    const yellow = callingOrder(DEFAULT_LADDERS.risk[2], 0, '320500', TREE)
    expect(reach(yellow, [holder('group_ops', '00')])).toMatchObject({ via: 'last_resort', holders: [{ role: 'group_ops' }] })
    expect(reach(order, [])).toMatchObject({ via: 'nobody', holders: [] })
  })

  test('is one call per person, and never somebody of another province', () => {
    const order = callingOrder(DEFAULT_LADDERS.risk[2], 0, '320500', TREE)
    const reached = reach(order, [holder('duty_leader', '32', 'u'), holder('duty_manager', '32', 'u'), holder('duty_manager', '33')])
    expect(reached.holders.map((found) => found.userId)).toEqual(['u'])
  })

  test('of every ladder climbs from any node of the tree to at least one position', () => {
    for (const kind of ['risk', 'abnormal'] as const) {
      for (const severity of SEVERITIES) {
        for (const { code } of TREE.all()) {
          const ladder = DEFAULT_LADDERS[kind][severity]
          for (const step of ladder.steps.keys())
            expect(callingOrder(ladder, step, code, TREE)[0]?.positions.length, `${kind} ${severity} ${code}`).toBeGreaterThan(0)
        }
      }
    }
  })
})

describe('the words of a step', () => {
  const taken = { step: 1, lateMs: 0, via: 'step', holders: [], webhooks: 0 } as const
  test('name roles and numbers, never people, and say how late it was', () => {
    const holders = [holder('duty_manager', '32', 'a'), holder('duty_manager', '32', 'b'), holder('group_ops', '00')]
    expect(stepInWords({ ...taken, lateMs: 90 * SECOND, holders, webhooks: 2 })).toBe(
      '第 2 步（迟 1 分钟）：值班经理 × 2、集团运营中心 × 1、回调 × 2 / Step 2 (1 min late): duty manager × 2, group operations × 1, webhook × 2',
    )
    expect(stepInWords({ ...taken, via: 'nobody' })).toBe('第 2 步：无人可通知 / Step 2: nobody to call')
    expect(stepInWords({ ...taken, via: 'last_resort', holders: holders.slice(2) })).toContain('转兜底岗位')
    expect(coveredInWords('9')).toContain('paged by alert #9')
    expect(takenOverInWords('9')).toContain('ladder of alert #9')
    expect(takenOverInWords(null)).toContain('nobody is paged')
    expect(vacancyInWords([{ role: 'city_owner', regionCode: '320500' }], TREE)).toBe(
      '配置：岗位空缺：苏州市地市责任人 / Configuration: vacant position: city owner of Suzhou',
    )
  })
})
