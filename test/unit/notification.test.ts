import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { decideSend } from '../../core/domain/notification/decide-send.ts'
import { type Attempt, type AttemptState, judgeAttempt, MOST_ATTEMPTS, waitAfter } from '../../core/domain/notification/judge-attempt.ts'
import { messageOf } from '../../core/domain/notification/message.ts'
import { plain, written } from '../../core/domain/notification/outcome.ts'
import { HOUR, MINUTE, SECOND } from '../../core/domain/time.ts'
import { ALERT_STATES, type AlertState } from '../../core/domain/vocabulary.ts'
import { seal, unseal } from '../../core/platform/seal.ts'
import { isReachableAddress } from '../../workers/channels/outbound-guard.ts'
import { signatureOf } from '../../workers/channels/webhook.ts'
import { T } from '../support/alert-builders.ts'

const ASKING = { state: 'open', severity: 2, ackedSeverity: null, isLateDetected: false } as const

describe('decideSend', () => {
  test('calls while the alert asks, and never after an answer, an end or a new start of the ladder', () => {
    const of = (alert: Parameters<typeof decideSend>[0]['alert'], runIsOver = false) =>
      decideSend({ alert, runIsOver, purpose: 'answer', unconfirmedCalls: 0, isIdempotent: false })
    expect(of(ASKING)).toEqual({ kind: 'call', isRepeat: false })
    expect(of({ ...ASKING, state: 'acknowledged', ackedSeverity: 2 })).toEqual({
      kind: 'drop',
      state: 'cancelled',
      why: { zh: '已撤回；已确认', en: 'cancelled; acknowledged' },
    })
    expect(of({ ...ASKING, severity: 3, state: 'acknowledged', ackedSeverity: 2 })).toEqual({ kind: 'call', isRepeat: false })
    expect(of(ASKING, true)).toMatchObject({ kind: 'drop', why: { en: 'cancelled; the ladder started again' } })
    for (const state of ALERT_STATES)
      expect(of({ ...ASKING, state }).kind, state).toBe(['open', 'acknowledged', 'handling'].includes(state) ? 'call' : 'drop')
  })

  test('tells once of what late data showed, as long as nobody has ended it', () => {
    const of = (state: AlertState, isLateDetected: boolean) =>
      decideSend({ alert: { ...ASKING, state, isLateDetected }, runIsOver: true, purpose: 'answer', unconfirmedCalls: 0, isIdempotent: false }).kind
    expect([of('mitigated', true), of('mitigated', false), of('closed', true), of('open', true)]).toEqual(['call', 'drop', 'drop', 'drop'])
  })

  test('repeats an unconfirmed call once, as a repeat, and not at all when nobody is asked any more', () => {
    const of = (unconfirmedCalls: number, isIdempotent = false, runIsOver = false) =>
      decideSend({ alert: ASKING, runIsOver, purpose: 'answer', unconfirmedCalls, isIdempotent })
    expect(of(1)).toEqual({ kind: 'call', isRepeat: true })
    expect(of(2)).toMatchObject({ kind: 'drop', state: 'failed' })
    expect(of(1, false, true)).toMatchObject({ kind: 'drop', state: 'failed', why: { en: 'unconfirmed, not repeated; the ladder started again' } })
    expect(of(5, true)).toEqual({ kind: 'call', isRepeat: false })
  })
})

