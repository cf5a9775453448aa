import { ref } from 'vue'

/** One act of the reader at a time: whether it is under way, and what went wrong with the last one. `act` answers whether it was done. */
export function useAct() {
  const busy = ref(false)
  const fault = ref<unknown>(null)

  async function act(work: () => Promise<void>): Promise<boolean> {
    busy.value = true
    fault.value = null
    try {
      await work()
      return true
    } catch (error) {
      fault.value = error
      return false
    } finally {
      busy.value = false
    }
  }

  return { busy, fault, act }
}
