import { type Ref, ref } from 'vue'
import type { SettingsAnswer } from '../../core/contract/settings.ts'
import { ApiFailure, request } from '../api/request.ts'
import { useAct } from '../api/use-act.ts'
import { send } from '../session/session.ts'

/** What a form does with the answers to its change: the new version is in force, or there was a newer one, which it puts what was typed upon. */
export interface ChangeEnds {
  readonly changed: (answer: SettingsAnswer) => void
  readonly stale: (newest: SettingsAnswer) => void
}

/** Saving a change of a group of settings that was made upon the version `base`. */
export function useChange(base: Readonly<Ref<SettingsAnswer>>, { changed, stale }: ChangeEnds) {
  const { busy, fault, act } = useAct()
  /** Whether what was typed now stands upon a version newer than it was typed upon. */
  const isKept = ref(false)

  async function save(values: Readonly<Record<string, unknown>>, reason: string): Promise<void> {
    const { kind, version } = base.value
    isKept.value = false
    await act(async () => changed(await send<SettingsAnswer>(`/settings/${kind}`, { basedOn: version, values, reason }, 'PUT')))
    if (!(fault.value instanceof ApiFailure && fault.value.status === 409)) return
    // What went wrong is told already; where the newest cannot be read either, saving again tells the same.
    const newest = await request<SettingsAnswer>(`/settings/${kind}`).catch(() => null)
    if (newest === null) return
    stale(newest)
    isKept.value = true
  }

  return { busy, fault, isKept, save }
}
