import type { Holder, Position } from '../domain/escalation/position.ts'
import { calledHolders } from '../domain/oncall/resolve.ts'
import { whoIsOn } from '../domain/oncall/who-is-on.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { findHolders } from '../store/user-target-store.ts'
import { keyOf, loadRosterBooks, type RosterTerms } from './roster-books.ts'

/**
 * Who is called at these positions now: by the roster where there is one (the person on, his deputy), else everybody who holds the role. Of a roster's gap too
 * everybody is called: nobody's turn is no reason for silence (domain.md 4.4).
 */
export async function findOnCall(sql: Sql, positions: readonly Position[], terms: RosterTerms, now: Instant): Promise<Holder[]> {
  const distinct = [...new Map(positions.map((position) => [keyOf(position), position])).values()]
  const holders = await findHolders(sql, distinct)
  const books = await loadRosterBooks(sql, distinct, terms, now, now + 1)
  return distinct.flatMap((position) => {
    const own = holders.filter((holder) => keyOf(holder) === keyOf(position))
    const book = books.get(keyOf(position))
    return book === undefined ? own : calledHolders(position, own, whoIsOn(book, now), book.people)
  })
}
