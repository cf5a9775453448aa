import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { channelsOfPosition, isCalled } from '../../core/domain/escalation/channels-of-position.ts'
import { DEFAULT_LADDERS } from '../../core/domain/escalation/default-ladders.ts'
import { chooseChannels, type Means, type Reachable } from '../../core/domain/notification/choose-channels.ts'
import { CONTACT_KINDS, CONTACT_OF, type OutsideChannel } from '../../core/domain/notification/contact.ts'
import { type ChannelProof, PROVED_WITHIN, type ReadinessFacts, readinessOf } from '../../core/domain/oncall/readiness.ts'
import { DAY } from '../../core/domain/time.ts'
import { type ChannelName, LADDER_CHANNELS, type LadderChannel, type Severity } from '../../core/domain/vocabulary.ts'
import { T } from '../support/alert-builders.ts'
import { aRegionTree } from '../support/builders.ts'

const tree = aRegionTree()
const SEVERITIES: readonly Severity[] = [1, 2, 3, 4]
const ALL: Means = new Set(Object.keys(CONTACT_OF) as OutsideChannel[])
const EVERYTHING: Reachable = { has: new Set(CONTACT_KINDS), preferredIm: null }
const person = (...has: (typeof CONTACT_KINDS)[number][]): Reachable => ({ has: new Set(has), preferredIm: null })
const usesOf = (role: Parameters<typeof channelsOfPosition>[1]['role'], regionCode = '32') => channelsOfPosition(DEFAULT_LADDERS, { role, regionCode }, tree)
const facts = (given: Partial<ReadinessFacts> = {}): ReadinessFacts => ({
  uses: usesOf('duty_manager'), person: EVERYTHING, means: ALL, proofs: new Map(), contactsChangedAt: T - 100 * DAY, isOnLeave: false, ...given,
})
const states = (given: Partial<ReadinessFacts>) => readinessOf(facts(given), T).colours.map(({ state }) => state)

describe('by what the ladders call a position', () => {
  test.each([
    ['duty_agent', '32', [['wall', 'in_app'], ['in_app', 'im', 'webhook'], [], []]],
    ['duty_manager', '32', [['in_app', 'im', 'sms'], ['wall', 'in_app', 'im', 'sms', 'voice', 'webhook'], ['wall', 'in_app', 'im', 'sms', 'voice', 'webhook'], ['wall', 'in_app', 'im', 'sms', 'voice', 'webhook']]],
    ['exec', '32', [[], [], [], ['in_app', 'im', 'voice', 'webhook']]],
    ['city_owner', '320500', [[], [], ['wall', 'in_app', 'im', 'sms', 'voice', 'webhook'], ['wall', 'in_app', 'im', 'sms', 'voice', 'webhook']]],
    ['data_steward', '32', [[], [], [], []]],
  ] as const)('%s of %s (domain.md 4.2, 7.2)', (role, region, expected) => {
    const found = usesOf(role, region)
    expect(SEVERITIES.map((severity) => found[severity])).toEqual(expected)
    expect(isCalled(found)).toBe(expected.some((channels) => channels.length > 0))
  })

  test('is, for the group, what provinces call it by and what its own cases do; of another region’s position nothing', () => {
    expect(usesOf('group_ops', '00')[1]).toEqual(['wall', 'in_app', 'im', 'sms'])
    expect(usesOf('group_ops', '00')[4]).toContain('voice')
    expect(isCalled(usesOf('duty_manager', '320500'))).toBe(false)
  })
})

