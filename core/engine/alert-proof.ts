import type { AlertProof } from '../contract/proof.ts'
import { ladderOf } from '../domain/escalation/deadlines.ts'
import { type ProofLine, proofOf } from '../domain/escalation/proof.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import { loadCardRow } from '../store/alert-card-store.ts'
import { loadAlert } from '../store/alert-store.ts'
import { loadPageLog, loadRunRecords } from '../store/proof-store.ts'
import type { Engine } from './context.ts'
import { loadLadders } from './settings.ts'

/** What was due of an alert's pages against what happened (domain.md 7.9); undefined when the alert is not in the scope. */
export async function loadProof({ pool, zone }: Engine, scope: Scope, alertId: string, now: Instant): Promise<AlertProof | undefined> {
  const isSeen = /^\d{1,18}$/.test(alertId) && (await loadCardRow(pool, scope, alertId)) !== undefined
  const alert = isSeen ? await loadAlert(pool, alertId) : undefined
  if (alert === undefined) return undefined
  const lines: ProofLine[] = []
  for (const run of await loadRunRecords(pool, alertId)) {
    const { severity, startedAt, ladderVersion } = run
    const ladder = ladderOf(await loadLadders(pool, ladderVersion), { kind: alert.kind, severity, severitySince: startedAt }, zone)
    lines.push(...proofOf(run, ladder, alert, now))
  }
  return { alertId: alert.id, asOf: now, lines, log: await loadPageLog(pool, alertId) }
}
