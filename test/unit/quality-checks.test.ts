import { describe, expect, test } from 'vitest'
import { DEFAULT_DICTIONARY } from '../../core/domain/dictionary/default-dictionary.ts'
import { EVENT_CHECKS, QUALITY_CHECKS, TICKET_CHECKS } from '../../core/domain/quality/catalogue.ts'
import { reorderedBy } from '../../core/domain/quality/dq-03-order.ts'
import { isUsualVolume } from '../../core/domain/quality/dq-13-volume.ts'
import { rollUpGap } from '../../core/domain/quality/dq-14-roll-up.ts'
import { reconciliationState } from '../../core/domain/quality/dq-15-reconciliation.ts'
import { leakyKeys } from '../../core/domain/quality/dq-16-null-keys.ts'
import { isShareSound } from '../../core/domain/quality/dq-17-unmapped-share.ts'
import type { EventUnderCheck, Outcome, TicketUnderCheck } from '../../core/domain/quality/quality-check.ts'
import type { UnitBook } from '../../core/domain/ticket/unit-book.ts'
import { checkOfRefusal } from '../../core/domain/quality/refusals.ts'
import { qualityScore, scoreState } from '../../core/domain/quality/score.ts'
import type { Ticket } from '../../core/domain/ticket/ticket.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../core/domain/time.ts'
import type { EventType } from '../../core/domain/vocabulary.ts'
import { aTicket, at, SHANGHAI, ticketOf } from '../support/builders.ts'

const T = at('2026-06-01 09:00')
const GOOD = {
  kind: 'complaint',
  channel: 'hotline',
  source_category: 'province_complaint',
  phenomenon_l1: '网络使用',
  product_no_key: 'k',
  content_text: '家里宽带上不了网光猫红灯一直闪',
}

function event(checkId: string, type: EventType, payload: Record<string, unknown>, more: Partial<EventUnderCheck> = {}): readonly string[] {
  const check = EVENT_CHECKS.find(({ id }) => id === checkId)
  const outcomes = check?.judgeEvent({ type, payload, occurredAt: T, receivedAt: T, codes: { judged: [], unknown: [] }, ...more }) ?? []
  return outcomes.map(told)
}
const told = ({ checked, failed, detail, dimension }: Outcome) => `${dimension}${dimension && ' '}${failed}/${checked}${detail && ` ${detail}`}`

const NO_UNITS: UnitBook = { isLoaded: () => false, isKnown: () => false, closesAt: () => undefined }
function ticket(checkId: string, facts: Ticket, more: Partial<TicketUnderCheck> = {}): readonly string[] {
  const check = TICKET_CHECKS.find(({ id }) => id === checkId)
  const subject = { ticket: facts, isFinishedLate: null, dictionary: DEFAULT_DICTIONARY, units: NO_UNITS, now: T + DAY, zone: SHANGHAI, ...more }
  return (check?.judgeTicket(subject) ?? []).map(told)
}

