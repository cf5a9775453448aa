import { onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue'
import type { FeedRow } from '../../core/contract/wall.ts'
import { useLive } from './use-live.ts'

/** How something that the address names is kept up to date. */
export interface Following<T> {
  readonly fetch: (key: string, signal: AbortSignal) => Promise<T>
  /** Whether a feed row speaks of it; `shown` is what is on the page. */
  readonly isNamed: (row: FeedRow, key: string | null, shown: T | null) => boolean
  /** Rows of one flush ask once: so long, ms, until the first of them is acted on. */
  readonly settleMs: number
  /** What changes all the time is asked for at most so often, ms: each opening is audited. */
  readonly gapMs: number
}

/** What the address names; asked for anew, in place, when a feed row names it. What is shown stays until the next is there. */
export function useFollowed<T>(key: Ref<string | null>, { fetch, isNamed, settleMs, gapMs }: Following<T>) {
  const detail = shallowRef<T | null>(null)
  const failure = ref<unknown>(null)
  const live = useLive()
  let running: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let loadedAt = Number.NEGATIVE_INFINITY

  function put(loaded: T): void {
    detail.value = loaded
    failure.value = null
    loadedAt = performance.now()
  }

  async function load(): Promise<void> {
    running?.abort()
    const asked = key.value
    if (asked === null) return
    const abort = new AbortController()
    running = abort
    try {
      const loaded = await fetch(asked, abort.signal)
      if (!abort.signal.aborted) put(loaded)
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
      Math.max(settleMs, loadedAt + gapMs - performance.now()),
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
    if (rows.some((row) => isNamed(row, key.value, detail.value))) reload()
  })
  onScopeDispose(() => {
    running?.abort()
    if (timer !== null) clearTimeout(timer)
  })
  return { detail, failure, load, reload, put }
}
