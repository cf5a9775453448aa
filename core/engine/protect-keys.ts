import { createHmac, hkdfSync } from 'node:crypto'

/** Keyed hashes of numbers and identities (domain.md 8.4): one key per province, derived from the deployment's secret, never stored. */
export interface ProtectKeys {
  /** Stored beside every hash; another id means another key, whose hashes cannot be compared with these. */
  readonly keyId: string
  /** HMAC-SHA-256 of `text` under the province's key, as 43 characters of base64url. */
  hash(provinceCode: string, text: string): string
}

const KEY_ID = 'k1'
const known = new Map<string, ProtectKeys>()

/** The keys of a deployment; the same secret always gives the same keys. */
export function protectKeys(secret: string): ProtectKeys {
  const held = known.get(secret)
  if (held !== undefined) return held
  const byProvince = new Map<string, Buffer>()
  const keyOf = (provinceCode: string): Buffer => {
    let key = byProvince.get(provinceCode)
    if (key === undefined) {
      key = Buffer.from(hkdfSync('sha256', secret, 'tocsin', `customer-number/${KEY_ID}/${provinceCode}`, 32))
      // Codes come from outside: a stream of invented ones must not fill the memory.
      if (byProvince.size > 1_000) byProvince.clear()
      byProvince.set(provinceCode, key)
    }
    return key
  }
  const keys: ProtectKeys = { keyId: KEY_ID, hash: (provinceCode, text) => createHmac('sha256', keyOf(provinceCode)).update(text).digest('base64url') }
  known.set(secret, keys)
  return keys
}
