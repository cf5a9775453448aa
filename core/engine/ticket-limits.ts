import type { ClockLimits } from '../domain/ticket/limits.ts'
import type { Instant } from '../domain/time.ts'
import type { Tx } from '../platform/database.ts'
import { listConfigVersions, loadConfigBody } from '../store/config-store.ts'
import type { Versioned } from './context.ts'
import { completedLimits, versionAt } from './settings.ts'

type LimitVersions = ReadonlyMap<number, ClockLimits>

async function readVersions(tx: Tx, versions: readonly { readonly version: number }[], known: Versioned<ClockLimits> | null): Promise<LimitVersions> {
  const bodies = new Map<number, ClockLimits>(known === null ? [] : [[known.version, known.body]])
  for (const { version } of versions) {
    if (!bodies.has(version)) bodies.set(version, completedLimits(await loadConfigBody(tx, 'limits', version)))
  }
  return bodies
}

const listLimits = async (tx: Tx) => (await listConfigVersions(tx)).filter(({ kind }) => kind === 'limits')

/** The limits of the clocks of every version there is. */
export const limitsOfEveryVersion = async (tx: Tx, known: Versioned<ClockLimits>): Promise<readonly ClockLimits[]> => [...(await readVersions(tx, await listLimits(tx), known)).values()]

/**
 * The limits of the clocks by acceptance: the version in force when a ticket was accepted stays its version, whatever comes later (invariant 10,
 * S-14-9), so that a recount tomorrow gives today's figures. `known` spares a query where it is the only version.
 */
export async function limitsByAcceptance(tx: Tx, known: Versioned<ClockLimits> | null): Promise<(acceptedAt: Instant) => ClockLimits> {
  const versions = await listLimits(tx)
  const bodies = await readVersions(tx, versions, known)
  const only = versions.length === 1 ? bodies.get(versions[0]?.version ?? 0) : undefined
  return (acceptedAt) => only ?? (bodies.get(versionAt(versions, 'limits', acceptedAt)) as ClockLimits)
}
