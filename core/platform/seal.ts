import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const VERSION = 'v1'

const keyOf = (secret: string) => Buffer.from(hkdfSync('sha256', secret, 'tocsin', `seal/${VERSION}`, 32))

/**
 * `text` as it may lie in the database: AES-256-GCM under a key derived from the deployment's secret, bound to `context` (say, the id of its
 * row), so that it opens in no other place.
 */
export function seal(secret: string, context: string, text: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret), nonce).setAAD(Buffer.from(context))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return [VERSION, nonce.toString('base64url'), sealed.toString('base64url'), cipher.getAuthTag().toString('base64url')].join('.')
}

/** What was sealed. @throws Error when the secret or the context is another one, or a byte was changed. */
export function unseal(secret: string, context: string, sealed: string): string {
  const [version, nonce, text, tag] = sealed.split('.')
  if (version !== VERSION || nonce === undefined || text === undefined || tag === undefined) throw new Error('not a sealed text')
  const opener = createDecipheriv('aes-256-gcm', keyOf(secret), Buffer.from(nonce, 'base64url'), { authTagLength: 16 })
  opener.setAAD(Buffer.from(context)).setAuthTag(Buffer.from(tag, 'base64url'))
  return Buffer.concat([opener.update(Buffer.from(text, 'base64url')), opener.final()]).toString('utf8')
}
