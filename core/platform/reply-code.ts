import { createHash, createHmac, hkdfSync } from 'node:crypto'

const keyOf = (secret: string, use: string) => Buffer.from(hkdfSync('sha256', secret, 'tocsin', `${use}/v1`, 32))
const macOf = (secret: string, use: string, text: string) => createHmac('sha256', keyOf(secret, use)).update(text).digest()

/** What a short message's code is bound to. */
export interface CodedPage {
  readonly deliveryId: string
  readonly userId: string
  readonly alertId: string
  readonly step: number
}

/** Six digits that only we can make of a page; the same whenever the page is sent again. */
export function replyCode(secret: string, { deliveryId, userId, alertId, step }: CodedPage): string {
  const number = macOf(secret, 'reply-code', [deliveryId, userId, alertId, step].join('|')).readUIntBE(0, 6) % 1_000_000
  return String(number).padStart(6, '0')
}

/** By what a code is found: without the deployment's secret it says nothing. */
export const replyCodeHash = (secret: string, code: string): string => macOf(secret, 'reply-code-hash', code).toString('base64url')

/** By what two numbers or accounts of staff are compared. */
export const senderHash = (secret: string, sender: string): string => macOf(secret, 'sender', sender).toString('base64url')

/** By what a message or event of a provider is known again; its own id is not kept. */
export const eventHash = (id: string): string => createHash('sha256').update(id).digest('base64url')
