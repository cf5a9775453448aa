import { onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue'
import type { TicketDetail } from '../../core/contract/tickets.ts'
import { getTicket } from '../api/api.ts'
import { useLive } from '../live/use-live.ts'

/** A ticket that changes all the time is asked for at most so often: each opening is audited. */
const GAP_MS = 5_000

/** The ticket in the address; asked for anew, in place, when one of its alerts changes. What is shown stays until the next is there. */
export function useTicket(key: Ref<string>) {
  const detail = shallowRef<TicketDetail | null>(null)
  const failure = ref<unknown>(null)
  const live = useLive()
  let running: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let loadedAt = Number.NEGATIVE_INFINITY

  async function load(): Promise<void> {
    running?.abort()
    const abort = new AbortController()
    running = abort
    try {
      const loaded = await getTicket(key.value, abort.signal)
      if (abort.signal.aborted) return
      detail.value = loaded
      failure.value = null
      loadedAt = performance.now()
    } catch (error) {
      if (!abort.signal.aborted) failure.value = error
    }
  }

  function reload(): void {
    timer ??= setTimeout(
      () => {
        timer = null
        void load()
      },
      Math.max(0, loadedAt + GAP_MS - performance.now()),
    )
  }

  watch(
    key,
    () => {
      detail.value = null
      failure.value = null
      loadedAt = Number.NEGATIVE_INFINITY
      void load()
    },
    { immediate: true },
  )
  live.onRows((rows) => {
    if (rows.some((row) => row.topic === 'alert' && row.payload.ticketKey === key.value)) reload()
  })
  onScopeDispose(() => {
    running?.abort()
    if (timer !== null) clearTimeout(timer)
  })
  return { detail, failure, load }
}
