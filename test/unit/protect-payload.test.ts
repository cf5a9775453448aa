import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { customerKeyAmong, customerKeysOf } from '../../core/domain/protect/customer-key.ts'
import { PERSONAL_FIELDS } from '../../core/domain/protect/personal-fields.ts'
import { coarseAddress, coarseIp, type KeyedHash, protectPayload } from '../../core/domain/protect/protect.ts'

const hash: KeyedHash = (kind, value) => createHmac('sha256', 'test').update(`${kind}:${value}`).digest('base64url')
const protect = (payload: unknown) => protectPayload(payload, { first: hash, next: null })
const numberKey = hash('number', '13800001111')

describe('personal fields', () => {
  test.each([
    ['product_no', '13800001111', { product_no_key: numberKey, product_no_mask: '138****1111' }],
    ['product_no', 13800001111, { product_no_key: numberKey, product_no_mask: '138****1111' }],
    ['caller_no', '+86 138-0000-1111', { caller_no_key: numberKey, caller_no_mask: '138****1111' }],
    ['contactNo', '0512-65211111', { contact_no_key: hash('number', '051265211111'), contact_no_mask: '0512****1111' }],
    ['PHONE', '13800001111', { phone_key: numberKey, phone_mask: '138****1111' }],
    ['product_no', 'ad12345678', { product_no_key: hash('number', 'ad12345678'), product_no_mask: '****' }],
    ['product_no', 'LAN-ab', { product_no_key: hash('number', 'LAN-ab'), product_no_mask: '****' }],
    ['customer_id', ' C77 ', { customer_key: hash('customer', 'C77') }],
    ['customer_key', 'C77', { customer_key: hash('customer', 'C77') }],
    ['customer_name', '张三', { customer_name_mask: '张**' }],
    ['id_no', '320500199001011234', {}],
    ['password', 'secret', {}],
    ['birthday', '1990-01-01', {}],
    ['location', { lat: 31.2, lng: 120.6 }, {}],
    ['address', '江苏省苏州市姑苏区平江路1号3幢201室', { address_mask: '江苏省苏州市姑苏区' }],
    ['address', '平江路1号', {}],
    ['address', '苏州市姑苏区平江支局观前网格12幢201室', { address_mask: '苏州市姑苏区平江支局观前网格' }],
    ['address', '苏州市姑苏区平江路8号观前支局', { address_mask: '苏州市姑苏区' }],
    ['address', '苏州市姑苏区平江路观前支局', { address_mask: '苏州市姑苏区' }],
    ['address', '姑苏区观前网格3号', { address_mask: '姑苏区观前网格' }],
    ['bank_card', '6222020200112233445', { bank_card_mask: '[CARD]' }],
    ['email', 'zhang@example.com', { email_mask: '[EMAIL]' }],
    ['client_ip', '203.0.113.77', { client_ip_mask: '203.0.113.0/24', client_ip_key: hash('ip', '203.0.113.77') }],
    ['product_no', '138****1111', { product_no_mask: '138****1111' }],
    ['product_no_key', '138****1111', {}],
    ['customer_id', 'C***7', {}],
    ['contact_no', ['138****1111', '13800001111'], { contact_no_key: [numberKey], contact_no_mask: ['138****1111', '138****1111'] }],
    ['product_no', null, {}],
    ['product_no', '', {}],
    ['product_no', -1, {}],
    [
      'contact_no',
      ['13800001111', '0512-65211111'],
      { contact_no_key: [numberKey, hash('number', '051265211111')], contact_no_mask: ['138****1111', '0512****1111'] },
    ],
  ])('%s: %j', (field, value, expected) => {
    expect(protect({ [field]: value })).toEqual(expected)
  })

  test('what the source sends beside the clear value stands', () => {
    expect(protect({ customer_key: 'C1', customer_id: 'C2' })).toEqual({ customer_key: hash('customer', 'C1') })
    const finished = { product_no_key: numberKey, product_no_mask: '138****1111', customer_key: `k1:${hash('customer', 'x')}` }
    expect(protect(finished)).toEqual(finished)
  })

  test('a clear number under the name of a result is not let through', () => {
    expect(protect({ product_no_key: '13800001111', product_no_mask: '13800001111' })).toEqual({
      product_no_key: numberKey,
      product_no_mask: '138****1111',
    })
  })

  test('a bare name is a person’s where its parent is one', () => {
    expect(protect({ customer: { name: '张三', phone: '13800001111' }, product: { name: '宽带' } })).toEqual({
      customer: { name_mask: '张**', phone_key: numberKey, phone_mask: '138****1111' },
      product: { name: '宽带' },
    })
  })

  test('the catalogue holds no field twice under two treatments and only snake case', () => {
    for (const field of PERSONAL_FIELDS.keys()) expect(field).toMatch(/^[a-z]+(_[a-z]+)*$/u)
  })
})

