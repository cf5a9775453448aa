import type { ReceiptBody } from '../contract/channels.ts'
import { PROVIDER_KINDS, type ProviderKind } from '../domain/notification/contact.ts'
import { written } from '../domain/notification/outcome.ts'
import { judgeReceipt, type ReceiptEffect } from '../domain/notification/receipt.ts'
import type { Instant } from '../domain/time.ts'
import { lockReceived, markDelivered, markUndelivered, noteReceipt, type ReceivedRow } from '../store/receipt-store.ts'
import { markContactTest } from '../store/readiness-store.ts'
import { moveAlert } from './alert-life.ts'
import type { Engine, EngineTx } from './context.ts'
import { inEngineTransaction } from './transaction.ts'

/** What a receipt has done. */
export interface ReceiptResult {
  /** False: no page of this provider has that id; nothing has changed. */
  readonly known: boolean
  readonly effect: ReceiptEffect
  readonly acknowledged: boolean
}

/** The key by which a person takes the alert in a call (domain.md 7.3). */
const TAKES_IT = '1'

const isTaken = ({ status, key }: ReceiptBody, row: ReceivedRow): boolean => row.channel === 'voice' && !row.isTogether && status === 'answered' && key === TAKES_IT

function effectOf(receipt: ReceiptBody, row: ReceivedRow): ReceiptEffect {
  const effect = judgeReceipt(row.channel, row.state, receipt.status)
  // Somebody picked up, and did not say that he takes it.
  return effect === 'delivers' && row.channel === 'voice' && !row.isTogether && !isTaken(receipt, row) ? 'notes' : effect
}

async function apply(etx: EngineTx, receipt: ReceiptBody, row: ReceivedRow): Promise<ReceiptEffect> {
  const effect = effectOf(receipt, row)
  const code = receipt.code ?? receipt.status
  if (effect === 'nothing') return effect
  if (effect === 'delivers') await markDelivered(etx.tx, row.id, receipt.status, etx.now)
  if (effect === 'fails') await markUndelivered(etx.tx, row.id, written({ zh: `网关回执：未送达（${code}）`, en: `receipt: not delivered (${code})` }), etx.now)
  if (effect === 'notes') await noteReceipt(etx.tx, row.id, written({ zh: `网关回执：${code}`, en: `receipt: ${code}` }))
  etx.feed.add({ topic: 'timeline', regionCode: row.regionCode, regionPath: row.regionPath, payload: { alertId: row.alertId } })
  if (effect === 'fails') etx.bells.add('notify')
  return effect
}

/**
 * Takes what a gateway says later of a page. Unknown ids, repetitions and any order are harmless: delivered stands. The key 1 in a call also
 * acknowledges as the person called, by the same transition as every acknowledgement; who may not, or comes second, is refused there.
 */
export async function takeReceipt(engine: Engine, now: Instant, provider: { readonly id: string; readonly kind: ProviderKind }, receipt: ReceiptBody): Promise<ReceiptResult> {
  const channel = PROVIDER_KINDS[provider.kind]
  const taken = await inEngineTransaction(engine, now, async (etx) => {
    const row = await lockReceived(etx.tx, receipt.id, channel, provider.id)
    return row === undefined ? null : { row, effect: await apply(etx, receipt, row) }
  })
  if (taken === null) {
    // A test that somebody sent to himself: its receipt proves the channel (docs/adr/0038).
    const effect = judgeReceipt(channel, 'sent', receipt.status)
    const isTest = effect === 'delivers' && (await markContactTest(engine.pool, receipt.id, channel, now))
    return { known: isTest, effect: isTest ? effect : 'nothing', acknowledged: false }
  }
  const { row, effect } = taken
  const { person, alertId } = row
  if (person === null || !isTaken(receipt, row)) return { known: true, effect, acknowledged: false }
  // After the receipt has committed: an acknowledgement locks the alert first and its pages then.
  const result = await inEngineTransaction(engine, now, (etx) => moveAlert(etx, alertId, { move: 'ack', reason: '' }, { kind: 'user', ...person }, 'voice'))
  return { known: true, effect, acknowledged: result.ok }
}
