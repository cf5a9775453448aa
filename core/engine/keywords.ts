import { countingRegion } from '../domain/count/fact-scene.ts'
import type { KeywordDictionary } from '../domain/keyword/dictionary.ts'
import { type KeywordMatcher, keywordMatcher } from '../domain/keyword/match.ts'
import { hitKey, isSameKeywordFacts, type KeywordFacts, keywordFactsOf, keywordsOf, NO_KEYWORDS, type TicketKeywords } from '../domain/keyword/ticket-keywords.ts'
import type { Ticket } from '../domain/ticket/ticket.ts'
import type { Instant } from '../domain/time.ts'
import { listConfigVersions, loadConfigBody } from '../store/config-store.ts'
import { loadWrongHits, saveKeywordHits, type TicketHits } from '../store/keyword-store.ts'
import type { Engine, EngineTx } from './context.ts'
import { versionAt } from './settings.ts'

const KIND = 'keywords'

interface Versioned {
  readonly version: number
  readonly matcher: KeywordMatcher
}

// Bodies of versions never change: each is made ready once in a process.
const ready = new WeakMap<Engine, Map<number, Versioned>>()

function readied(engine: Engine, version: number, dictionary: KeywordDictionary): Versioned {
  const held = ready.get(engine) ?? new Map<number, Versioned>()
  ready.set(engine, held)
  const made = held.get(version) ?? { version, matcher: keywordMatcher(dictionary) }
  held.set(version, made)
  return made
}

/** Dictionaries by acceptance (domain.md 0.2-8): a fold tomorrow finds what today's found. While there is only the first there is nothing to ask. */
async function matchersByAcceptance({ engine, settings, tx }: EngineTx): Promise<(acceptedAt: Instant) => Versioned> {
  const { version: current, body } = settings.keywords
  if (current === 1) {
    const only = readied(engine, current, body)
    return () => only
  }
  const versions = (await listConfigVersions(tx)).filter(({ kind }) => kind === KIND)
  const made = new Map<number, Versioned>()
  for (const { version } of versions) {
    const held = ready.get(engine)?.get(version)
    made.set(version, held ?? readied(engine, version, (await loadConfigBody(tx, KIND, version)) as KeywordDictionary))
  }
  return (acceptedAt) => made.get(versionAt(versions, KIND, acceptedAt)) as Versioned
}

/** The keywords of the tickets that one transaction folds. */
export interface KeywordBook {
  /** What rules go by. */
  of(ticket: Ticket): TicketKeywords
  /** Writes, by difference, what was found in the texts of tickets that are being written (`before`: what the stored ticket said). */
  note(etx: EngineTx, notes: readonly { readonly ticket: Ticket; readonly before: KeywordFacts | null }[]): Promise<void>
}

/** Reads the texts of tickets by the dictionary of their acceptance. `known` are those that were stored before: only they can have marks of people. */
export async function keywordBook(etx: EngineTx, tickets: readonly Ticket[], known: { has(ticketKey: string): boolean }): Promise<KeywordBook> {
  const at = await matchersByAcceptance(etx)
  const read = (text: string, kind: Ticket['kind'], acceptedAt: Instant) => at(acceptedAt).matcher.match(text, kind)
  const hits = new Map(
    tickets.flatMap((ticket) => (ticket.acceptedAt === null || ticket.contentText === '' ? [] : [[ticket.ticketKey, read(ticket.contentText, ticket.kind, ticket.acceptedAt)] as const])),
  )
  const alerted = [...hits].filter(([key, found]) => known.has(key) && found.some(({ kind }) => kind === 'alert')).map(([key]) => key)
  const wrong = new Map<string, Set<string>>()
  for (const { ticketKey, ...hit } of await loadWrongHits(etx.tx, alerted)) wrong.set(ticketKey, (wrong.get(ticketKey) ?? new Set<string>()).add(hitKey(hit)))
  const none: ReadonlySet<string> = new Set()
  return {
    of: ({ ticketKey, acceptedAt }) => {
      const found = hits.get(ticketKey) ?? []
      return acceptedAt === null || found.length === 0 ? NO_KEYWORDS : keywordsOf(found, at(acceptedAt).matcher.dictionary, wrong.get(ticketKey) ?? none)
    },
    note: async ({ tx, engine: { tree }, now }, notes) => {
      const changed = notes.flatMap(({ ticket, before }): TicketHits[] => {
        const after = keywordFactsOf(ticket)
        if (isSameKeywordFacts(before, after)) return []
        const found = after === null ? [] : (hits.get(ticket.ticketKey) ?? [])
        const facts = after ?? before
        if (facts === null || (found.length === 0 && (before === null || read(before.text, before.kind, before.acceptedAt).length === 0))) return []
        const regionCode = countingRegion(ticket, tree)
        const regionPath = tree.get(regionCode)?.path ?? tree.root.path
        const { ticketKey } = ticket
        const { acceptedAt: occurredAt, phenomenon, customerKey } = facts
        return [{ ticketKey, version: at(occurredAt).version, occurredAt, regionCode, regionPath, phenomenon, customerKey, hits: found }]
      })
      await saveKeywordHits(tx, changed, now)
    },
  }
}
