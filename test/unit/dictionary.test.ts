import { describe, expect, test } from 'vitest'
import { PHENOMENA } from '../../bin/demo/phenomena.ts'
import { DEFAULT_DICTIONARY } from '../../core/domain/dictionary/default-dictionary.ts'
import { type Code, codeAt, type Dictionary, dictionaryFaults } from '../../core/domain/dictionary/dictionary.ts'
import { judgeCodes, type Mapping, mapCodes, mappingTable } from '../../core/domain/dictionary/map-codes.ts'
import { foldTicket } from '../../core/domain/ticket/fold.ts'
import { anEvent, at } from '../support/builders.ts'

const T = at('2026-06-01 09:00')
const CONTEXT = { sourceSystem: 'crm', type: 'created', occurredAt: T, placePath: '/00/32/' }
const line = (more: Partial<Mapping> = {}): Mapping => ({
  sourceSystem: 'crm',
  field: 'channel',
  sourceCode: '01',
  code: 'hotline',
  regionPath: '/00/',
  effectiveFrom: 0,
  effectiveTo: null,
  ...more,
})
const map = (payload: Record<string, unknown>, lines: readonly Mapping[], more = {}) =>
  mapCodes(payload, mappingTable(lines), { ...CONTEXT, ...more })

describe('the starters', () => {
  test('contradict themselves nowhere, and know every phenomenon of the demo', () => {
    expect(dictionaryFaults(DEFAULT_DICTIONARY)).toEqual([])
    for (const { l1, l2, product } of PHENOMENA) {
      const { unknown } = judgeCodes({ phenomenon_l1: l1, phenomenon_l2: l2, product_l1: product }, DEFAULT_DICTIONARY, CONTEXT)
      expect([l1, l2, product, unknown]).toEqual([l1, l2, product, []])
      expect(codeAt(DEFAULT_DICTIONARY, 'phenomenon_l2', l2, T)?.parent).toBe(l1)
      const fits = codeAt(DEFAULT_DICTIONARY, 'phenomenon_l1', l1, T)?.products
      expect(fits === undefined || fits.includes(product), `${l1} ${product}`).toBe(true)
    }
  })

  test('hold 23 channels or more, of which the regulator’s are skip-level', () => {
    expect(DEFAULT_DICTIONARY.fields.channel.length).toBeGreaterThanOrEqual(23)
    expect(codeAt(DEFAULT_DICTIONARY, 'channel', 'miit_forward', T)?.isSkipLevel).toBe(true)
    expect(codeAt(DEFAULT_DICTIONARY, 'channel', 'hotline', T)?.isSkipLevel).toBeUndefined()
  })
})

describe('mapping', () => {
  test('puts our code in the place and keeps the one sent beside it; again it changes nothing', () => {
    const once = map({ channel: '01' }, [line()])
    expect(once).toEqual({ channel: 'hotline', channel_source: '01' })
    expect(map(once, [line()])).toBe(once)
    expect(map({ channel: 1 }, [line({ sourceCode: '1' })])).toEqual({ channel: 'hotline', channel_source: '1' })
  })

  test.each([
    ['another source', {}, { sourceSystem: 'eoms' }],
    ['another province', {}, { placePath: '/00/33/' }],
    ['before it came into force', { effectiveFrom: T + 1 }, {}],
    ['from its end on', { effectiveTo: T }, {}],
  ])('leaves alone what is of %s', (_name, over, context) => {
    const payload = { channel: '01' }
    expect(map(payload, [line({ regionPath: '/00/32/', ...over })], context)).toBe(payload)
  })

  test('the version in force when the event occurred decides, and a province’s own before the group’s', () => {
    const lines = [line({ effectiveTo: T }), line({ effectiveFrom: T, code: 'app' })]
    expect(map({ channel: '01' }, lines, { occurredAt: T - 1 })['channel']).toBe('hotline')
    expect(map({ channel: '01' }, lines)['channel']).toBe('app')
    expect(map({ channel: '01' }, [...lines, line({ regionPath: '/00/32/', code: 'hall' })])['channel']).toBe('hall')
  })

  test('reaches codes under other names: reasons by type, regions, corrected values', () => {
    const reason = line({ field: 'suspend_reason', sourceCode: '7', code: 'unreachable' })
    expect(map({ reason_code: '7' }, [reason], { type: 'suspended' })['reason_code']).toBe('unreachable')
    expect(map({ reason_code: '7' }, [reason], { type: 'returned' })['reason_code']).toBe('7')
    expect(map({ city_code: 'SZ' }, [line({ field: 'region', sourceCode: 'SZ', code: '320500' })])).toEqual({
      city_code: '320500',
      city_code_source: 'SZ',
    })
    expect(map({ field: 'channel', new: '01' }, [line()], { type: 'corrected' })).toEqual({ field: 'channel', new: 'hotline', new_source: '01' })
    expect(map({ channel: '01' }, [line()], { type: 'constructor' })).toEqual({ channel: '01' })
  })
})

