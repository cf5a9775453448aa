import { Check } from 'typebox/value'
import { FeedRow, type Heartbeat, WallSnapshot } from '../../core/contract/wall.ts'

/** What came over the wire and fits the contract; everything else is counted, never thrown (a bad frame must not blind a wall). */
export interface ReadRows {
  readonly rows: readonly FeedRow[]
  readonly refused: number
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The rows of one `rows` event that fit the contract. A topic this build does not know is refused like a broken row. */
export function readRows(frame: unknown): ReadRows {
  if (!Array.isArray(frame)) return { rows: [], refused: 1 }
  const rows: FeedRow[] = []
  for (const row of frame) if (Check(FeedRow, row)) rows.push(row)
  return { rows, refused: frame.length - rows.length }
}

const isInstantOrNull = (value: unknown): value is number | null => value === null || Number.isFinite(value)

/** A beat, or null when it does not fit. */
export function readBeat(frame: unknown): Heartbeat | null {
  if (!isRecord(frame)) return null
  const { version, serverTime, lastSeq, engineBeatAt } = frame
  if (!Number.isFinite(version) || !Number.isFinite(serverTime) || !Number.isFinite(lastSeq) || !isInstantOrNull(engineBeatAt)) return null
  return { version: version as number, serverTime: serverTime as number, lastSeq: lastSeq as number, engineBeatAt }
}

export type ResumeAnswer = { readonly kind: 'rows'; readonly rows: readonly FeedRow[]; readonly refused: number } | { readonly kind: 'resnapshot' }

/** The answer to a resume; one that does not fit counts as "no longer kept". */
export function readResume(frame: unknown): ResumeAnswer {
  return isRecord(frame) && frame['kind'] === 'rows' ? { kind: 'rows', ...readRows(frame['rows']) } : { kind: 'resnapshot' }
}

/** A snapshot, or null when it does not fit the contract of this build. */
export function readSnapshot(body: unknown): WallSnapshot | null {
  return Check(WallSnapshot, body) ? body : null
}
