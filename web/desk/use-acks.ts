import { ref } from 'vue'
import type { AlertCard, AlertDetail } from '../../core/contract/alerts.ts'
import { moveAlert } from '../api/api.ts'

/** What an acknowledgement has come to: on its way, confirmed as a version of the alert, or refused with the failure the server gave. */
export type AckTry = { readonly kind: 'pending' } | { readonly kind: 'done'; readonly version: number } | { readonly kind: 'failed'; readonly failure: unknown }

const KEPT = 200

/**
 * Acknowledgements on their way. The card changes at once and says so; the server's answer confirms it or takes it back.
 * `settled` is called with the alert as the server has it then, or with null when it refused.
 */
export function useAcks(myName: () => string, settled: (id: string, detail: AlertDetail | null) => void) {
  const tries = ref<ReadonlyMap<string, AckTry>>(new Map())

  function put(id: string, outcome: AckTry): void {
    // A desk stays open for months: the oldest outcomes go.
    tries.value = new Map([...[...tries.value].filter(([other]) => other !== id).slice(-KEPT), [id, outcome]])
  }

  async function acknowledge(card: AlertCard): Promise<void> {
    if (!card.needsAck || tries.value.get(card.id)?.kind === 'pending') return
    put(card.id, { kind: 'pending' })
    try {
      const detail = await moveAlert(card.id, { move: 'ack', reason: '', client: 'desk' })
      put(card.id, { kind: 'done', version: detail.card.version })
      settled(card.id, detail)
    } catch (failure) {
      put(card.id, { kind: 'failed', failure })
      settled(card.id, null)
    }
  }

  /** The card as the person expects it while his answer is on its way. */
  function asAnswered<C extends AlertCard>(card: C): C {
    const outcome = tries.value.get(card.id)
    const isAhead = outcome?.kind === 'pending' || (outcome?.kind === 'done' && card.version < outcome.version)
    if (!isAhead || !card.needsAck) return card
    return { ...card, needsAck: false, state: card.state === 'open' ? 'acknowledged' : card.state, ackedByName: myName() }
  }

  return { tries, acknowledge, asAnswered }
}
