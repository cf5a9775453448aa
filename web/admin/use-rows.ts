import { onScopeDispose, ref, shallowRef } from 'vue'
import { request } from '../api/request.ts'

/** A list of the admin pages, read at once and again after every change. */
export function useRows<T>(path: string) {
  const rows = shallowRef<readonly T[] | null>(null)
  const failure = ref<unknown>(null)
  const abort = new AbortController()

  async function load(): Promise<void> {
    try {
      rows.value = (await request<{ items: T[] }>(path, { signal: abort.signal })).items
      failure.value = null
    } catch (error) {
      if (!abort.signal.aborted) failure.value = error
    }
  }

  onScopeDispose(() => abort.abort())
  void load()
  return { rows, failure, load }
}
