import type { ChannelName } from '../vocabulary.ts'

/** What a provider, or a client, says later of a page that was handed over (research: F12). */
export const RECEIPT_KINDS = ['delivered', 'read', 'answered', 'failed'] as const
export type ReceiptKind = (typeof RECEIPT_KINDS)[number]

/** The receipts that make a page of a channel count as delivered (domain.md 7.3): a chat has to be read, a call answered by a key. */
const COUNTS: Readonly<Partial<Record<ChannelName, readonly ReceiptKind[]>>> = {
  web_push: ['delivered', 'read', 'answered'],
  sms: ['delivered', 'read', 'answered'],
  voice: ['answered'],
  wecom: ['read', 'answered'],
  dingtalk: ['read', 'answered'],
  feishu: ['read', 'answered'],
  email: ['delivered', 'read', 'answered'],
}

/** What a receipt makes of a row: `delivered` stands whatever comes after it, so that order and repetition change nothing. */
export type ReceiptEffect = 'delivers' | 'fails' | 'notes' | 'nothing'

/** Judges one receipt for a row as it stands. */
export function judgeReceipt(channel: ChannelName, state: string, kind: ReceiptKind): ReceiptEffect {
  if (state === 'delivered' || state === 'cancelled' || state === 'refused' || state === 'queued') return 'nothing'
  if (kind === 'failed') return state === 'failed' ? 'nothing' : 'fails'
  return COUNTS[channel]?.includes(kind) === true ? 'delivers' : 'notes'
}
