import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type KeyedHash, protectChanges, protectPayload, withChanges } from '../../core/domain/protect/protect.ts'

const hash: KeyedHash = (kind, value) => createHmac('sha256', 'test').update(`${kind}:${value}`).digest('base64url')
const protect = (payload: unknown) => protectPayload(payload, { first: hash, next: null })
const numberKey = hash('number', '13800001111')

describe('a correction of a personal field', () => {
  const next: KeyedHash = (kind, value) => `next:${hash(kind, value)}`
  test.each([
    ['product_no', '13900002222', '13800001111', { old: '139****2222', new: '138****1111', new_key: numberKey }],
    ['contactNo', 13900002222, '+86 138-0000-1111', { old: '139****2222', new: '138****1111', new_key: numberKey }],
    ['product_no', null, 'ad12345678', { old: null, new: '****', new_key: hash('number', 'ad12345678') }],
    ['product_no', '139****2222', '138****1111', { old: '139****2222', new: '138****1111' }],
    ['product_no', undefined, numberKey, { new: '****', new_key: numberKey }],
    ['product_no_key', undefined, numberKey, { new: '****', new_key: numberKey }],
    ['product_no', '13900002222', null, { old: '139****2222', new: null }],
    ['product_no', '13900002222', '', { old: '139****2222', new: '' }],
    ['contact_no', undefined, ['13800001111', '138****1111'], { new: ['138****1111', '138****1111'], new_key: [numberKey] }],
    ['customer_id', 'C7', ' C8 ', { old: '****', new: '****', new_key: hash('customer', 'C8') }],
    ['customer_key', 'C7', 'C8', { old: '****', new: '****', new_key: hash('customer', 'C8') }],
    ['caller_no', undefined, '13800001111', { new: '138****1111', new_key: numberKey }],
    ['customer_name', '李四', '张三', { old: '李**', new: '张**' }],
    ['id_no', '320500199001011234', '320500199001011235', { old: '****', new: '****' }],
    ['address', '平江路1号', '江苏省苏州市姑苏区平江路1号', { old: '****', new: '江苏省苏州市姑苏区' }],
    ['email', undefined, 'zhang@example.com', { new: '[EMAIL]' }],
    ['star', 3, 5, { old: 3, new: 5 }],
    ['content_text', undefined, '打13800001111', { new: '打138****1111' }],
  ])('%s: %j → %j', (field, old, value, expected) => {
    const sent = { field, new: value, ...(old === undefined ? {} : { old }) }
    expect(protect(sent)).toEqual({ field, ...expected })
    expect(protect(protect(sent))).toEqual({ field, ...expected })
  })

  test('is kept under the coming key too, during a change-over', () => {
    const made = protectPayload({ field: 'product_no', new: '13800001111' }, { first: hash, next })
    expect(made).toEqual({ field: 'product_no', new: '138****1111', new_key: numberKey, new_key_next: next('number', '13800001111') })
    expect(protect(made)).toEqual(made)
  })

  test('a clear number under the name of its key is not let through', () => {
    expect(protect({ field: 'product_no', new: '138****1111', new_key: '13800001111', new_key_next: '13800001111' })).toEqual({
      field: 'product_no',
      new: '138****1111',
      new_key: numberKey,
    })
  })

  test('that brings what changes takes a field away with a null, which stays', () => {
    const changes = (payload: unknown) => protectChanges(payload, { first: hash, next: null })
    const sent = { product_no: '', customer_id: null, customer_name: -1, id_no: null, contact_no: '13800001111', star: null }
    const made = { product_no: null, customer_id: null, customer_name: null, contact_no_key: numberKey, contact_no_mask: '138****1111', star: null }
    expect(changes(sent)).toEqual(made)
    expect(changes(made)).toEqual(made)
    expect(changes(null)).toEqual({})
  })

  test('and puts no mask beside the key of another number', () => {
    const payload: Record<string, unknown> = { ...protectPayload({ product_no: '13900002222', customer_id: 'C7', contact_no: '13900002222' }, { first: hash, next }), star: 3 }
    const contact = { contact_no_key: payload['contact_no_key'], contact_no_key_next: payload['contact_no_key_next'], contact_no_mask: '139****2222' }
    const changes = protectChanges({ product_no: '13800001111', customer_no: 'C8', star: 4 }, { first: hash, next: null })
    const customer = { customer_key: hash('customer', 'C8') }
    expect(withChanges(payload, changes)).toEqual({ ...contact, ...customer, product_no_key: numberKey, product_no_mask: '138****1111', star: 4 })
    expect(withChanges(payload, { product_no: null, customer_id: null })).toEqual({ ...contact, product_no: null, customer_id: null, star: 3 })
  })
})
