import type { ParameterValues } from '../domain/abnormal/abnormal-rule.ts'
import { suchBounds, TOO_FAST_REPLY } from '../domain/abnormal/at-17-too-fast-reply.ts'
import { activeRules } from '../domain/abnormal/catalogue.ts'
import { trialsOf } from '../domain/abnormal/trial.ts'
import { grouped } from '../domain/grouping.ts'
import { peerKindOf, provinceOfGroup } from '../domain/peer/peer-fact.ts'
import { isSameMade, isSuch, madeOfDay, MOST_OF_A_DAY, type PeerMade } from '../domain/peer/peer-made.ts'
import type { Instant } from '../domain/time.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import { requeueFolded } from '../store/event-store.ts'
import { hasPeerChecks, loadPeerGroups, lockPeers, type PeerRow, savePeerMade, takePeerChecks } from '../store/peer-store.ts'
import type { Engine, Settings } from './context.ts'
import { runningTrials } from './trials.ts'

/** Changes of groups looked at in one transaction. */
const AT_ONCE = 2_000

/** A fact of which its group now makes something else. */
interface ChangedFact extends PeerRow {
  readonly before: PeerMade | null
}

function changesOf(rows: readonly PeerRow[]): ChangedFact[] {
  const made = madeOfDay(rows)
  return rows.flatMap((row, place) => {
    const now = made[place] ?? null
    return isSameMade(row.made, now) ? [] : [{ ...row, before: row.made, made: now }]
  })
}

/** By what settings AT-17 asks about replies of a province: its own, and those of what is tried there. */
type AskedOf = (provinceCode: string) => readonly ParameterValues[]

async function askedOf(tx: Tx, settings: Settings, now: Instant): Promise<AskedOf> {
  const tried = (await runningTrials(tx, now)).filter(({ rule }) => rule.id === TOO_FAST_REPLY.id)
  const known = new Map<string, readonly ParameterValues[]>()
  return (provinceCode) => {
    const held = known.get(provinceCode)
    if (held !== undefined) return held
    const active = activeRules(settings.abnormal.body, provinceCode).filter(({ rule }) => rule.id === TOO_FAST_REPLY.id)
    const values = [...active, ...trialsOf(tried, provinceCode)].map((one) => one.values)
    known.set(provinceCode, values)
    return values
  }
}

const alikeOf = (made: PeerMade | null): number => (made !== null && 'alike' in made ? made.alike : 0)

/** Whether a judgement can come out otherwise: what is kept of ordinary replies, for the sake of other settings, is no reason to judge them again. */
function mayMatter({ groupKey, took, before, made }: ChangedFact, asked: AskedOf): boolean {
  if (peerKindOf(groupKey) !== 'h') return true
  return asked(provinceOfGroup(groupKey)).some((values) => isSuch(took, Math.max(alikeOf(before), alikeOf(made)), suchBounds(values)))
}

async function lookAtSome(engine: Engine, settings: Settings, now: Instant): Promise<{ readonly claimed: number; readonly again: readonly string[] }> {
  return inTransaction(engine.pool, async (tx) => {
    // Locked first, read after: the later of two looks at a group sees all that the earlier one saw, and writes last.
    await lockPeers(tx)
    const groups = await takePeerChecks(tx, AT_ONCE)
    if (groups.size === 0) return { claimed: 0, again: [] }
    // So many changes have moved at most so many facts over the edge of what is looked at.
    const rows = await loadPeerGroups(tx, new Map([...groups].map(([groupKey, changes]) => [groupKey, MOST_OF_A_DAY + changes])))
    const changed = [...grouped(rows, ({ groupKey }) => groupKey).values()].flatMap(changesOf)
    await savePeerMade(tx, changed)
    const asked = await askedOf(tx, settings, now)
    const again = [...new Set(changed.filter((one) => mayMatter(one, asked)).map(({ ticketKey }) => ticketKey))].sort()
    await requeueFolded(tx, again)
    return { claimed: groups.size, again }
  })
}

/**
 * Looks at the days of handlers and agents that have changed, after the commit, and puts every ticket in line to be judged again that AT-17 or AT-21 may now
 * judge otherwise. A look costs as much as the group is large, at most {@link MOST_OF_A_DAY} facts. Returns those tickets, when nothing is left to be looked at.
 */
export async function settlePeers(engine: Engine, now: Instant): Promise<readonly string[]> {
  const again = new Set<string>()
  if (!(await hasPeerChecks(engine.pool))) return []
  const settings = await engine.settings(now)
  for (;;) {
    const look = await lookAtSome(engine, settings, now)
    for (const ticketKey of look.again) again.add(ticketKey)
    if (look.claimed === 0) return [...again]
  }
}
