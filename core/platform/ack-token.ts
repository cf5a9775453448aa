import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

const keyOf = (secret: string) => Buffer.from(hkdfSync('sha256', secret, 'tocsin', 'ack-link/v1', 32))
const macOf = (secret: string, deliveryId: string) => createHmac('sha256', keyOf(secret)).update(deliveryId).digest().subarray(0, 16)
const SHAPE = /^[\w-]{22}\.[\w-]{22}$/
const UUID = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/

/** The secret part of a link by which one page is acknowledged: names the page and proves that we wrote it; nothing of it is stored. */
export function ackToken(secret: string, deliveryId: string): string {
  return `${Buffer.from(deliveryId.replaceAll('-', ''), 'hex').toString('base64url')}.${macOf(secret, deliveryId).toString('base64url')}`
}

/** The page that a token stands for, or null where we did not write it. */
export function deliveryOfToken(secret: string, token: string): string | null {
  const [id = '', mac = ''] = SHAPE.test(token) ? token.split('.') : []
  const deliveryId = Buffer.from(id, 'base64url').toString('hex').replace(UUID, '$1-$2-$3-$4-$5')
  const given = Buffer.from(mac, 'base64url')
  const wanted = macOf(secret, deliveryId)
  return id !== '' && given.length === wanted.length && timingSafeEqual(given, wanted) ? deliveryId : null
}
