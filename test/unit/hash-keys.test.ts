import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lostKey } from '../../core/domain/protect/change-over.ts'
import { customerKeysOf, keysMatch } from '../../core/domain/protect/customer-key.ts'
import { DAY } from '../../core/domain/time.ts'
import { protectedPayload } from '../../core/engine/intake-protect.ts'
import { hashKeysOf, keyedHash } from '../../core/engine/protect-keys.ts'

const OWN = 'the deployment’s own secret, of 32 characters and more'
const SECRET = 'the secret of the second key, of 32 characters and more'
const BEFORE = hashKeysOf(OWN, null)
const DURING = hashKeysOf(OWN, [
  { id: 'k1', secret: null },
  { id: 'k2', secret: SECRET },
])
const AFTER = hashKeysOf(OWN, [{ id: 'k2', secret: SECRET }])
const CLEAR = { customer_id: 'C7', product_no: '13800001111', contact_no: '+86 138-0000-2222', client_ip: '203.0.113.77', note: 'x' }

describe('the keys in force', () => {
  test('without a list are the one derived from the deployment’s secret, and stay what they were before there was a list', () => {
    expect(BEFORE).toEqual({ first: { id: 'k1', secret: OWN }, next: null })
    // Of a hash made before keys could be rotated: if this changes, every stored ticket loses its customer.
    expect(keyedHash(hashKeysOf('a secret for tests, thirty-two characters', null).first, '32')('number', '13800001111')).toBe(
      'aW7qXchLbCb15RrGxxUv_58D6fU3DYcLkDHwi7Dp4FI',
    )
  })

  test('hash one number differently per key and per province', () => {
    const made = [BEFORE.first, AFTER.first].flatMap((key) => ['32', '33'].map((province) => keyedHash(key, province)('number', '13800001111')))
    expect(new Set(made).size).toBe(4)
  })
})

describe('a payload', () => {
  test('bears every key twice during a change-over: the identity, and the coming one beside it', () => {
    const [before, during, after] = [BEFORE, DURING, AFTER].map((keys) => protectedPayload(keys, '32', CLEAR))
    expect(before).toMatchObject({ key_id: 'k1', product_no_mask: '138****1111' })
    expect(Object.keys(before ?? {}).filter((name) => name.endsWith('_next'))).toEqual([])
    expect(during).toMatchObject({ ...before, key_id_next: 'k2' })
    for (const name of ['customer_key', 'product_no_key', 'contact_no_key', 'client_ip_key']) expect(during?.[`${name}_next`], name).toBe(after?.[name])
    expect(after).toMatchObject({ key_id: 'k2' })
  })

  test('before, during and after the change-over is known to be of one customer: first with second, second with third', () => {
    const [before, during, after] = [BEFORE, DURING, AFTER].map((keys) => customerKeysOf(protectedPayload(keys, '32', CLEAR)))
    for (const kind of ['customer', 'product', 'contact'] as const) {
      const [one = [], two = [], three = []] = [before?.[kind], during?.[kind], after?.[kind]]
      expect([one.length, two.length, three.length], kind).toEqual([1, 2, 1])
      expect([keysMatch(one, two), keysMatch(two, three), keysMatch(one, three)], kind).toEqual([true, true, false])
      expect(two[0], 'the identity first').toBe(one[0])
    }
    const other = customerKeysOf(protectedPayload(DURING, '32', { ...CLEAR, customer_id: 'C8', product_no: '13900003333' }))
    expect([keysMatch(other.customer, during?.customer ?? []), keysMatch(other.product, during?.product ?? [])]).toEqual([false, false])
    expect(keysMatch([], [])).toBe(false)
  })

  test('protected again under whatever keys is left alone', () => {
    for (const made of [BEFORE, DURING, AFTER].map((keys) => protectedPayload(keys, '32', CLEAR))) {
      for (const keys of [BEFORE, DURING, AFTER]) {
        const reversed = Object.fromEntries(Object.entries(made).reverse())
        expect(protectedPayload(keys, '32', made)).toEqual(made)
        expect(protectedPayload(keys, '32', reversed)).toEqual(made)
      }
    }
  })

  test('whose customer key the source made itself keeps that one, and no coming key of another', () => {
    const sent = 'f'.repeat(64)
    expect(protectedPayload(DURING, '32', { customer_key: sent, customer_id: 'C7' })).toEqual({ customer_key: sent, key_id: 'k1' })
    const made = protectedPayload(DURING, '32', { customer_id: 'C2', customer_key: 'C1' })
    expect(made).toEqual(protectedPayload(DURING, '32', { customer_id: 'C1' }))
  })

  test('a clear number under the name of a coming key is not let through', () => {
    for (const keys of [BEFORE, DURING]) {
      const made = protectedPayload(keys, '32', { product_no_key_next: '13800001111', customer_key_next: 'C7', phoneKeyNext: ['13800001111'] })
      expect(made).toEqual({})
    }
  })

  test('several numbers in one field have a coming key each', () => {
    const made = protectedPayload(DURING, '32', { contact_no: ['13800001111', '13800002222'] })
    expect(customerKeysOf(made).contact).toHaveLength(4)
  })

  test('law: no key of any province holds what was hashed, and hashing is the same every time', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^1[3-9]\d{9}$/), fc.constantFrom('32', '33', ''), (number, province) => {
        const made = JSON.stringify(protectedPayload(DURING, province, { product_no: number, customer_id: number }))
        expect(made).not.toContain(number)
        expect(JSON.stringify(protectedPayload(DURING, province, { product_no: number, customer_id: number }))).toBe(made)
      }),
    )
  })
})

describe('a key taken out of force', () => {
  const NOW = 1_000 * DAY
  const use = (keyId: string, firstDay: number, lastDay: number) => ({ keyId, firstUsedAt: NOW - firstDay * DAY, lastUsedAt: NOW - lastDay * DAY })
  test.each([
    ['nothing is known yet', [], ['k1'], null],
    ['nothing has changed', [use('k1', 400, 1)], ['k1'], null],
    ['the coming key has just been added', [use('k1', 400, 1)], ['k1', 'k2'], null],
    ['the identity is another at once', [use('k1', 400, 1)], ['k2'], 'k1'],
    ['after 89 days beside the new one', [use('k1', 400, 1), use('k2', 89, 1)], ['k2'], 'k1'],
    ['after 90 days beside the new one', [use('k1', 400, 1), use('k2', 90, 1)], ['k2'], null],
    ['the order is turned, both are in force', [use('k1', 400, 1), use('k2', 3, 1)], ['k2', 'k1'], null],
    ['the coming key is given up', [use('k1', 400, 1), use('k2', 3, 1)], ['k1'], null],
    ['and the next change-over begins at once', [use('k1', 400, 1), use('k2', 95, 1)], ['k2', 'k3'], null],
    ['nobody has used the old one for 90 days', [use('k1', 400, 90)], ['k2'], null],
  ])('%s', (_, uses, inForce, lost) => {
    expect(lostKey(uses, inForce, NOW)).toBe(lost)
  })
})