describe('judgeAttempt', () => {
  const fresh = { attempts: 1, unconfirmedCalls: 0, isRepeat: false, isIdempotent: false }
  const repeat = { attempts: 2, unconfirmedCalls: 1, isRepeat: true, isIdempotent: false }
  const said = (kind: 'accepted' | 'rejected' | 'not_now' | 'not_reached' | 'unclear', text: string, more = {}): Attempt => ({
    kind,
    detail: plain(text),
    ...more,
  })
  const cases: [string, Attempt, AttemptState, object][] = [
    ['accepted is sent', said('accepted', 'HTTP 200'), fresh, { state: 'sent', sentAt: T, dueAt: null }],
    [
      'an accepted repeat says so',
      said('accepted', 'HTTP 200'),
      repeat,
      { state: 'sent', outcome: { zh: 'HTTP 200；重发', en: 'HTTP 200; repeated' } },
    ],
    ['rejected is over', said('rejected', 'HTTP 404'), fresh, { state: 'failed', dueAt: null }],
    ['not now waits', said('not_now', 'HTTP 503'), fresh, { state: 'queued', dueAt: T + 2 * SECOND }],
    ['not now waits as long as asked', said('not_now', 'HTTP 429', { retryAfterMs: 30_000 }), fresh, { state: 'queued', dueAt: T + 30 * SECOND }],
    ['not now on the repeat is over', said('not_now', 'HTTP 503'), repeat, { state: 'failed' }],
    ['not reached waits', said('not_reached', 'ECONNREFUSED'), fresh, { state: 'queued', dueAt: T + 2 * SECOND }],
    ['a repeat that was not reached stays a repeat', said('not_reached', 'ECONNREFUSED'), repeat, { state: 'ambiguous', unconfirmedCalls: 1 }],
    ['unclear is repeated once', said('unclear', 'timeout'), fresh, { state: 'ambiguous', unconfirmedCalls: 1, dueAt: T + 5 * SECOND }],
    [
      'unclear twice is left',
      said('unclear', 'timeout'),
      repeat,
      { state: 'failed', unconfirmedCalls: 2, outcome: { en: 'timeout; unconfirmed twice: may have arrived' } },
    ],
    [
      'unclear on an idempotent channel is simply tried again',
      said('unclear', 'x'),
      { ...fresh, isIdempotent: true },
      { state: 'queued', unconfirmedCalls: 0 },
    ],
    ['the last attempt is the last', said('not_now', 'HTTP 503'), { ...fresh, attempts: MOST_ATTEMPTS }, { state: 'failed' }],
  ]
  test.each(cases)('%s', (_, attempt, state, expected) => expect(judgeAttempt(attempt, state, T)).toMatchObject(expected))

  test('waits longer each time and never beyond five minutes', () => {
    const waits = Array.from({ length: 10 }, (_, index) => waitAfter(index + 1))
    expect(waits).toEqual([...waits].sort((a, b) => a - b))
    expect(waitAfter(1, 86_400_000)).toBe(300 * SECOND)
  })

  const anyAttempt = fc
    .constantFrom<Attempt['kind']>('accepted', 'rejected', 'not_now', 'not_reached', 'unclear')
    .map((kind): Attempt => ({ kind, detail: plain(kind) }))
  test.prop([fc.array(fc.tuple(anyAttempt, fc.boolean()), { minLength: 30, maxLength: 30 })])(
    'ends always, with at most one call after one that nobody can vouch for',
    (life) => {
      let state: string = 'queued'
      let unconfirmed = 0
      let attempts = 0
      let callsAfterUnclear = 0
      for (const [attempt, workerDies] of life) {
        if (!['queued', 'ambiguous'].includes(state)) break
        const decision = decideSend({ alert: ASKING, runIsOver: false, purpose: 'answer', unconfirmedCalls: unconfirmed, isIdempotent: false })
        if (decision.kind === 'drop') {
          state = decision.state
          break
        }
        attempts += 1
        if (unconfirmed > 0 && attempt.kind !== 'not_reached') callsAfterUnclear += 1
        if (workerDies) {
          unconfirmed += 1
          continue
        }
        const verdict = judgeAttempt(attempt, { attempts, unconfirmedCalls: unconfirmed, isRepeat: decision.isRepeat, isIdempotent: false }, T)
        state = verdict.state
        unconfirmed = verdict.unconfirmedCalls
        expect(verdict.dueAt === null).toBe(!['queued', 'ambiguous'].includes(state))
      }
      expect(callsAfterUnclear).toBeLessThanOrEqual(1)
      expect(['sent', 'failed']).toContain(state)
    },
  )
})

test('an outcome is written in both languages, once when they are the same', () => {
  expect([written(plain('HTTP 204')), written({ zh: '已确认', en: 'acknowledged' })]).toEqual(['HTTP 204', '已确认 / acknowledged'])
})

