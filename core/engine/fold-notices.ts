import { kindOfKey, NOTICE_KINDS, type Notice, type NoticeKind } from '../domain/notice/notice.ts'
import { standingNotices } from '../domain/notice/standing.ts'
import { recordAudit } from '../store/audit-store.ts'
import { enterCallers, strikeCallers } from '../store/call-store.ts'
import { insertCorrections, insertSubjects, type SubjectMemory, updateSubjects } from '../store/notice-store.ts'
import type { SubjectRow, Subjects } from '../store/notice-tables.ts'
import type { EngineTx } from './context.ts'
import { type FactLine, linesOf } from './counted.ts'
import { TicketAppeared } from './fold-tickets.ts'
import type { Stretch } from './load-histories.ts'
import { type GatheredNotices, gatherNotices } from './gather-notices.ts'
import { subjectRowOf } from './notice-duties.ts'
import { recordFacts } from './record-facts.ts'

interface Folded<K extends NoticeKind> {
  readonly row: SubjectRow<Subjects[K]>
  readonly memory: SubjectMemory | null
}

/** Notices by the subject that they name. */
export function bySubject(notices: readonly Notice[]): Map<string, Notice[]> {
  const own = new Map<string, Notice[]>()
  for (const notice of notices) {
    const list = own.get(notice.subjectKey)
    if (list === undefined) own.set(notice.subjectKey, [notice])
    else list.push(notice)
  }
  return own
}

type Standing = ReadonlyMap<string, readonly Notice[]>

function foldKind<K extends NoticeKind>(etx: EngineTx, kind: K, gathered: GatheredNotices, standing: Standing): Folded<K>[] {
  const folded: Folded<K>[] = []
  for (const [subjectKey, own] of bySubject(gathered.notices.filter((notice) => kindOfKey(notice.subjectKey) === kind))) {
    const memory = gathered.memories.get(subjectKey) ?? null
    const stretch = gathered.stretches.get(subjectKey) as Stretch
    const row = subjectRowOf(kind, { subjectKey, own, standing: standing.get(subjectKey), held: memory?.held ?? '', stretch }, etx.engine.tree)
    folded.push({ row, memory })
  }
  return folded.sort((a, b) => (a.row.subjectKey < b.row.subjectKey ? -1 : 1))
}

/** What other systems changed must be provable afterwards: one line for each calendar or change that came to count. */
async function auditSettings(etx: EngineTx, folded: readonly Folded<'calendar' | 'config'>[]): Promise<void> {
  for (const { row, memory } of folded) {
    const { kind, name, eventId, sourceSystem, provinceCode, toldAt } = row.subject
    if (row.isVoid || memory?.held === eventId) continue
    await recordAudit(etx.tx, {
      at: etx.now,
      actor: 'system',
      action: kind === 'calendar' ? 'calendar_told' : 'config_change_told',
      subject: name,
      regionPath: row.regionPath,
      detail: { sourceSystem, eventId, provinceCode, toldAt },
    })
  }
}

interface Changes {
  readonly lost: readonly FactLine[]
  readonly gained: readonly FactLine[]
}

async function foldAndWrite<K extends NoticeKind>(etx: EngineTx, kind: K, gathered: GatheredNotices, standing: Standing): Promise<Changes> {
  const folded = foldKind(etx, kind, gathered, standing)
  const known = folded.filter(({ memory }) => memory !== null).map(({ row }) => row)
  const fresh = folded.filter(({ memory }) => memory === null).map(({ row }) => row)
  const keysOf = (rows: readonly { readonly subjectKey: string }[]) => rows.map(({ subjectKey }) => subjectKey)
  // Where a call was, its neighbours must be judged without it; where it is now, with it.
  if (kind === 'call') await strikeCallers(etx.tx, keysOf(known))
  if ((await insertSubjects(etx.tx, kind, fresh, etx.now)) < fresh.length) throw new TicketAppeared()
  await updateSubjects(etx.tx, kind, known, etx.now)
  if (kind === 'call') await enterCallers(etx.tx, keysOf(folded.map(({ row }) => row)))
  if (kind === 'calendar' || kind === 'config') await auditSettings(etx, folded as readonly Folded<'calendar' | 'config'>[])
  const changed = folded.filter(({ row, memory }) => row.counted !== (memory?.counted ?? '[]'))
  return {
    lost: changed.flatMap(({ memory }) => linesOf(memory?.counted ?? '[]')),
    gained: changed.flatMap(({ row }) => linesOf(row.counted)),
  }
}

/**
 * Brings the subjects of notices in line with their events, in this transaction: the rows that rules and figures read, and the difference of
 * what they are counted as. Doing it again changes nothing; order, repetition and batching of the events make no difference. Notices say
 * nothing about the feed of a province (MR-17): that asks for tickets.
 * @throws TicketAppeared for the second of two that make one new subject at the same time.
 */
export async function foldNotices(etx: EngineTx, found: ReadonlyMap<string, Stretch>): Promise<void> {
  const gathered = await gatherNotices(etx, found)
  const corrections = gathered.notices.flatMap(({ sourceSystem, correctsEventId: eventId, subjectKey }) =>
    eventId === null ? [] : [{ sourceSystem, eventId, subjectKey }],
  )
  await insertCorrections(etx.tx, corrections)
  const standing = standingNotices(gathered.notices)
  const [lost, gained]: [FactLine[], FactLine[]] = [[], []]
  for (const kind of NOTICE_KINDS) {
    const changes = await foldAndWrite(etx, kind, gathered, standing)
    lost.push(...changes.lost)
    gained.push(...changes.gained)
  }
  await recordFacts(etx, lost, gained)
}
