import { createHmac, hkdfSync } from 'node:crypto'
import type { KeyedHash, KeyedHashes } from '../domain/protect/protect.ts'
import type { GivenHashKey } from '../platform/variables.ts'

/** A key that numbers are hashed with: its id is stored beside the hash, its secret never leaves the process (domain.md 8.4). */
export interface HashKey {
  readonly id: string
  readonly secret: string
}

/** The keys in force: customers are known by the first; during a change-over every hash is made with the next one too. */
export interface HashKeys {
  readonly first: HashKey
  readonly next: HashKey | null
}

/** The id of the key derived from the deployment's own secret. */
const OWN_KEY = 'k1'

/** The keys in force by the deployment's secret and what was configured; nothing configured means `k1`, derived from the deployment's secret. */
export function hashKeysOf(secret: string, given: readonly GivenHashKey[] | null): HashKeys {
  const [first, next] = (given ?? []).map((key) => ({ id: key.id, secret: key.secret ?? secret }))
  return { first: first ?? { id: OWN_KEY, secret }, next: next ?? null }
}

/** How many provinces' keys are held at once: codes come from outside, and a stream of invented ones must not fill the memory. */
const MOST_KEYS = 1_000

const keys = new Map<string, Buffer>()

function keyOf({ id, secret }: HashKey, provinceCode: string): Buffer {
  const name = `${id}|${provinceCode}|${secret}`
  let key = keys.get(name)
  if (key === undefined) {
    key = Buffer.from(hkdfSync('sha256', secret, 'tocsin', `customer-number/${id}/${provinceCode}`, 32))
    if (keys.size >= MOST_KEYS) keys.clear()
    keys.set(name, key)
  }
  return key
}

/**
 * The keyed hash of a province: HMAC-SHA-256 under a key derived from the secret, which never enters the database. 43 characters
 * of base64url (in hex, one hash in three hundred would look as if it held a telephone number).
 */
export function keyedHash(hashKey: HashKey, provinceCode: string): KeyedHash {
  const key = keyOf(hashKey, provinceCode)
  return (kind, value) => createHmac('sha256', key).update(`${kind}\u0000${value}`).digest('base64url')
}

/** The keyed hashes of a province under the keys in force. */
export function keyedHashes({ first, next }: HashKeys, provinceCode: string): KeyedHashes {
  return { first: keyedHash(first, provinceCode), next: next === null ? null : keyedHash(next, provinceCode) }
}
