import { codeOfPath, commonPath, type RegionNode, type RegionTree } from '../region.ts'
import type { Instant } from '../time.ts'
import { type NoticeClock, RESTORE_LIMIT, readNoticeClock } from './clock.ts'
import { namedSubject, type Notice } from './notice.ts'
import { codesOf, countOf, instantIn, textOf } from './reading.ts'

/** A mass incident as its notices tell it (domain.md 3.1, 3.4). Facts only: nothing here depends on the present time. */
export interface Incident {
  readonly incidentId: string
  readonly provinceCode: string
  readonly sourceSystem: string
  /** Empty while no notice has named it. */
  readonly product: string
  readonly cause: string | null
  /** In order of the code; the province where no notice names one. */
  readonly regionCodes: readonly string[]
  /** The latest figure, and the greatest so far. */
  readonly usersAffected: number | null
  readonly usersAffectedMost: number | null
  /** When the last opening was told. */
  readonly openedAt: Instant | null
  /** The real start, not the time of the notice. */
  readonly startedAt: Instant | null
  readonly expectedRestoreAt: Instant | null
  readonly restoredAt: Instant | null
  /** Null while it is open. */
  readonly closedAt: Instant | null
}

type Draft = { -readonly [K in keyof Incident]: Incident[K] }

function take(draft: Draft, { payload, provinceCode }: Notice): void {
  const regions = codesOf(payload['regions'])
  if (regions.length > 0) draft.regionCodes = regions
  else if (draft.regionCodes.length === 0) draft.regionCodes = [provinceCode]
  draft.product = textOf(payload, 'product') ?? draft.product
  draft.cause = textOf(payload, 'cause') ?? draft.cause
  const users = countOf(payload, 'users_affected')
  draft.usersAffected = users ?? draft.usersAffected
  if (users !== null) draft.usersAffectedMost = Math.max(users, draft.usersAffectedMost ?? 0)
  draft.startedAt = instantIn(payload, 'started_at') ?? draft.startedAt
  draft.expectedRestoreAt = instantIn(payload, 'expected_restore_at') ?? draft.expectedRestoreAt
  draft.restoredAt = instantIn(payload, 'restored_at') ?? draft.restoredAt
}

/**
 * The incident that its standing notices, in order, tell of. Each figure is the latest given; opened again after it was closed, it is open.
 * @throws RangeError without notices.
 */
export function foldIncident(notices: readonly Notice[]): Incident {
  const [first] = notices
  if (first === undefined) throw new RangeError('an incident without notices')
  const draft: Draft = {
    incidentId: namedSubject(first.type, first.payload)?.id ?? first.eventId,
    provinceCode: first.provinceCode,
    sourceSystem: first.sourceSystem,
    product: '',
    cause: null,
    regionCodes: [],
    usersAffected: null,
    usersAffectedMost: null,
    openedAt: null,
    startedAt: null,
    expectedRestoreAt: null,
    restoredAt: null,
    closedAt: null,
  }
  for (const notice of notices) {
    if (notice.type === 'incident.opened') {
      if (draft.closedAt !== null) draft.restoredAt = null
      draft.closedAt = null
      draft.openedAt = notice.occurredAt
    }
    take(draft, notice)
    if (notice.type === 'incident.closed') draft.closedAt = notice.occurredAt
  }
  return draft
}

/** The lowest node that holds all these regions; the province's node, else the root, where the tree does not know them. */
export function commonRegion(codes: readonly string[], provinceCode: string, tree: RegionTree): RegionNode {
  const shared = commonPath(codes.flatMap((code) => tree.get(code)?.path ?? []))
  return tree.get(codeOfPath(shared) ?? provinceCode) ?? tree.root
}

/** C_OUTAGE_RESTORE of an incident: from its real start to its restoration (domain.md 3.6). */
export function readRestoreClock(
  { startedAt, restoredAt }: Pick<Incident, 'startedAt' | 'restoredAt'>,
  now: Instant,
  limit = RESTORE_LIMIT,
): NoticeClock | null {
  return readNoticeClock({ from: startedAt, to: restoredAt }, limit, now)
}
