import { onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue'
import type { AlertDetail } from '../../core/contract/alerts.ts'
import type { FeedRow } from '../../core/contract/wall.ts'
import { getAlert } from '../api/api.ts'
import { useLive } from '../live/use-live.ts'

/** Several rows of one flush ask for one new detail; a case that grows all the time asks for at most one in two seconds (each opening is audited). */
const SETTLE_MS = 60
const GAP_MS = 2_000

/** The detail of the alert in the address; fetched anew, in place, whenever a feed row names it. What is shown stays until the next is there. */
export function useDetail(id: Ref<string | null>) {
  const detail = shallowRef<AlertDetail | null>(null)
  const failure = ref<unknown>(null)
  const live = useLive()
  let running: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let loadedAt = Number.NEGATIVE_INFINITY

  async function load(): Promise<void> {
    running?.abort()
    const asked = id.value
    if (asked === null) return
    const abort = new AbortController()
    running = abort
    try {
      const loaded = await getAlert(asked, abort.signal)
      if (!abort.signal.aborted) put(loaded)
    } catch (error) {
      if (!abort.signal.aborted) failure.value = error
    }
  }

  /** The answer to a move is the newest detail. */
  function put(loaded: AlertDetail): void {
    if (loaded.card.id !== id.value) return
    detail.value = loaded
    failure.value = null
    loadedAt = performance.now()
  }

  function reload(): void {
    timer ??= setTimeout(
      () => {
        timer = null
        void load()
      },
      Math.max(SETTLE_MS, loadedAt + GAP_MS - performance.now()),
    )
  }

  function names(row: FeedRow): boolean {
    if (row.topic === 'timeline') return row.payload.alertId === id.value
    return row.topic === 'alert' && row.payload.id === id.value && row.payload.version > (detail.value?.card.version ?? 0)
  }

  watch(
    id,
    () => {
      detail.value = null
      failure.value = null
      loadedAt = Number.NEGATIVE_INFINITY
      void load()
    },
    { immediate: true },
  )
  live.onRows((rows) => {
    if (rows.some(names)) reload()
  })
  onScopeDispose(() => {
    running?.abort()
    if (timer !== null) clearTimeout(timer)
  })
  return { detail, failure, reload, put }
}
