import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto'

// The platform's scheme (open.feishu.cn, "配置 Encrypt Key"): AES-256-CBC under the SHA-256 of the Encrypt Key, its start in front; a request is signed by the SHA-256 of
// timestamp, nonce, Encrypt Key and the body as it was sent.
const keyOf = (encryptKey: string): Buffer => createHash('sha256').update(encryptKey).digest()

/** The signature of a request, in hex. */
export const feishuSignature = (encryptKey: string, timestamp: string, nonce: string, body: string): string =>
  createHash('sha256').update(`${timestamp}${nonce}${encryptKey}${body}`).digest('hex')

/** Whether two texts are the same, compared in constant time. */
export function isSameText(wanted: string, given: string): boolean {
  const [one, other] = [Buffer.from(wanted), Buffer.from(given)]
  return one.length === other.length && timingSafeEqual(one, other)
}

/** The text that was encrypted; null where it was altered or meant for another key. */
export function feishuDecrypt(encryptKey: string, encrypted: string): string | null {
  try {
    const whole = Buffer.from(encrypted, 'base64')
    const opener = createDecipheriv('aes-256-cbc', keyOf(encryptKey), whole.subarray(0, 16))
    return Buffer.concat([opener.update(whole.subarray(16)), opener.final()]).toString('utf8')
  } catch {
    return null
  }
}

/** A text as the platform encrypts it. */
export function feishuEncrypt(encryptKey: string, text: string): string {
  const start = randomBytes(16)
  const cipher = createCipheriv('aes-256-cbc', keyOf(encryptKey), start)
  return Buffer.concat([start, cipher.update(text, 'utf8'), cipher.final()]).toString('base64')
}