describe('all other fields', () => {
  test.each([
    ['text', { content_text: '我的手机13800001111身份证320500199001011234' }, { content_text: '我的手机138****1111身份证[ID]' }],
    ['a long number', { anything: 13800001111 }, { anything: '138****1111' }],
    ['a number of seven digits', { anything: 6521111 }, { anything: '****11' }],
    [
      'a short number',
      { star: 5, score: 10, limit_minutes: 2880, x: 652111, y: -1, z: 1.5 },
      { star: 5, score: 10, limit_minutes: 2880, x: 652111, y: -1, z: 1.5 },
    ],
    [
      'amounts and instants by their name',
      { amount_cents: 1_234_567, due_at: 1_780_000_000_000, started_at: 1_780_000_000, users: 9_999_999 },
      { amount_cents: 1_234_567, due_at: 1_780_000_000_000, started_at: 1_780_000_000, users: '****99' },
    ],
    ['a mobile number under such a name', { contact_at: 13_800_001_111 }, { contact_at: '138****1111' }],
    [
      'identifiers of matters',
      { parent_ticket_id: '20260613201500123', call_record_no: '622202020011223344' },
      { parent_ticket_id: '20260613201500123', call_record_no: '622202020011223344' },
    ],
    [
      'a number passed off as one',
      { parent_ticket_id: '13800001111', leg_id: '320500199001011234' },
      { parent_ticket_id: '138****1111', leg_id: '[ID]' },
    ],
    ['times', { planned_resume_at: '2026-06-03T10:00:00+08:00' }, { planned_resume_at: '2026-06-03T10:00:00+08:00' }],
    ['lists and depth', { a: [{ b: ['打13800001111', 13800001111, null, true] }] }, { a: [{ b: ['打138****1111', '138****1111', null, true] }] }],
    ['names of fields', { '13800001111': 1 }, { '138****1111': 1 }],
  ])('%s', (_, payload, expected) => {
    expect(protect(payload)).toEqual(expected)
  })

  test.each([[null], [undefined], ['13800001111'], [13800001111], [['13800001111']], [true]])(
    'a payload that is no object (%j) has no fields',
    (payload) => {
      expect(protect(payload)).toEqual({})
    },
  )

  test('what is no JSON is dropped, and what lies too deep too', () => {
    expect(protect({ f: () => 1, s: Symbol('x'), u: undefined, n: Number.NaN, b: 13800001111n })).toEqual({ n: null, b: '138****1111' })
    let deep: unknown = '13800001111'
    for (let i = 0; i < 100; i++) deep = { a: deep }
    expect(JSON.stringify(protect(deep)).length).toBeLessThan(200)
  })

  test('a field called __proto__ neither changes the prototype nor stays', () => {
    const made = protect(JSON.parse('{"__proto__": {"phone": "13800001111"}, "a": 1}'))
    expect(Object.keys(made)).toEqual(['a'])
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype)
  })
})