describe('a person is', () => {
  test('reachable by every channel of the colour, partly by some, unreachable by none', () => {
    expect(states({})).toEqual(['reachable', 'reachable', 'reachable', 'reachable'])
    expect(states({ person: person('mobile') })).toEqual(['partly', 'partly', 'partly', 'partly'])
    expect(states({ person: person('wecom') })).toEqual(['partly', 'partly', 'partly', 'partly'])
    expect(states({ person: person() })).toEqual(['unreachable', 'unreachable', 'unreachable', 'unreachable'])
    expect(states({ person: person('email') })).toEqual(['unreachable', 'unreachable', 'unreachable', 'unreachable'])
  })

  test('not called at all, or reachable by the screen alone where the colour asks for no more', () => {
    expect(states({ uses: usesOf('duty_agent'), person: person() })).toEqual(['reachable', 'unreachable', 'not_called', 'not_called'])
    expect(readinessOf(facts({ uses: usesOf('data_steward') }), T)).toMatchObject({ state: 'not_called', channels: [] })
  })

  test('unreachable when on leave, whatever he can be reached by', () => {
    expect(readinessOf(facts({ isOnLeave: true, uses: usesOf('duty_agent') }), T)).toMatchObject({ state: 'unreachable', why: 'on_leave' })
    expect(states({ isOnLeave: true, uses: usesOf('exec') })).toEqual(['not_called', 'not_called', 'not_called', 'unreachable'])
  })

  test('told what is missing and who has to mend it: no provider before no contact', () => {
    const { channels, colours } = readinessOf(facts({ person: person('mobile', 'dingtalk'), means: new Set(['sms', 'wecom']) }), T)
    expect(channels.map(({ channel, via, why }) => [channel, via, why])).toEqual([['in_app', 'in_app', null], ['im', null, 'no_contact'], ['sms', 'sms', null], ['voice', null, 'no_provider']])
    expect(colours.map(({ missing }) => missing)).toEqual([['im'], ['im', 'voice'], ['im', 'voice'], ['im', 'voice']])
  })

  test('no better for a browser that shows pages: that is the page in the application', () => {
    expect(readinessOf(facts({ person: { ...person(), hasPush: true } }), T)).toMatchObject({ state: 'unreachable', hasPush: true })
  })
})

describe('the last proof', () => {
  const of = (channel: ChannelName, at: number, given: Partial<ReadinessFacts> = {}) => {
    const proofs = new Map<ChannelName, ChannelProof>([[channel, { at, how: 'delivered' }]])
    return readinessOf(facts({ proofs, ...given }), T)
  }
  const sms = (at: number, given: Partial<ReadinessFacts> = {}) => of('sms', at, given).channels.find(({ channel }) => channel === 'sms')

  test('is of the channel that would be used, old from 30 days on, and makes nobody unreachable', () => {
    expect(sms(T - PROVED_WITHIN)).toMatchObject({ proof: { at: T - PROVED_WITHIN }, isOld: false })
    expect(sms(T - PROVED_WITHIN - 1)).toMatchObject({ isOld: true })
    expect(of('sms', T - 90 * DAY).state).toBe('reachable')
    expect(of('feishu', T, { person: EVERYTHING }).channels.find(({ channel }) => channel === 'im')).toMatchObject({ via: 'wecom', proof: null })
  })

  test('counts for nothing once the contacts were changed, save for the screen', () => {
    expect(sms(T - DAY, { contactsChangedAt: T - DAY })?.proof).not.toBeNull()
    expect(sms(T - DAY - 1, { contactsChangedAt: T - DAY })?.proof).toBeNull()
    expect(of('in_app', T - DAY, { contactsChangedAt: null }).channels[0]?.proof).not.toBeNull()
  })
})

property.prop([fc.subarray([...CONTACT_KINDS]), fc.subarray(Object.keys(CONTACT_OF) as OutsideChannel[]), fc.subarray([...LADDER_CHANNELS])])(
  'says of each channel what a step would do, and of the colour no more and no less',
  (has, means, used) => {
    const uses = { 1: [], 2: [], 3: used as LadderChannel[], 4: [] }
    const colour = readinessOf(facts({ uses, person: person(...has), means: new Set(means) }), T).colours[2]
    const choices = chooseChannels(used, person(...has), new Set(means))
    const refused = choices.filter(({ kind }) => kind === 'refuse').length
    const outside = choices.filter(({ channel }) => channel !== 'in_app').length
    expect(colour?.missing).toHaveLength(refused)
    expect(colour?.state).toBe(choices.length === 0 ? 'not_called' : refused === 0 ? 'reachable' : refused === outside ? 'unreachable' : 'partly')
  },
)