describe('checks of events', () => {
  test.each([
    ['whole', 'created', GOOD, ['0/1']],
    ['without a source category', 'created', { ...GOOD, source_category: undefined }, ['1/1 source_category']],
    ['without a product number', 'created', { ...GOOD, product_no_key: null }, ['1/1 product_no']],
    ['of another type', 'claimed', {}, ['0/1']],
  ] as const)('DQ-01: %s', (_name, type, payload, expected) => expect(event('DQ-01', type, payload)).toEqual(expected))

  test('DQ-02: one fact per code, the unknown ones failed by field', () => {
    const codes = { judged: ['channel', 'product_l1'], unknown: [{ field: 'channel', key: 'channel', sourceCode: 'X9' }] } as const
    expect(event('DQ-02', 'created', GOOD, { codes })).toEqual(['channel 1/1 X9', 'product_l1 0/1'])
    expect(event('DQ-02', 'claimed', {})).toEqual([])
  })

  test.each([
    [72 * HOUR - 1, ['0/1']],
    [72 * HOUR, ['1/1 迟到 72 小时 / 72 h late']],
    [-5 * MINUTE, ['0/1']],
  ])('DQ-04: received %d ms after it occurred', (late, expected) => {
    expect(event('DQ-04', 'claimed', {}, { receivedAt: T + late })).toEqual(expected)
  })

  test.each([
    ['ten characters', '一二三四五六七八九十', false, ['0/1']],
    ['nine', '一二三四五六七八九，。！', false, ['1/1 少于 10 个字 / fewer than 10 characters']],
    [
      'an identity number that was masked',
      '客户证件[ID]要求尽快核实并回复',
      false,
      ['1/1 含证件号（已脱敏） / identity number in the text (masked)'],
    ],
    ['a template', '家里宽带上不了网光猫红灯一直闪', true, ['1/1 只有模板 / only a template']],
    ['one character over and over', '啊啊啊啊啊啊啊啊啊啊啊啊', false, ['1/1 只有模板 / only a template']],
  ])('DQ-09: a text of %s', (_name, content_text, is_template, expected) => {
    expect(event('DQ-09', 'created', { content_text, is_template })).toEqual(expected)
  })

  test.each([
    [0, ['0/1']],
    [50_000, ['0/1']],
    [50_001, ['1/1 超过 50000 分 / above 50000 cents']],
    [-1, ['1/1 amount_cents']],
    [1.5, ['1/1 amount_cents']],
    ['x', ['1/1 amount_cents']],
  ])('DQ-11: a refund of %s cents', (amount_cents, expected) => expect(event('DQ-11', 'refund_paid', { amount_cents })).toEqual(expected))

  test.each([
    [{ score: 1, solved: 'no' }, ['0/1']],
    [{ score: 10, solved: 'unclear' }, ['0/1']],
    [{ score: 0, solved: 'no' }, ['1/1 score']],
    [{ score: 11, solved: 'no' }, ['1/1 score']],
    [{ solved: 'yes' }, ['1/1 score']],
    [{ score: 9 }, ['1/1 solved']],
    [{ score: 9, solved: 'maybe' }, ['1/1 solved']],
  ])('DQ-18: %j', (payload, expected) => expect(event('DQ-18', 'survey_answered', payload)).toEqual(expected))
})

const HANDLED = [
  ['created', '2026-06-01 09:00'],
  ['dispatched', '2026-06-01 09:10', { to_unit: 'U1', leg_id: 'L1' }],
  ['claimed', '2026-06-01 09:20', { leg_id: 'L1', handler_id: 'h' }],
  ['replied', '2026-06-01 10:00', { leg_id: 'L1', text: '已处理' }],
  ['completed', '2026-06-01 11:00', { result_code: 'solved' }],
] as const