describe('the message', () => {
  const facts = {
    alertId: '17',
    kind: 'risk',
    ruleId: 'MR-01',
    severity: 3,
    regionCode: '320500',
    regionNameZh: '苏州市',
    regionNameEn: 'Suzhou',
    phenomenon: 'broadband_down',
    ticketCount: 110,
    customerCount: 108,
    openedAt: T,
    ackDueAt: T + 10 * MINUTE,
    step: 0,
    late: null,
  as: 'step',
  handleDueAt: null,
  } as const

  test('says colour, number, place, count, since when, what is asked, by when, and where to look', () => {
    expect(messageOf(facts, 'Asia/Shanghai', T)).toEqual({
      alertId: '17',
      kind: 'risk',
      ruleId: 'MR-01',
      colour: 'orange',
      severity: 3,
      scope: { code: '320500', nameZh: '苏州市', nameEn: 'Suzhou' },
      phenomenon: 'broadband_down',
      tickets: 110,
      customers: 108,
      since: '2026-06-11T12:00:00Z',
      step: 0,
      asked: 'acknowledge',
      isReminder: false,
      by: '2026-06-11T12:10:00Z',
      link: '/desk/17',
      textZh: '【橙色】MR-01 #17 苏州市 broadband_down 110 单 108 户，自 06-11 20:00，请于 06-11 20:10 前确认',
      textEn: '[orange] MR-01 #17 Suzhou broadband_down 110 tickets 108 customers, since 06-11 20:00: acknowledge by 06-11 20:10',
    })
  })

  test('asks at once when the limit has passed', () => {
    const late = messageOf({ ...facts, kind: 'abnormal', phenomenon: '' }, 'Asia/Shanghai', T + 10 * MINUTE)
    expect(late).toMatchObject({ by: null, textZh: '【橙色】MR-01 #17 苏州市，自 06-11 20:00，请立即确认' })
  })

  test('asks nothing for what late data showed: since when it was true, and of how many it tells', () => {
    const told = messageOf({ ...facts, openedAt: T + HOUR, ackDueAt: null, late: { firstTrueAt: T, together: 2 } }, 'Asia/Shanghai', T + HOUR)
    expect(told).toMatchObject({
      asked: 'take_note',
      by: null,
      since: '2026-06-11T12:00:00Z',
      textZh: '【橙色】MR-01 #17 苏州市 broadband_down 110 单 108 户，自 06-11 20:00，迟到数据补判，现已解除，请知悉（共 2 案）',
      textEn: '[orange] MR-01 #17 Suzhou broadband_down 110 tickets 108 customers, since 06-11 20:00: found in late data, over by now; for your information (2 cases)',
    })
  })
})

describe('the outbound guard', () => {
  const blocked = [
    '127.0.0.1',
    '::1',
    '10.0.0.1',
    '172.16.5.5',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '::',
    '::ffff:10.0.0.1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    '224.0.0.1',
    'ff02::1',
    '255.255.255.255',
    '192.0.2.1',
    '198.18.0.1',
    '2001:db8::1',
    '2002:7f00:1::',
  ]
  test.each(blocked)('%s is not public', (address) => expect(isReachableAddress(address, [])).toBe(false))
  test.each(['1.1.1.1', '8.8.8.8', '2606:4700:4700::1111', '::ffff:1.1.1.1'])('%s is public', (address) =>
    expect(isReachableAddress(address, [])).toBe(true),
  )

  test('lets in what the allow-list names, of the same family only', () => {
    expect(isReachableAddress('10.1.2.3', ['10.1.2.0/24'])).toBe(true)
    expect(isReachableAddress('10.1.3.3', ['10.1.2.0/24'])).toBe(false)
    expect(isReachableAddress('::ffff:10.1.2.3', ['10.1.2.0/24'])).toBe(true)
    expect(isReachableAddress('fd12::1', ['10.0.0.0/8', 'fd12::/16'])).toBe(true)
    expect(isReachableAddress('fd12::1', ['0.0.0.0/0'])).toBe(false)
  })
})

describe('secrets', () => {
  test('open with the same secret and context only', () => {
    const sealed = seal('deployment secret', 'row 1', '口令 pass')
    expect(sealed).not.toContain('pass')
    expect(seal('deployment secret', 'row 1', '口令 pass')).not.toBe(sealed)
    expect(unseal('deployment secret', 'row 1', sealed)).toBe('口令 pass')
    expect(() => unseal('deployment secret', 'row 2', sealed)).toThrow()
    expect(() => unseal('another secret', 'row 1', sealed)).toThrow()
    for (const broken of ['', 'v1', sealed.slice(0, -2), sealed.replace('v1', 'v2')])
      expect(() => unseal('deployment secret', 'row 1', broken)).toThrow()
  })

  test('sign the timestamp and the body together', () => {
    // HMAC-SHA-256 of "1.{}" under "key", computed with openssl.
    expect(signatureOf('key', '1', '{}')).toBe('sha256=1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224')
    expect(signatureOf('key', '2', '{}')).not.toBe(signatureOf('key', '1', '{}'))
  })
})
