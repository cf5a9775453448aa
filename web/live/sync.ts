import type { FeedRow, WallSnapshot } from '../../core/contract/wall.ts'
import { applyRows, fromSnapshot, type WallState } from './wall-state.ts'

/** Beyond this many rows held during one resume, a snapshot is cheaper than the rows. */
const HELD_LIMIT = 5_000
/** How long a beat may name a higher seq than ours before the gap counts as real (rows may be on the way). */
const BEHIND_MS = 2_000

/**
 * Where the client stands between snapshots (HTTP), live rows and resumes (socket), which may overtake each other.
 * Rows that arrive while a resume is unanswered are held: the answer holds older rows, which a newer row would otherwise mask.
 */
export interface Sync {
  readonly state: WallState | null
  /** A newer snapshot that waits for its resume, so that the screen never steps back for a moment. */
  readonly draft: WallState | null
  readonly isConnected: boolean
  readonly isFetching: boolean
  /** Number of the resume whose answer is awaited; 0: none. */
  readonly resuming: number
  readonly resumes: number
  readonly held: readonly FeedRow[]
  readonly isHeldOver: boolean
  readonly behindSince: number | null
}

export const START: Sync = {
  state: null,
  draft: null,
  isConnected: false,
  isFetching: false,
  resuming: 0,
  resumes: 0,
  held: [],
  isHeldOver: false,
  behindSince: null,
}

/** `at` of a beat is any clock that only goes forward, in ms. */
export type SyncEvent =
  | { readonly kind: 'connected' }
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'snapshot'; readonly snapshot: WallSnapshot }
  | { readonly kind: 'snapshot_failed' }
  | { readonly kind: 'rows'; readonly rows: readonly FeedRow[] }
  | { readonly kind: 'resumed'; readonly number: number; readonly rows: readonly FeedRow[] }
  | { readonly kind: 'resnapshot'; readonly number: number }
  | { readonly kind: 'beat'; readonly lastSeq: number; readonly at: number }

export interface SyncStep {
  readonly sync: Sync
  /** New rows that reached the state, for listeners. */
  readonly rows: readonly FeedRow[]
  /** What to do: fetch a snapshot, or ask the socket for the rows after `after` and answer with `number`. */
  readonly fetch: boolean
  readonly resume: { readonly number: number; readonly after: number } | null
}

const quiet = (sync: Sync): SyncStep => ({ sync, rows: [], fetch: false, resume: null })

function fetching(sync: Sync): SyncStep {
  return { ...quiet({ ...sync, isFetching: true, behindSince: null }), fetch: !sync.isFetching }
}

function resuming(sync: Sync, after: number): SyncStep {
  const number = sync.resumes + 1
  return { ...quiet({ ...sync, resuming: number, resumes: number, held: [], isHeldOver: false, behindSince: null }), resume: { number, after } }
}

function onSnapshot(sync: Sync, snapshot: WallSnapshot): SyncStep {
  const draft = fromSnapshot(snapshot)
  const landed: Sync = { ...sync, isFetching: false, draft, state: sync.state ?? draft }
  // Always ask for the rows after the snapshot: it may have been cut before this connection began to hear.
  return landed.isConnected ? resuming(landed, draft.seq) : quiet({ ...landed, state: draft, draft: null })
}

function onResumed(sync: Sync, rows: readonly FeedRow[]): SyncStep {
  const base = sync.draft ?? sync.state
  if (!base) return quiet({ ...sync, resuming: 0, held: [] })
  const first = applyRows(base, rows)
  const second = applyRows(first.state, sync.held)
  const seen = sync.state?.seq ?? base.seq
  const fresh = [...first.rows, ...second.rows].filter((row) => row.seq > seen)
  const next: Sync = { ...sync, state: second.state, draft: null, resuming: 0, held: [], isHeldOver: false }
  const step = sync.isHeldOver || first.wantsSnapshot || second.wantsSnapshot ? fetching(next) : quiet(next)
  return { ...step, rows: fresh }
}

/** The rows are no longer kept. A snapshot that is waiting is the truth then; else one is fetched. */
function onResnapshot(sync: Sync): SyncStep {
  const next: Sync = { ...sync, resuming: 0, held: [], isHeldOver: false }
  return sync.draft ? quiet({ ...next, state: sync.draft, draft: null }) : fetching(next)
}

function onRows(sync: Sync, rows: readonly FeedRow[]): SyncStep {
  if (!sync.state) return quiet(sync)
  if (sync.resuming !== 0) {
    if (sync.isHeldOver || sync.held.length + rows.length > HELD_LIMIT) return quiet({ ...sync, held: [], isHeldOver: true })
    return quiet({ ...sync, held: [...sync.held, ...rows] })
  }
  const applied = applyRows(sync.state, rows)
  const next: Sync = { ...sync, state: applied.state }
  return { ...(applied.wantsSnapshot ? fetching(next) : quiet(next)), rows: applied.rows }
}

/** A beat that names a lower seq than ours is no fault: a snapshot stands at the feed's end, a beat at the last row of our rooms. */
function onBeat(sync: Sync, lastSeq: number, at: number): SyncStep {
  if (!sync.state || sync.resuming !== 0 || sync.isFetching) return quiet(sync)
  if (lastSeq <= sync.state.seq) return sync.behindSince === null ? quiet(sync) : quiet({ ...sync, behindSince: null })
  const behindSince = sync.behindSince ?? at
  return at - behindSince > BEHIND_MS ? fetching({ ...sync, behindSince }) : quiet({ ...sync, behindSince })
}

/** One event of the network in, the new standing and what to do out. Pure: no clock, no I/O, never throws. */
export function step(sync: Sync, event: SyncEvent): SyncStep {
  switch (event.kind) {
    case 'connected': {
      const connected: Sync = { ...sync, isConnected: true }
      return connected.state ? resuming(connected, connected.state.seq) : fetching(connected)
    }
    case 'disconnected':
      return quiet({ ...sync, isConnected: false, resuming: 0, held: [], isHeldOver: false, draft: null, state: sync.state ?? sync.draft, behindSince: null })
    case 'refresh':
      return fetching(sync)
    case 'snapshot':
      return onSnapshot(sync, event.snapshot)
    case 'snapshot_failed':
      return quiet({ ...sync, isFetching: false })
    case 'rows':
      return onRows(sync, event.rows)
    case 'resumed':
      return event.number === sync.resuming ? onResumed(sync, event.rows) : quiet(sync)
    case 'resnapshot':
      return event.number === sync.resuming ? onResnapshot(sync) : quiet(sync)
    case 'beat':
      return onBeat(sync, event.lastSeq, event.at)
  }
}
