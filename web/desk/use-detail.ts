import type { Ref } from 'vue'
import type { AlertDetail } from '../../core/contract/alerts.ts'
import type { FeedRow } from '../../core/contract/wall.ts'
import { getAlert } from '../api/api.ts'
import { useFollowed } from '../live/use-followed.ts'

function isNamed(row: FeedRow, id: string | null, shown: AlertDetail | null): boolean {
  if (row.topic === 'timeline') return row.payload.alertId === id
  return row.topic === 'alert' && row.payload.id === id && row.payload.version > (shown?.card.version ?? 0)
}

/** The detail of the alert in the address. */
export function useDetail(id: Ref<string | null>) {
  const { detail, failure, reload, put } = useFollowed(id, { fetch: getAlert, isNamed, settleMs: 60, gapMs: 2_000 })
  return {
    detail,
    failure,
    reload,
    /** The answer to a move is the newest detail. */
    put: (loaded: AlertDetail) => {
      if (loaded.card.id === id.value) put(loaded)
    },
  }
}
