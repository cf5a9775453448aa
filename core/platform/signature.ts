import { createHmac, timingSafeEqual } from 'node:crypto'

/** `sha256=` and the HMAC-SHA-256, in hex, of `timestamp.body` under a shared secret: what the receiver recomputes. */
export const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`

/** Whether `given` is {@link signatureOf} these, compared in constant time. */
export function isSigned(secret: string, timestamp: string, body: string, given: string): boolean {
  const expected = Buffer.from(signatureOf(secret, timestamp, body))
  const actual = Buffer.from(given)
  return actual.length === expected.length && timingSafeEqual(actual, expected)
}
