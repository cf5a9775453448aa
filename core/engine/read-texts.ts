import type { BandedText } from '../domain/near-duplicate/cluster-book.ts'
import { DEFAULT_NEAR_DUPLICATE, type NearDuplicateParameters } from '../domain/near-duplicate/parameters.ts'
import { type TextReader, textReader } from '../domain/near-duplicate/reading.ts'
import { type TextFacts, textFactsOf } from '../domain/near-duplicate/text-facts.ts'
import type { Instant } from '../domain/time.ts'
import type { Tx } from '../platform/database.ts'
import { listConfigVersions, loadConfigBody } from '../store/config-store.ts'
import { loadPlacedTickets, loadSignatures, type PlacedTicket, type TextSignature } from '../store/text-signature-store.ts'
import { versionAt } from './settings.ts'

const KIND = 'nearDuplicate'

/** A text that has no cluster yet. */
export interface TextToPlace {
  readonly face: BandedText
  readonly row: Omit<TextSignature, 'cluster'>
  readonly reader: TextReader
}

/** What becomes of some tickets' texts. */
export interface TextsRead {
  /** Keys of tickets whose text leaves its cluster, for good or to be placed again. */
  readonly leaving: readonly string[]
  /** Texts that stay where they are and count for somebody or somewhere else. */
  readonly moved: readonly TextSignature[]
  readonly placing: readonly TextToPlace[]
}

/** How texts are read that were accepted at an instant, and from which channels they are left out. */
export type ReadersAt = (at: Instant) => { readonly reader: TextReader; readonly formChannels: readonly string[] }

/** Readers by the parameters in force at the acceptance (domain.md 0.2-8): a replay tomorrow gives today's clusters. */
export async function textReaders(tx: Tx): Promise<ReadersAt> {
  const versions = (await listConfigVersions(tx)).filter(({ kind }) => kind === KIND)
  const readers = new Map<number, ReturnType<ReadersAt>>()
  for (const { version } of versions) {
    const body = { ...DEFAULT_NEAR_DUPLICATE, ...((await loadConfigBody(tx, KIND, version)) as Partial<NearDuplicateParameters>) }
    readers.set(version, { reader: textReader(body), formChannels: body.formChannels })
  }
  const only = versions.length === 1 ? readers.get(versions[0]?.version ?? 0) : undefined
  return (at) => only ?? (readers.get(versionAt(versions, KIND, at)) as ReturnType<ReadersAt>)
}

const rowOf = (ticketKey: string, facts: TextFacts, regionPath: string, said: string): TextToPlace['row'] => ({
  ticketKey,
  acceptedAt: facts.acceptedAt,
  kind: facts.kind,
  provinceCode: facts.provinceCode,
  regionPath,
  customerKey: facts.customerKey,
  contactKey: facts.contactKey,
  addressKey: facts.addressKey,
  isProxy: facts.isProxy,
  said,
})

/** A ticket's text as it is to stand; null where it is none that counts, comes from a company's own form (5.3.2-5) or is too short to judge. */
function textOf(readersAt: ReadersAt, ticketKey: string, { ticket, regionPath }: PlacedTicket): TextToPlace | null {
  const facts = textFactsOf(ticket)
  if (facts === null) return null
  const { reader, formChannels } = readersAt(facts.acceptedAt)
  if (formChannels.includes(facts.channel)) return null
  const said = reader.said(facts.provinceCode, facts.text)
  const face = reader.face(ticketKey, facts.acceptedAt, said)
  return face.grams.length < reader.rule.leastGrams ? null : { face, row: rowOf(ticketKey, facts, regionPath, said), reader }
}

const isSameRow = (a: TextToPlace['row'], b: TextSignature): boolean =>
  (Object.keys(a) as (keyof TextToPlace['row'])[]).every((field) => a[field] === b[field])

/** Reads the texts of these tickets, and says what of them is not as it is stored. */
export async function readTexts(tx: Tx, readersAt: ReadersAt, ticketKeys: readonly string[]): Promise<TextsRead> {
  const tickets = await loadPlacedTickets(tx, ticketKeys)
  const known = await loadSignatures(tx, ticketKeys)
  const leaving: string[] = []
  const moved: TextSignature[] = []
  const placing: TextToPlace[] = []
  for (const ticketKey of ticketKeys) {
    const ticket = tickets.get(ticketKey)
    const before = known.get(ticketKey)
    const text = ticket === undefined ? null : textOf(readersAt, ticketKey, ticket)
    if (text !== null && before?.said === text.row.said && before.acceptedAt === text.row.acceptedAt) {
      if (!isSameRow(text.row, before)) moved.push({ ...text.row, cluster: before.cluster })
      continue
    }
    if (before !== undefined) leaving.push(ticketKey)
    if (text !== null) placing.push(text)
  }
  return { leaving, moved, placing }
}
