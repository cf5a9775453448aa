import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { chooseChannels, type Choice, fallbackFor, type Reachable, silenceLimit } from '../../core/domain/notification/choose-channels.ts'
import { CONTACT_KINDS, CONTACT_OF, maskContact, type OutsideChannel, unfitContacts } from '../../core/domain/notification/contact.ts'
import { judgeReceipt, RECEIPT_KINDS } from '../../core/domain/notification/receipt.ts'
import { isUrgent, perMinuteLimit, reserveOf, takeToken } from '../../core/domain/notification/send-limit.ts'
import { LADDER_CHANNELS, type LadderChannel, type Severity } from '../../core/domain/vocabulary.ts'
import { T } from '../support/alert-builders.ts'

const ALL = Object.keys(CONTACT_OF) as OutsideChannel[]
const MEANS = new Set(ALL)
const EVERYTHING: Reachable = { has: new Set(CONTACT_KINDS), preferredIm: null }
const NOTHING: Reachable = { has: new Set(), preferredIm: null }
const named = (choices: readonly Choice[]) => choices.map((choice) => (choice.kind === 'send' ? choice.channel : `no ${choice.channel}: ${choice.why.en}`))

describe('what a step says to a person', () => {
  test('is one page for each channel of the step, the wall and endpoints aside', () => {
    expect(named(chooseChannels(['wall', 'in_app', 'im', 'sms', 'voice', 'email', 'webhook', 'sms'], EVERYTHING, MEANS))).toEqual(['in_app', 'wecom', 'sms', 'voice', 'email'])
  })

  test('goes by the chat that he prefers, where it is in use and he has an account there, else by another', () => {
    const by = (preferredIm: Reachable['preferredIm'], means: OutsideChannel[], has = EVERYTHING.has) => named(chooseChannels(['im'], { has, preferredIm }, new Set(means)))
    expect(by('feishu', ['wecom', 'feishu'])).toEqual(['feishu'])
    expect(by('feishu', ['wecom', 'dingtalk'])).toEqual(['wecom'])
    expect(by(null, ['wecom', 'dingtalk'], new Set(['dingtalk']))).toEqual(['dingtalk'])
    expect(by('feishu', ['wecom', 'feishu'], new Set(['wecom']))).toEqual(['wecom'])
  })

  test('is refused with the reason where nobody serves the channel, or he has no contact for it', () => {
    const planned: LadderChannel[] = ['in_app', 'im', 'sms', 'voice', 'email']
    expect(named(chooseChannels(planned, EVERYTHING, new Set()))).toEqual([
      'in_app',
      'no im: not sent: no enterprise chat is in use',
      'no sms: not sent: no SMS gateway is in use',
      'no voice: not sent: no voice gateway is in use',
      'no email: not sent: no mail server is in use',
    ])
    expect(named(chooseChannels(planned, NOTHING, MEANS))).toEqual([
      'in_app',
      'no im: not sent: the person has no account of a chat in use',
      'no sms: not sent: the person has no mobile number',
      'no voice: not sent: the person has no mobile number',
      'no email: not sent: the person has no e-mail address',
    ])
  })
})

describe('what follows on silence (domain.md 7.3)', () => {
  const follow = (channel: LadderChannel, severity: Severity, person = EVERYTHING, means: ReadonlySet<OutsideChannel> = MEANS, said = new Map<string, 'told' | 'refused'>()) => {
    const { choices, asksNextPerson } = fallbackFor(channel, severity, person, means, said)
    return [...named(choices), ...(asksNextPerson ? ['next person'] : [])]
  }

  test('is the chat after 60 s, a short message after 120, a call after 180 for orange and red, at last the next person', () => {
    expect((['in_app', 'im', 'sms', 'voice'] as const).map((channel) => silenceLimit(channel, 3))).toEqual([60_000, 120_000, 180_000, 120_000])
    expect((['in_app', 'im', 'sms'] as const).map((channel) => follow(channel, 3))).toEqual([['wecom'], ['sms'], ['voice']])
    expect(follow('voice', 4)).toEqual(['next person'])
    expect([silenceLimit('wecom', 2), silenceLimit('feishu', 2), silenceLimit('dingtalk', 4)]).toEqual([120_000, 120_000, 120_000])
  })

  test('is nothing for what the colour does not go to: no chat for blue, no call for yellow; nor for mail and endpoints', () => {
    expect([silenceLimit('in_app', 1), silenceLimit('sms', 2), silenceLimit('email', 4), silenceLimit('webhook', 4), silenceLimit('wall', 4)]).toEqual([null, null, null, null, null])
    expect([follow('in_app', 1), follow('sms', 2), follow('email', 4)]).toEqual([[], [], []])
  })

  test('passes over what cannot be used, saying why, and stops where the person is told already', () => {
    const noChat = new Set<OutsideChannel>(['sms', 'voice'])
    expect(follow('in_app', 2, EVERYTHING, noChat)).toEqual(['no im: not sent: no enterprise chat is in use', 'sms'])
    expect(follow('in_app', 2, EVERYTHING, noChat, new Map([['sms', 'told']]))).toEqual(['no im: not sent: no enterprise chat is in use'])
    expect(follow('in_app', 3, EVERYTHING, MEANS, new Map([['wecom', 'told']]))).toEqual([])
    expect(follow('im', 3, NOTHING, MEANS, new Map([['im', 'refused'], ['sms', 'refused']]))).toEqual(['no voice: not sent: the person has no mobile number', 'next person'])
    expect(follow('in_app', 2, NOTHING)).toEqual(['no im: not sent: the person has no account of a chat in use', 'no sms: not sent: the person has no mobile number'])
  })

  const some = <T>(all: readonly T[]) => fc.subarray([...all])
  test.prop([some(LADDER_CHANNELS), some(CONTACT_KINDS), some(ALL), fc.integer({ min: 1, max: 4 })])(
    'whatever a person has: every channel of a step is sent or refused, and a chain of fallbacks ends without saying anything twice',
    (planned, has, means, colour) => {
      const severity = colour as Severity
      const person = { has: new Set(has), preferredIm: null }
      const inUse = new Set(means)
      const choices = chooseChannels(planned, person, inUse)
      expect(choices).toHaveLength(planned.filter((channel) => channel !== 'wall' && channel !== 'webhook').length)
      const said = new Map<string, 'told' | 'refused'>(choices.map((choice) => [choice.channel, choice.kind === 'send' ? 'told' : 'refused']))
      const waiting = choices.map(({ channel }) => channel as LadderChannel)
      for (let turn = 0; waiting.length > 0; turn += 1) {
        expect(turn).toBeLessThan(20)
        for (const choice of fallbackFor(waiting.shift()!, severity, person, inUse, said).choices) {
          expect(said.has(choice.channel)).toBe(false)
          said.set(choice.channel, choice.kind === 'send' ? 'told' : 'refused')
          if (choice.kind === 'send') waiting.push(choice.channel as LadderChannel)
        }
      }
    },
  )
})