describe('judging codes', () => {
  test('lists the unknown, takes them as they are, and believes no list that was sent', () => {
    const { payload, judged, unknown } = judgeCodes(
      { channel: 'X9', product_l1: 'mobile', phenomenon_l2: '', unmapped_fields: ['star'] },
      DEFAULT_DICTIONARY,
      CONTEXT,
    )
    expect(payload).toEqual({ channel: 'X9', product_l1: 'mobile', phenomenon_l2: '', unmapped_fields: ['channel'] })
    expect(judged).toEqual(['channel', 'product_l1'])
    expect(unknown).toEqual([{ field: 'channel', key: 'channel', sourceCode: 'X9' }])
  })

  test('in a strict deployment puts UNMAPPED in their place, from which a later mapping still finds them', () => {
    const strict: Dictionary = { ...DEFAULT_DICTIONARY, strict: true }
    const { payload } = judgeCodes({ channel: '01' }, strict, CONTEXT)
    expect(payload).toEqual({ channel: 'UNMAPPED', channel_source: '01', unmapped_fields: ['channel'] })
    expect(judgeCodes(payload, strict, CONTEXT).payload).toEqual(payload)
    expect(judgeCodes(map(payload, [line()]), strict, CONTEXT).payload).toEqual({ channel: 'hotline', channel_source: '01' })
  })

  test('goes by the code’s own period', () => {
    const dated: Dictionary = {
      ...DEFAULT_DICTIONARY,
      fields: { ...DEFAULT_DICTIONARY.fields, emotion: [{ code: 'glad', zh: '喜', en: 'Glad', validFrom: T, validTo: T + 10 }] },
    }
    const isKnown = (occurredAt: number) => judgeCodes({ emotion: 'glad' }, dated, { ...CONTEXT, occurredAt }).unknown.length === 0
    expect([isKnown(T - 1), isKnown(T), isKnown(T + 9), isKnown(T + 10)]).toEqual([false, true, true, false])
  })

  test('flags the ticket by field, and a correction of the event takes the flag away', () => {
    const created = anEvent('created', { payload: { kind: 'complaint', channel: 'X9', phenomenon_l1: '其他', unmapped_fields: ['channel'] } })
    expect(foldTicket([created]).qualityFlags.map(({ flag }) => flag)).toContain('unmapped:channel')
    const mended = {
      ...created,
      eventId: 'mapping:1',
      correctsEventId: created.eventId,
      payload: { ...created.payload, channel: 'hotline', unmapped_fields: undefined },
    }
    const ticket = foldTicket([created, mended])
    expect(ticket.channel).toBe('hotline')
    expect(ticket.qualityFlags.map(({ flag }) => flag)).not.toContain('unmapped:channel')
  })

  test.each([
    [{ code: '', zh: '好', en: 'good' }, 'emotion[0].code: '],
    [{ code: 'UNMAPPED', zh: '好', en: 'good' }, 'emotion[0].code: '],
    [{ code: 'a b', zh: '好', en: 'good' }, 'emotion[0].code: '],
    [{ code: 'x', zh: ' ', en: 'good' }, 'emotion[0].zh: '],
    [{ code: 'x', zh: '好', en: 'good', colour: 'red' }, 'emotion[0].colour: '],
    [{ code: 'x', zh: '好', en: 'good', validFrom: '2026' }, 'emotion[0].validFrom: '],
    [{ code: 'x', zh: '好', en: 'good', isSkipLevel: 'yes' }, 'emotion[0].isSkipLevel: '],
    [{ code: 'x', zh: '好', en: 'good', validFrom: 2, validTo: 2 }, 'ends before it begins'],
    [{ code: 'x', zh: '好', en: 'good', products: ['nothing'] }, 'emotion[0].products: '],
    ['x', 'emotion[0]: '],
    [null, 'emotion[0]: '],
  ])('a dictionary with %j is refused', (code, why) => {
    const faulty: Dictionary = { ...DEFAULT_DICTIONARY, fields: { ...DEFAULT_DICTIONARY.fields, emotion: [code as Code] } }
    expect(dictionaryFaults(faulty).join()).toContain(why)
  })

  test.each([
    ['a field without codes', { emotion: [] }, 'emotion: '],
    ['a field that is no list', { emotion: {} }, 'emotion: '],
    ['a code twice at one time', { emotion: [{ code: 'x', zh: '好', en: 'good', validTo: 5 }, { code: 'x', zh: '好', en: 'good', validFrom: 4 }] }, 'emotion[1].code: '],
    ['a second level without its first', { phenomenon_l2: [{ code: 'x', zh: '好', en: 'good', parent: 'nothing' }] }, 'phenomenon_l2[0].parent: '],
  ])('%s is refused', (_, fields, why) => {
    const faulty = { ...DEFAULT_DICTIONARY, fields: { ...DEFAULT_DICTIONARY.fields, ...fields } } as Dictionary
    expect(dictionaryFaults(faulty)).toEqual([expect.stringContaining(why)])
  })

  test('a code that another follows in time is sound', () => {
    const emotion = [{ code: 'x', zh: '好', en: 'good', validTo: 5 }, { code: 'x', zh: '好', en: 'fine', validFrom: 5 }]
    expect(dictionaryFaults({ ...DEFAULT_DICTIONARY, fields: { ...DEFAULT_DICTIONARY.fields, emotion } })).toEqual([])
  })
})
