import { createECDH } from 'node:crypto'

/** The push services of the browsers: nothing else is called for a browser unless the deployment names it (TOCSIN_PUSH_HOSTS). */
export const PUSH_HOSTS = ['fcm.googleapis.com', '*.push.services.mozilla.com', '*.notify.windows.com', '*.push.apple.com']

/**
 * Whether a browser's address of pushes may be called: an https address of one of these hosts (`*.` for any below it), or an address of an origin
 * that is named whole (`http://push.intranet:8080`).
 */
export function isPushEndpoint(endpoint: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(endpoint)) return false
  const { protocol, hostname, port, origin, username, password } = new URL(endpoint)
  if (username !== '' || password !== '') return false
  return hosts.some((host) => {
    if (host.includes('://')) return origin === host
    if (protocol !== 'https:' || port !== '') return false
    return host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host
  })
}

/** A pair of keys by which push services know this deployment (RFC 8292): P-256, base64url. */
export function vapidPair(): { readonly publicKey: string; readonly privateKey: string } {
  const curve = createECDH('prime256v1')
  curve.generateKeys()
  return { publicKey: curve.getPublicKey('base64url', 'uncompressed'), privateKey: Buffer.from(curve.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url') }
}

/** Whether a browser's keys can be encrypted for: a point of the curve and 16 bytes. */
export function areBrowserKeys({ p256dh, auth }: { readonly p256dh: string; readonly auth: string }): boolean {
  try {
    const curve = createECDH('prime256v1')
    curve.generateKeys()
    curve.computeSecret(Buffer.from(p256dh, 'base64url'))
    return Buffer.from(p256dh, 'base64url').length === 65 && Buffer.from(auth, 'base64url').length === 16
  } catch {
    return false
  }
}