describe('a receipt', () => {
  test('counts as delivered by the rules of the channel: read for a chat, the receipt for a short message, a key for a call', () => {
    const of = (channel: 'wecom' | 'sms' | 'voice') => RECEIPT_KINDS.map((kind) => judgeReceipt(channel, 'sent', kind))
    expect(of('wecom')).toEqual(['notes', 'delivers', 'delivers', 'fails'])
    expect(of('sms')).toEqual(['delivers', 'delivers', 'delivers', 'fails'])
    expect(of('voice')).toEqual(['notes', 'notes', 'delivers', 'fails'])
  })

  test.prop([fc.array(fc.constantFrom(...RECEIPT_KINDS), { minLength: 1, maxLength: 12 })])('once delivered stands, in whatever order and however often they come', (kinds) => {
    let state = 'sent'
    for (const kind of kinds) {
      const effect = judgeReceipt('sms', state, kind)
      if (effect === 'delivers') state = 'delivered'
      if (effect === 'fails') state = 'failed'
    }
    expect(state).toBe(kinds.some((kind) => kind !== 'failed') ? 'delivered' : 'failed')
  })

  test('means nothing for what was never called or was taken back', () => {
    for (const state of ['queued', 'cancelled', 'refused', 'delivered']) expect(judgeReceipt('sms', state, 'failed'), state).toBe('nothing')
  })
})

describe('a limit', () => {
  const limit = perMinuteLimit(20)
  const draw = (n: number, severity: Severity) => {
    let bucket: Parameters<typeof takeToken>[0] = null
    let went = 0
    for (let i = 0; i < n; i += 1) {
      const take = takeToken(bucket, limit, reserveOf(limit, severity), T)
      if (!take.ok) return { went, until: take.until - T, bucket }
      bucket = take.bucket
      went += 1
    }
    return { went, until: null, bucket }
  }

  test('of 20 a minute lets 15 of yellow go at once and 20 of red: a quarter is kept for what is urgent', () => {
    expect(draw(30, 2)).toMatchObject({ went: 15, until: 3_000 })
    expect(draw(30, 4)).toMatchObject({ went: 20, until: 3_000 })
    expect([1, 2, 3, 4].map(isUrgent)).toEqual([false, false, true, true])
  })

  test('refills one by one up to what it holds, and not at all when the clock goes back', () => {
    const { bucket } = draw(20, 4)
    expect(takeToken(bucket, limit, 0, T + 2_999)).toMatchObject({ ok: false, until: T + 3_000 })
    expect(takeToken(bucket, limit, 0, T + 3_000).ok).toBe(true)
    expect(takeToken(bucket, limit, 0, T + 3_600_000)).toMatchObject({ ok: true, bucket: { tokens: 19 } })
    expect(takeToken(bucket, limit, 0, T - 3_600_000).ok).toBe(false)
  })
})

describe('a contact', () => {
  test('is never shown whole', () => {
    expect(maskContact('mobile', '13900000001')).toBe('139****0001')
    expect(maskContact('email', 'someone@staff.example')).toBe('s***@staff.example')
    expect(maskContact('wecom', 'member1')).toBe('me***')
  })

  test('has the shape of its kind', () => {
    expect(unfitContacts({ mobile: '13900000001', email: 'a@b.example', wecom: 'm1', dingtalk: 'd1', feishu: 'ou_1' })).toEqual([])
    expect(unfitContacts({ mobile: '139-0000', email: 'a@b\r\nBcc: c@d.example', wecom: 'a b', dingtalk: '<x>', feishu: '"></at>' })).toEqual([...CONTACT_KINDS])
  })
})
