import { useI18n } from 'vue-i18n'
import type { NodeInfo } from '../../core/contract/wall.ts'
import { formatTime } from '../format/time.ts'
import { useWords } from '../frame/words.ts'
import { useLive } from '../live/use-live.ts'

/** Instants and region codes of the admin lists as text. */
export function useAdminTime(nodes: () => readonly NodeInfo[]) {
  const { t } = useI18n()
  const { place } = useWords()
  const live = useLive()

  function time(at: number | null): string {
    const zone = live.state.value?.zone ?? 'UTC'
    return at === null ? t('admin.never') : `${formatTime(at, zone, 'day')} ${formatTime(at, zone, 'minute')}`
  }

  function region(code: string | null): string {
    const node = nodes().find((other) => other.code === code)
    return node ? place(node) : (code ?? t('unknown.value'))
  }

  return { time, region }
}
