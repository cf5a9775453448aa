import { describe, expect, it } from 'vitest'
import { fieldsOf, PLAIN_SETTINGS } from '../../core/domain/settings.ts'
import { startOfDay } from '../../web/format/time.ts'
import { en } from '../../web/i18n/en.ts'
import { zh } from '../../web/i18n/zh.ts'
import { edited, found, givenOf, keyOf, standingOf, withEdit } from '../../web/settings/codes.ts'
import { changesOf, clockOf, draftsOf, partsOf, rebased } from '../../web/settings/values.ts'

const fields = fieldsOf('limits').filter(({ name }) => ['dispatch', 'dayShiftEnd', 'goldenUnits', 'rollForwardIfHoliday'].includes(name))
const values = { dispatch: 120, dayShiftEnd: 1_440, goldenUnits: ['U1', 'U2'], rollForwardIfHoliday: false }

it('every value of every group has a name and a sentence in both languages, and every part a name', () => {
  for (const words of [zh.settings, en.settings] as unknown as Record<string, Record<string, { name: string; about: string }>>[]) {
    for (const kind of PLAIN_SETTINGS) {
      expect(words['kind']?.[kind]).toMatchObject({ name: expect.any(String), about: expect.any(String) })
      const named = fieldsOf(kind).filter(({ form }) => form !== 'codes').map(({ name }) => name)
      expect(Object.keys(words[kind] ?? {}).toSorted()).toEqual(named.toSorted())
      for (const { part, unit } of fieldsOf(kind)) expect([part === null || part in (words['part'] ?? {}), unit === null || unit in (words['unit'] ?? {})]).toEqual([true, true])
    }
  }
  for (const { name } of fieldsOf('dictionary').filter(({ form }) => form === 'codes')) expect([zh.data.dimension, en.data.dimension]).toEqual([expect.objectContaining({ [name]: expect.any(String) }), expect.objectContaining({ [name]: expect.any(String) })])
})

describe('values in a form', () => {
  it('say nothing new as they were read, and what is typed as the API takes it', () => {
    const drafts = draftsOf(fields, values)
    expect(drafts).toEqual({ dispatch: '120', dayShiftEnd: '24:00', goldenUnits: 'U1、U2', rollForwardIfHoliday: false })
    expect(changesOf(fields, values, drafts)).toEqual([])
    const typed = { dispatch: ' 90 ', dayShiftEnd: '9:30', goldenUnits: 'U2\nU3', rollForwardIfHoliday: true }
    expect(changesOf(fields, values, typed).map(({ field, to }) => [field.name, to])).toEqual([['dispatch', 90], ['dayShiftEnd', 570], ['goldenUnits', ['U2', 'U3']], ['rollForwardIfHoliday', true]])
  })

  it.each([['dispatch', 'two hours', 'two hours'], ['dispatch', '', ''], ['dayShiftEnd', '8 am', '8 am'], ['dayShiftEnd', '08:75', '08:75']])('%s: “%s” stays as typed, for the server to name', (name, text, to) => {
    expect(changesOf(fields, values, { ...draftsOf(fields, values), [name]: text })).toMatchObject([{ field: { name }, to }])
  })

  it('typed upon an older version keep what was typed, and take over what was left alone', () => {
    const drafts = { ...draftsOf(fields, values), dispatch: '90' }
    const newest = { ...values, dispatch: 60, goldenUnits: ['U9'] }
    const again = rebased(fields, values, drafts, newest)
    expect(again).toEqual({ dispatch: '90', dayShiftEnd: '24:00', goldenUnits: 'U9', rollForwardIfHoliday: false })
    expect(changesOf(fields, newest, again)).toMatchObject([{ field: { name: 'dispatch' }, from: 60, to: 90 }])
  })

  it('stand in their parts, in order', () => {
    expect(partsOf(fields).map(({ part, fields: own }) => [part, own.map(({ name }) => name)])).toEqual([['dispatch', ['dispatch', 'dayShiftEnd']], ['handling', ['goldenUnits']], ['appeal', ['rollForwardIfHoliday']]])
    expect([clockOf(0), clockOf(485), clockOf(1_440)]).toEqual(['00:00', '08:05', '24:00'])
  })
})

describe('codes of a dictionary', () => {
  const calm = { code: 'calm', zh: '平静', en: 'Calm' }
  const angry = { code: 'angry', zh: '愤怒', en: 'Angry' }
  const held = { emotion: [calm, angry], urgency: [] }
  const ended = { field: 'emotion', key: keyOf(calm), code: { ...calm, validTo: 100 } }

  it('are changed in their place and added at the end; a second change takes the place of the first, and one that undoes it takes it back', () => {
    const added = { field: 'emotion', key: null, code: { code: 'sad', zh: '难过', en: 'Sad' } }
    const edits = withEdit(held, withEdit(held, [], ended), added)
    expect(edited(held, edits, 'emotion')).toEqual([{ ...calm, validTo: 100 }, angry, added.code])
    expect(Object.keys(givenOf(held, edits))).toEqual(['emotion'])
    expect(edited(held, withEdit(held, edits, { ...ended, code: { ...calm, validTo: 200 } }), 'emotion')[0]).toEqual({ ...calm, validTo: 200 })
    expect(withEdit(held, edits, { ...ended, code: { en: 'Calm', zh: '平静', code: 'calm' } })).toEqual([added])
  })

  it('upon a newer version are changed beside what others have changed, and come back where others took them out', () => {
    expect(edited({ emotion: [{ ...angry, zh: '气愤' }, calm] }, [ended], 'emotion')).toEqual([{ ...angry, zh: '气愤' }, ended.code])
    expect(edited({ emotion: [angry] }, [ended], 'emotion')).toEqual([angry, ended.code])
  })

  it('are found by code, name or first level, and stand as their time says, to the instant', () => {
    const under = { code: '退费', zh: '退费', en: 'Refunds', parent: '产品及计费使用' }
    expect([found([calm, under], ''), found([calm, under], 'ＣＡＬＭ'), found([calm, under], '计费'), found([calm, under], 'x')].map((list) => list.length)).toEqual([2, 1, 1, 0])
    const timed = { ...calm, validFrom: 10, validTo: 20 }
    expect([9, 10, 19, 20].map((now) => standingOf(timed, now))).toEqual(['coming', 'used', 'used', 'ended'])
    expect(standingOf(calm, 0)).toBe('used')
  })
})

it('a day begins at its midnight in the zone, also where the clocks change that day', () => {
  expect(startOfDay('2026-11-27', 'Asia/Shanghai')).toBe(Date.parse('2026-11-26T16:00:00Z'))
  expect(startOfDay('2026-03-29', 'Europe/Berlin')).toBe(Date.parse('2026-03-28T23:00:00Z'))
  expect(startOfDay('2026-10-26', 'Europe/Berlin')).toBe(Date.parse('2026-10-25T23:00:00Z'))
})
