import { createHmac, hkdfSync } from 'node:crypto'
import type { KeyedHash } from '../domain/protect/protect.ts'

/** Names the key that a hash was made with; stored beside it. Hashes under different ids cannot be compared (domain.md 8.4). */
export const KEY_ID = 'k1'

/** How many provinces' keys are held at once: codes come from outside, and a stream of invented ones must not fill the memory. */
const MOST_KEYS = 1_000

const keys = new Map<string, Buffer>()

function keyOf(secret: string, provinceCode: string): Buffer {
  const name = `${provinceCode}|${secret}`
  let key = keys.get(name)
  if (key === undefined) {
    key = Buffer.from(hkdfSync('sha256', secret, 'tocsin', `customer-number/${KEY_ID}/${provinceCode}`, 32))
    if (keys.size >= MOST_KEYS) keys.clear()
    keys.set(name, key)
  }
  return key
}

/**
 * The keyed hash of a province: HMAC-SHA-256 under a key derived from the deployment's secret, which never enters the database. 43 characters
 * of base64url (in hex, one hash in three hundred would look as if it held a telephone number).
 */
export function keyedHash(secret: string, provinceCode: string): KeyedHash {
  const key = keyOf(secret, provinceCode)
  return (kind, value) => createHmac('sha256', key).update(`${kind}\u0000${value}`).digest('base64url')
}