describe('checks of tickets', () => {
  test('DQ-01: a reply without a text', () => {
    expect(ticket('DQ-01', ticketOf(...HANDLED))).toEqual(['reply_text 0/1'])
    const silent = HANDLED.map((row) => (row[0] === 'replied' ? (['replied', row[1], { leg_id: 'L1', text: '' }] as const) : row))
    expect(ticket('DQ-01', ticketOf(...silent))).toEqual(['reply_text 1/1 leg L1'])
    expect(ticket('DQ-01', aTicket())).toEqual([])
  })

  test('DQ-03: times in order, legal steps, one open main leg', () => {
    expect(ticket('DQ-03', ticketOf(...HANDLED))).toEqual(['times 0/1', 'transition 0/1', 'legs 0/1'])
    const [leg] = ticketOf(...HANDLED).legs
    const early = { ...leg!, firstClaimedAt: T + 5 * MINUTE }
    expect(ticket('DQ-03', { ...ticketOf(...HANDLED), legs: [early] })[0]).toBe('times 1/1 claimed < dispatched')
    const within = { ...leg!, firstClaimedAt: leg!.receivedAt - MINUTE }
    expect(ticket('DQ-03', { ...ticketOf(...HANDLED), legs: [within] })[0]).toBe('times 0/1')
    const open = { ...leg!, finishedAt: null }
    expect(ticket('DQ-03', aTicket({ legs: [open, open] }))[2]).toBe('legs 1/1 2 个主办环节未结 / 2 open main legs')
    expect(ticket('DQ-03', aTicket({ legs: [open, { ...open, isAssist: true }] }))[2]).toBe('legs 0/1')
  })

  test('DQ-03: an illegal step is called so 120 s after it was received, not before', () => {
    const illegal = aTicket({ qualityFlags: [{ flag: 'illegal_transition', eventId: 'e9', receivedAt: T }] })
    const judge = (now: number) => [ticket('DQ-03', illegal, { now })[1], reorderedBy(illegal, now)]
    expect(judge(T + 120 * SECOND - 1)).toEqual(['transition 0/1', T + 120 * SECOND])
    expect(judge(T + 120 * SECOND)).toEqual(['transition 1/1 illegal_transition e9', null])
  })

  test('DQ-05: content under another id', () => {
    expect(ticket('DQ-05', aTicket())).toEqual([])
    expect(ticket('DQ-05', aTicket({ qualityFlags: [{ flag: 'suspected_duplicate', eventId: 'e2', receivedAt: T }] }))).toEqual(['content 1/0 e2'])
  })

  test('DQ-06: units exist; where none is loaded nothing is checked', () => {
    const facts = ticketOf(...HANDLED)
    expect(ticket('DQ-06', facts)).toEqual([])
    const book = (isKnown: boolean): UnitBook => ({ isLoaded: (code) => code === '32', isKnown: (code) => isKnown && code === 'U1', closesAt: () => null })
    expect(ticket('DQ-06', facts, { units: book(true) })).toEqual(['0/1'])
    expect(ticket('DQ-06', facts, { units: book(false) })).toEqual(['1/1 leg L1: U1'])
  })

  test('DQ-07: a completed complaint has the record of a reply', () => {
    const facts = ticketOf(...HANDLED)
    const reply = { at: T, method: 'call', recordNo: 'r1', recordSeconds: 10, isAgreed: true }
    expect(ticket('DQ-07', facts)).toEqual(['1/1 无回复记录 / no reply record'])
    expect(ticket('DQ-07', { ...facts, customerReplies: [reply] })).toEqual(['0/1'])
    expect(ticket('DQ-07', { ...facts, customerReplies: [{ ...reply, recordSeconds: null }] })).toEqual(['0/1'])
    expect(ticket('DQ-07', { ...facts, customerReplies: [{ ...reply, recordSeconds: 9 }] })).toEqual(['1/1 无回复记录 / no reply record'])
    expect(ticket('DQ-07', { ...facts, customerReplies: [{ ...reply, recordNo: null }] })).toEqual(['1/1 无回复记录 / no reply record'])
    expect(ticket('DQ-07', { ...facts, resultCode: 'unreachable', contactFailures: [T, T, T] })).toEqual(['0/1'])
    expect(ticket('DQ-07', { ...facts, resultCode: 'unreachable', contactFailures: [T, T] })).toEqual(['1/1 无回复记录 / no reply record'])
    expect(ticket('DQ-07', { ...facts, legs: [] })).toEqual([])
    expect(ticket('DQ-07', aTicket())).toEqual([])
  })

  test('DQ-08: what was completed late says why', () => {
    expect(ticket('DQ-08', aTicket(), { isFinishedLate: false })).toEqual([])
    expect(ticket('DQ-08', aTicket(), { isFinishedLate: true })).toEqual(['1/1 no timeout_reason'])
    const { qualification } = ticketOf(['created', '2026-06-01 09:00'], ['qualified', '2026-06-01 10:00', { timeout_reason: 'not_reached' }])
    expect(ticket('DQ-08', aTicket({ qualification }), { isFinishedLate: true })).toEqual(['0/1'])
  })

  test.each([
    ['网络使用', '宽带慢', 'broadband', ['0/1']],
    ['网络使用', '宽带慢', 'payment', ['1/1 网络使用 × payment']],
    ['修障', '宽带慢', 'broadband', ['1/1 宽带慢 ∉ 修障']],
    ['网络使用', '', 'their own product', []],
    ['their own', '宽带慢', 'broadband', []],
  ])('DQ-10: %s / %s / %s', (phenomenonL1, phenomenonL2, productL1, expected) => {
    expect(ticket('DQ-10', aTicket({ phenomenonL1, phenomenonL2, productL1 }))).toEqual(expected)
  })

  test('DQ-12: an appeal names the regulator’s case', () => {
    expect(ticket('DQ-12', aTicket())).toEqual([])
    expect(ticket('DQ-12', aTicket({ kind: 'appeal' }))).toEqual(['1/1 no regulator_case_no'])
    expect(ticket('DQ-12', aTicket({ kind: 'appeal', regulatorCaseNo: 'S1' }))).toEqual(['0/1'])
  })
})

