import { describe, expect, test } from 'vitest'
import { defaultsOf, fieldsOf, PLAIN_SETTINGS } from '../../core/domain/settings.ts'
import { LIMIT_FIELDS, limitFaults } from '../../core/domain/ticket/limit-fields.ts'
import { DEFAULT_CLOCK_LIMITS } from '../../core/domain/ticket/limits.ts'

describe('the fields of settings', () => {
  test.each(PLAIN_SETTINGS)('of %s are its values, each once', (kind) => {
    const names = fieldsOf(kind).map(({ name }) => name)
    expect(names.toSorted()).toEqual(Object.keys(defaultsOf(kind)).toSorted())
  })
})

describe('limits of clocks', () => {
  test('the defaults of the trade are sound, and so are those of 3.6 that stand at the end of their range', () => {
    expect(limitFaults(DEFAULT_CLOCK_LIMITS)).toEqual([])
    const ends = Object.fromEntries(LIMIT_FIELDS.map(({ name, most }) => [name, most]))
    const atLaw = ['faultHardUrban', 'faultHardRural', 'complaintAnswerNaturalDays', 'appealFeedbackNaturalDays', 'appealCloseNaturalDays', 'highValueStar'] as const
    expect(atLaw.map((name) => [name, ends[name]])).toEqual([['faultHardUrban', 2_880], ['faultHardRural', 4_320], ['complaintAnswerNaturalDays', 15], ['appealFeedbackNaturalDays', 10], ['appealCloseNaturalDays', 30], ['highValueStar', 7]])
  })

  test.each(LIMIT_FIELDS.filter(({ least }) => least !== null).map((field) => [field.name, field] as const))('%s is refused just outside its range, and taken at its ends', (name, { least, most }) => {
    const faulty = (value: unknown) => limitFaults({ ...DEFAULT_CLOCK_LIMITS, [name]: value }).filter((fault) => fault.startsWith(`${name}: 应为 ${least}–${most}`))
    expect([faulty(least), faulty(most)]).toEqual([[], []])
    for (const value of [(least ?? 0) - 1, (most ?? 0) + 1, (least ?? 0) + 0.5, '60', null]) {
      expect(faulty(value)).toHaveLength(1)
      expect(faulty(value)[0]).toMatch(/[一-龥].* \/ expected a whole number/)
    }
  })

  test.each([
    [{ dispatchHigh: 121 }, ['dispatchHigh']],
    [{ dispatchHigh: 120 }, []],
    [{ handleMinutes: 1_439 }, ['handleHighValueMinutes']],
    [{ firstContact: 29 }, ['firstContactGolden']],
    [{ gov12345UrgentWorkingDays: 4 }, ['gov12345UrgentWorkingDays']],
    [{ appealCloseNaturalDays: 9 }, ['appealFeedbackNaturalDays']],
    [{ faultHardUrban: 1_441, faultHardRural: 1_440 }, ['faultHardUrban']],
    [{ reviewNightEnd: 479 }, ['dayShiftStart']],
    [{ reviewNightEnd: 480 }, []],
    [{ dayShiftEnd: 480 }, ['dayShiftEnd']],
    [{ goldenUnits: ['U1', 'U2'], autoSuspendUnits: [] }, []],
    [{ goldenUnits: 'U1' }, ['goldenUnits']],
    [{ autoSuspendUnits: ['x'.repeat(65)] }, ['autoSuspendUnits']],
    [{ rollForwardIfHoliday: 'no' }, ['rollForwardIfHoliday']],
  ])('%j has the faults %j', (change, faulty) => {
    expect(limitFaults({ ...DEFAULT_CLOCK_LIMITS, ...(change as object) }).map((fault) => fault.split(':')[0])).toEqual(faulty)
  })
})
