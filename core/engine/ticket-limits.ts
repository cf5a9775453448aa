import type { ClockLimits } from '../domain/ticket/limits.ts'
import type { Instant } from '../domain/time.ts'
import type { Tx } from '../platform/database.ts'
import { listConfigVersions, loadConfigBody } from '../store/config-store.ts'
import type { Versioned } from './context.ts'
import { completedLimits, versionAt } from './settings.ts'

/**
 * The limits of the clocks by acceptance: the version in force when a ticket was accepted stays its version, whatever comes later (invariant 10,
 * S-14-9), so that a recount tomorrow gives today's figures. `known` spares a query where it is the only version.
 */
export async function limitsByAcceptance(tx: Tx, known: Versioned<ClockLimits> | null): Promise<(acceptedAt: Instant) => ClockLimits> {
  const versions = (await listConfigVersions(tx)).filter(({ kind }) => kind === 'limits')
  const bodies = new Map<number, ClockLimits>(known === null ? [] : [[known.version, known.body]])
  for (const { version } of versions) {
    if (!bodies.has(version)) bodies.set(version, completedLimits(await loadConfigBody(tx, 'limits', version)))
  }
  const only = versions.length === 1 ? bodies.get(versions[0]?.version ?? 0) : undefined
  return (acceptedAt) => only ?? (bodies.get(versionAt(versions, 'limits', acceptedAt)) as ClockLimits)
}
