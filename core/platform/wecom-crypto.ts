import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto'

// The platform's scheme (developer.work.weixin.qq.com, "加解密方案说明"): AES-256-CBC under the 43 letters of the EncodingAESKey, the first 16 bytes of the key
// as its start, padded to 32 bytes; inside 16 random bytes, the length in 4 bytes, the text, the id of the receiver.
const BLOCK = 32
const HEAD = 20

const keyOf = (encodingKey: string): Buffer => Buffer.from(`${encodingKey}=`, 'base64')

/** SHA-1 over token, timestamp, nonce and the encrypted text, sorted and joined, in hex. */
export function wecomSignature(token: string, timestamp: string, nonce: string, encrypted: string): string {
  return createHash('sha1').update([token, timestamp, nonce, encrypted].sort().join('')).digest('hex')
}

/** Whether the platform signed this, compared in constant time. */
export function isWecomSigned(token: string, { timestamp, nonce, signature }: { readonly timestamp: string; readonly nonce: string; readonly signature: string }, encrypted: string): boolean {
  const wanted = Buffer.from(wecomSignature(token, timestamp, nonce, encrypted))
  const given = Buffer.from(signature)
  return wanted.length === given.length && timingSafeEqual(wanted, given)
}

/** The text that was encrypted for this receiver; null where it was altered, cut, or meant for another. */
export function wecomDecrypt(encodingKey: string, receiver: string, encrypted: string): string | null {
  try {
    const key = keyOf(encodingKey)
    const opener = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
    const padded = Buffer.concat([opener.update(Buffer.from(encrypted, 'base64')), opener.final()])
    const pad = padded.at(-1) ?? 0
    if (pad < 1 || pad > BLOCK) return null
    const whole = padded.subarray(0, padded.length - pad)
    const end = HEAD + whole.readUInt32BE(16)
    return end <= whole.length && whole.subarray(end).toString('utf8') === receiver ? whole.subarray(HEAD, end).toString('utf8') : null
  } catch {
    return null
  }
}

/** A text encrypted for this receiver, as the platform and we both do it. */
export function wecomEncrypt(encodingKey: string, receiver: string, text: string): string {
  const body = Buffer.from(text)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  const whole = Buffer.concat([randomBytes(16), length, body, Buffer.from(receiver)])
  const pad = BLOCK - (whole.length % BLOCK)
  const key = keyOf(encodingKey)
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([cipher.update(Buffer.concat([whole, Buffer.alloc(pad, pad)])), cipher.final()]).toString('base64')
}

/** One element of the platform's flat XML, plain or as CDATA; empty where it is missing. */
export function xmlText(xml: string, name: string): string {
  const found = new RegExp(`<${name}>(?:<!\\[CDATA\\[([\\s\\S]*?)\\]\\]>|([^<]*))</${name}>`).exec(xml)
  return found?.[1] ?? found?.[2] ?? ''
}
