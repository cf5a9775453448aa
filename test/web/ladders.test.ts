import { expect, test } from 'vitest'
import { DEFAULT_LADDERS } from '../../core/domain/escalation/default-ladders.ts'
import { en } from '../../web/i18n/en.ts'
import { zh } from '../../web/i18n/zh.ts'
import { editable, lineChanges, linesOf, minutesInWords } from '../../web/ladders/ladder-lines.ts'

/** Words as the pages say them, values put in. */
const sayIn = (words: unknown) => (key: string, values: Record<string, unknown> = {}) => {
  const text = key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], words) as string
  return text.replace(/\{(\w+)\}/g, (_all, name: string) => String(values[name]))
}
const [inZh, inEn] = [sayIn(zh), sayIn(en)]

test('a ladder is told line by line in both languages', () => {
  expect(linesOf(DEFAULT_LADDERS.risk[2], inZh)).toEqual([
    '15 分钟内确认',
    '第 1 步 T+0 分钟：值班长、值班经理、专业部门责任人；大屏、站内、即时通讯、短信、回调',
    '第 2 步 T+15 分钟：值班经理；站内、语音、回调',
    '第 3 步 T+30 分钟：省投诉中心主任；大屏、站内、即时通讯、短信、回调',
    '第 4 步 T+60 分钟：省客户服务部；大屏、站内、即时通讯、短信、回调',
    '未确认时每 15 分钟提醒：站内、即时通讯、回调',
    '4 小时内报出方案，逾期：标为停滞并通知阶梯的下一步',
  ])
  expect(linesOf(DEFAULT_LADDERS.abnormal[4], inEn)).toContain('Plan within 2 h, else: supervised by Province centre director, Province customer service dept, told again every 2 h')
  expect(linesOf(DEFAULT_LADDERS.abnormal[2], inZh)).toContain('30 分钟（夜间 60 分钟）内确认')
  expect(linesOf(DEFAULT_LADDERS.abnormal[4], inZh)[1]).toContain('集团运营中心（仅越级工单）')
  expect([90, 120, 135].map((minutes) => minutesInWords(minutes, inZh))).toEqual(['90 分钟', '2 小时', '2 小时 15 分钟'])
})

test('what changes between two ladders is the lines that went and came; a copy differs in nothing', () => {
  const copy = editable(DEFAULT_LADDERS.risk[2])
  expect(lineChanges(DEFAULT_LADDERS.risk[2], copy, inEn)).toEqual({ removed: [], added: [] })
  copy.steps.splice(3, 1)
  copy.reminder = null
  const { removed, added } = lineChanges(DEFAULT_LADDERS.risk[2], copy, inEn)
  expect([removed.length, added]).toEqual([2, ['No reminder']])
})
