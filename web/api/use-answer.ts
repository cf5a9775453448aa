import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { request } from './request.ts'

/** Data of a day moves slowly; it is asked for again this often, and after every act of the reader. */
const AGAIN_MS = 60_000

/**
 * One answer of the API for a path that may change; null asks for nothing. What was there stays while it is asked for again, and when that fails,
 * with the failure beside it.
 */
export function useAnswer<T>(path: () => string | null) {
  const answer = shallowRef<T | null>(null)
  const failure = ref<unknown>(null)
  const isLoading = ref(false)
  let running: AbortController | null = null

  async function load(): Promise<void> {
    running?.abort()
    const asked = path()
    if (asked === null) return
    const abort = new AbortController()
    running = abort
    isLoading.value = true
    try {
      const loaded = await request<T>(asked, { signal: abort.signal })
      if (abort.signal.aborted) return
      answer.value = loaded
      failure.value = null
    } catch (error) {
      if (!abort.signal.aborted) failure.value = error
    } finally {
      if (running === abort) isLoading.value = false
    }
  }

  watch(
    path,
    () => {
      answer.value = null
      void load()
    },
    { immediate: true },
  )
  const timer = setInterval(() => void load(), AGAIN_MS)
  onScopeDispose(() => {
    clearInterval(timer)
    running?.abort()
  })
  return { answer, failure, isLoading, load }
}
