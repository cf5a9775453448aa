import type { Ticket } from '../ticket/ticket.ts'
import type { Instant } from '../time.ts'
import type { AbnormalVerdict, ParameterValues, TicketView, VerdictFacts } from './abnormal-rule.ts'
import { causeOf, type Rung, verdictOf } from './course.ts'
import { joinedWords, type Words } from './words.ts'

/** One of several causes that a rule may have on a ticket at a time: a refund, a demand, a visit. */
export interface Spell {
  /** Names it among the causes of its ticket. */
  readonly cause: string
  readonly rungs: readonly Rung[]
  /** When the facts answered it; null while it lasts. */
  readonly endedAt: Instant | null
  readonly words: Words
  /** Its numbers: deadlineAt, limitMs, overMs, leftMs. */
  readonly facts?: VerdictFacts
}

type Judged = Omit<AbnormalVerdict, 'ruleId'>
type Reached = Spell & { readonly from: Instant }

/** A spell without the rungs that it never climbed; none where it climbed none. */
function reachedOf(spell: Spell): readonly Reached[] {
  const { rungs: all, endedAt } = spell
  const rungs = endedAt === null ? all : all.filter(({ from }) => from < endedAt)
  return rungs.length === 0 ? [] : [{ ...spell, rungs, from: Math.min(...rungs.map(({ from }) => from)) }]
}

/** What runs now and whatever reached into it without a break: over all of it the level is a ratchet (domain.md 4.1-2). */
function episodeOf(running: readonly Reached[], ended: readonly Reached[]): readonly Reached[] {
  let from = Math.min(...running.map((spell) => spell.from))
  const joined: Reached[] = []
  for (const spell of [...ended].sort((a, b) => (b.endedAt as Instant) - (a.endedAt as Instant))) {
    if ((spell.endedAt as Instant) < from) break
    joined.push(spell)
    from = Math.min(from, spell.from)
  }
  return [...joined, ...running]
}

function factsOf(ticket: Ticket, episode: readonly Reached[]): VerdictFacts {
  const sorted = [...episode].sort((a, b) => a.from - b.from || (a.cause < b.cause ? -1 : 1))
  // Words and numbers of what is still to be answered; of all where everything is.
  const lasting = sorted.filter(({ endedAt }) => endedAt === null)
  const spoken = lasting.length === 0 ? sorted : lasting
  const cause = causeOf(ticket, sorted.map((spell) => spell.cause).join(','))
  return { cause, words: joinedWords(...spoken.map(({ words }) => words)), ...spoken[0]?.facts }
}

const earliestOf = (instants: readonly Instant[]): Instant | null => (instants.length === 0 ? null : Math.min(...instants))

/**
 * What several causes mean at an instant: true while any lasts, cleared once all that were true are answered, true again with the next.
 * The facts name every cause of the episode, so that a further one is a new cause (domain.md 4.1-5).
 */
function verdictOfSpells(spells: readonly Spell[], { ticket, at }: TicketView): Judged {
  const reached = spells.flatMap(reachedOf)
  const ended = reached.filter(({ endedAt }) => endedAt !== null)
  const lasting = reached.filter(({ endedAt }) => endedAt === null)
  const running = lasting.filter(({ from }) => from <= at)
  const begins = earliestOf(lasting.filter(({ from }) => from > at).map(({ from }) => from))
  if (running.length === 0) {
    if (ended.length === 0) return { level: 0, why: 'never_true', facts: {}, nextChangeAt: begins }
    return { level: 0, why: 'cleared', facts: factsOf(ticket, ended), nextChangeAt: begins }
  }
  const episode = episodeOf(running, ended)
  const rungs = [...episode, ...lasting].flatMap((spell) => spell.rungs)
  const verdict = verdictOf({ rungs, ends: [], facts: factsOf(ticket, episode) }, at)
  const changes = [begins, verdict.nextChangeAt].filter((change) => change !== null)
  return { ...verdict, nextChangeAt: earliestOf(changes) }
}

/** A judge that knows each cause of a ticket and when it was answered. */
export const bySpells =
  (spellsOf: (view: TicketView, values: ParameterValues) => readonly Spell[]) =>
  (view: TicketView, values: ParameterValues): Judged =>
    verdictOfSpells(spellsOf(view, values), view)

/** The earliest of some instants that is known, or null. */
export const firstOf = (...instants: readonly (Instant | null | undefined)[]): Instant | null =>
  earliestOf(instants.filter((instant) => instant !== null && instant !== undefined))