describe('laws', () => {
  const fields = fc.constantFrom(
    'product_no',
    'contactNo',
    'customer_id',
    'customer_name',
    'id_no',
    'address',
    'email',
    'ip',
    'content_text',
    'x',
    'name',
    'customer',
    'list',
    'leg_id',
    'amount_cents',
    'due_at',
    'customer_key',
    'phone_mask',
  )
  const leaves = fc.oneof(
    fc.constantFrom(
      '13800001111',
      13800001111,
      '138-0000-1111',
      '320500199001011234',
      '张三',
      '打13800001111',
      '192.168.1.1',
      'a@b.cn',
      '6222020200112233445',
      null,
      -1,
      true,
      '',
    ),
    fc.stringMatching(/^[0-9 a-z张.-]{0,20}$/u),
    fc.integer(),
  )
  const values = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, leaves, fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fields, tie('value'), { maxKeys: 4 })),
  })).value
  const corrections = fc.record({ field: fields, old: values, new: values, new_key: values }, { requiredKeys: [] })
  const payloads = fc.oneof({ weight: 3, arbitrary: fc.dictionary(fields, values, { maxKeys: 6 }) }, corrections)

  test('protecting twice changes nothing more', () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        const once = protect(payload)
        expect(protect(once)).toEqual(once)
      }),
      { numRuns: 500 },
    )
  })

  test('the payload is not changed, and no run of 11 digits is left anywhere but in identifiers', () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        const before = JSON.stringify(payload)
        const made = JSON.stringify(protect(payload), (key, value) => (key === 'leg_id' || key.endsWith('_key') || key === 'due_at' ? null : value))
        expect(JSON.stringify(payload)).toBe(before)
        expect(made).not.toMatch(/\d{11}/u)
      }),
      { numRuns: 500 },
    )
  })
})

describe('coarse values', () => {
  test.each([
    ['江苏省苏州市姑苏区平江路1号', '江苏省苏州市姑苏区'],
    ['北京市朝阳区建国路', '北京市朝阳区'],
    ['苏州市阳光小区3幢', '苏州市'],
    ['昆山市玉山镇前进路', '昆山市'],
    ['内蒙古自治区锡林郭勒盟多伦县', '内蒙古自治区锡林郭勒盟多伦县'],
    ['阳光小区3幢201', null],
    ['', null],
    ['No. 5 Main Street', null],
  ])('the address %s is kept as %s', (address, kept) => {
    expect(coarseAddress(address)).toBe(kept)
    if (kept !== null) expect(coarseAddress(kept)).toBe(kept)
  })

  test('an address without an end takes no time', () => {
    const begun = process.cpuUsage().user
    coarseAddress('省市区'.repeat(300_000))
    coarseAddress('张'.repeat(1_000_000))
    expect((process.cpuUsage().user - begun) / 1_000).toBeLessThan(1_000)
  })

  test.each([
    ['203.0.113.77', '203.0.113.0/24'],
    ['203.0.113.0/24', '203.0.113.0/24'],
    ['2001:db8::1', null],
    ['x', null],
  ])('the network of %s is %s', (ip, network) => {
    expect(coarseIp(ip)).toBe(network)
  })
})

describe('who counts as one customer (0.2-7)', () => {
  test.each([
    [{ customer_id: 'C1', product_no: '13800001111', contact_no: '13900002222' }, hash('customer', 'C1')],
    [{ product_no: '13800001111', contact_no: '13900002222' }, numberKey],
    [{ contact_no: '138 0000 1111', caller_no: '13900002222' }, numberKey],
    [{ contact_no: ['13800001111', '13900002222'] }, numberKey],
    [{ caller_no: '13900002222' }, '32:eoms:T1'],
  ])('%j', (payload, key) => {
    expect(customerKeyAmong(customerKeysOf(protect(payload)), '32:eoms:T1')).toBe(key)
  })
})
