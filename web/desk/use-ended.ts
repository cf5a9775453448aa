import { onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue'
import type { AlertCard } from '../../core/contract/alerts.ts'
import { getAlerts } from '../api/api.ts'

/** Ended alerts, which are not in the live picture: asked from the server when the filter wants them. */
export function useEnded(isWanted: Ref<boolean>) {
  const cards = shallowRef<readonly AlertCard[] | null>(null)
  const failure = ref<unknown>(null)
  let running: AbortController | null = null

  async function load(): Promise<void> {
    running?.abort()
    const abort = new AbortController()
    running = abort
    failure.value = null
    try {
      const answer = await getAlerts(new URLSearchParams({ state: 'ended' }), abort.signal)
      if (!abort.signal.aborted) cards.value = answer.items
    } catch (error) {
      if (!abort.signal.aborted) failure.value = error
    }
  }

  watch(isWanted, (wanted) => (wanted ? void load() : (cards.value = null)), { immediate: true })
  onScopeDispose(() => running?.abort())
  return { cards, failure, load }
}