describe('checks of a province and day', () => {
  test.each([
    ['too few weeks', 50, [50, 50, 50], null],
    ['just within 5 σ of √100', 150, [100, 100, 100, 100], true],
    ['just beyond', 151, [100, 100, 100, 100], false],
    ['zero where it never was', 0, [3, 4, 2, 3], false],
    ['zero where it was before', 0, [0, 4, 2, 3], true],
  ])('DQ-13: %s', (_name, count, earlier, expected) => expect(isUsualVolume(count, earlier)).toBe(expected))

  test('DQ-14: districts and unassigned are the city', () => {
    expect(rollUpGap([3, 4], 2, 9)).toBe(0)
    expect(rollUpGap([3, 4], 2, 10)).toBe(-1)
  })

  test('DQ-15: tolerance 0, yellow after two days', () => {
    expect(reconciliationState(5, 5, T, T + 9 * DAY)).toBe('agrees')
    expect(reconciliationState(5, 6, T, T + 2 * DAY - 1)).toBe('differs')
    expect(reconciliationState(5, 6, T, T + 2 * DAY)).toBe('yellow')
  })

  test('DQ-16: keys of several columns with a NULL among them leak', () => {
    const key = (isNullable: boolean, isNullsNotDistinct: boolean) => ({
      name: 'k',
      columns: [
        { name: 'a', isNullable: false },
        { name: 'b', isNullable },
      ],
      isNullsNotDistinct,
    })
    expect(leakyKeys([key(true, false)])).toEqual(['k'])
    expect(leakyKeys([key(false, false), key(true, true)])).toEqual([])
  })

  test('DQ-17: below 1 %', () => {
    expect(isShareSound(1000, 9)).toBe(true)
    expect(isShareSound(1000, 10)).toBe(false)
    expect(isShareSound(0, 0)).toBe(true)
  })
})

describe('the score', () => {
  test('has 18 checks whose weights are 100 together', () => {
    expect(QUALITY_CHECKS.map(({ id }) => id)).toEqual(Array.from({ length: 18 }, (_, index) => `DQ-${String(index + 1).padStart(2, '0')}`))
    expect(QUALITY_CHECKS.reduce((sum, { weight }) => sum + weight, 0)).toBe(100)
  })

  test('is 100 − Σ weight × failure rate; no data has none, and more failures than facts take no more than the weight', () => {
    expect(qualityScore([])).toBeNull()
    expect(qualityScore([{ checkId: 'DQ-01', checked: 10, failed: 0 }])).toBe(100)
    expect(
      qualityScore([
        { checkId: 'DQ-01', checked: 10, failed: 2 },
        { checkId: 'DQ-02', checked: 4, failed: 1 },
      ]),
    ).toBe(100 - 15 * 0.2 - 10 * 0.25)
    expect(
      qualityScore([
        { checkId: 'DQ-01', checked: 3, failed: 0 },
        { checkId: 'DQ-01', checked: 1, failed: 1 },
      ]),
    ).toBe(100 - 15 * 0.25)
    expect(qualityScore([{ checkId: 'DQ-05', checked: 2, failed: 9 }])).toBe(95)
  })

  test.each([
    [95, 'good'],
    [94.99, 'watch'],
    [85, 'watch'],
    [84.99, 'poor'],
    [null, 'no_data'],
  ])('%s is %s', (score, state) => expect(scoreState(score)).toBe(state))

  test.each([
    ['missing_payload_field', 'payload.channel', 'DQ-01'],
    ['unknown_region', 'payload.region_code', 'DQ-02'],
    ['in_future', 'occurred_at', 'DQ-04'],
    ['event_id_taken', 'event_id', 'DQ-05'],
    ['bad_payload_field', 'payload.amount_cents', 'DQ-11'],
    ['constructor', 'constructor', 'DQ-01'],
    ['out_of_scope', 'province_code', null],
  ])('a refusal %s of %s failed %s', (code, field, expected) => expect(checkOfRefusal({ code, field })).toBe(expected))
})
