import { type ComputedRef, computed, type InjectionKey, inject, onScopeDispose, provide, type Ref, ref, type ShallowRef, shallowRef } from 'vue'
import type { FeedRow } from '../../core/contract/wall.ts'
import { oneCardPerTicket, type ShownCard } from '../alert/tickets.ts'
import { getRegions, getSnapshot } from '../api/api.ts'
import { connectLive, type LiveConnection, retryDelay } from './connection.ts'
import type { Freshness } from './freshness.ts'
import { NO_REGIONS, type RegionParents, regionParents } from './region-tree.ts'
import { reloadOnce } from './reload-once.ts'
import type { WallState } from './wall-state.ts'

/** The live picture as components see it. `now` is server time, turned once a second on the server's full second. */
export interface LiveView {
  readonly state: ShallowRef<WallState | null>
  /** The live cards: one per case, one per ticket. */
  readonly cards: ComputedRef<readonly ShownCard[]>
  readonly freshness: ShallowRef<Freshness>
  readonly now: Ref<number>
  /** Empty until loaded. */
  readonly regions: ShallowRef<RegionParents>
  /** Calls `listener` with new rows until the calling component goes away. */
  onRows(listener: (rows: readonly FeedRow[]) => void): void
  received(notificationId: string): void
  refresh(): void
}

/** Loads the regional tree, trying until it comes or `signal` ends it. */
async function loadRegions(token: string | null, signal: AbortSignal): Promise<RegionParents> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return regionParents(await getRegions(token, signal))
    } catch {
      if (signal.aborted) return NO_REGIONS
      await new Promise((resolve) => setTimeout(resolve, retryDelay(attempt, Math.random())))
    }
  }
}

const LIVE: InjectionKey<LiveView> = Symbol('live')

/** Opens the live picture for the calling component and everything below it; closes it with the component. */
export function provideLive(token: string | null, onRevoked: () => void): LiveView {
  const state = shallowRef<WallState | null>(null)
  const freshness = shallowRef<Freshness>({ kind: 'connecting' })
  const now = ref(Date.now())
  const regions = shallowRef<RegionParents>(NO_REGIONS)
  const ended = new AbortController()
  const listeners = new Set<(rows: readonly FeedRow[]) => void>()
  const connection: LiveConnection = connectLive({
    token,
    fetchSnapshot: (signal) => getSnapshot(token, signal),
    onState: (next) => {
      state.value = next
    },
    onFreshness: (next) => {
      freshness.value = next
    },
    onRows: (rows) => {
      for (const listener of listeners) listener(rows)
    },
    onRevoked,
    onVersion: reloadOnce,
  })
  void loadRegions(token, ended.signal).then((loaded) => {
    regions.value = loaded
  })
  let timer: ReturnType<typeof setTimeout>
  const turn = () => {
    now.value = connection.now()
    timer = setTimeout(turn, 1_000 - (now.value % 1_000) + 5)
  }
  turn()
  onScopeDispose(() => {
    clearTimeout(timer)
    ended.abort()
    listeners.clear()
    connection.stop()
  })
  const view: LiveView = {
    state,
    cards: computed(() => oneCardPerTicket(state.value?.alerts.values() ?? [])),
    freshness,
    now,
    regions,
    onRows: (listener) => {
      listeners.add(listener)
      onScopeDispose(() => listeners.delete(listener))
    },
    received: (notificationId) => connection.received(notificationId),
    refresh: () => connection.refresh(),
  }
  provide(LIVE, view)
  return view
}

/** The live picture of the page. Throws when no ancestor provides one: a fault of the code, not of the network. */
export function useLive(): LiveView {
  const view = inject(LIVE)
  if (!view) throw new Error('no live picture above this component')
  return view
}
