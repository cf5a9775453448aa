import type { Holder, Position } from '../escalation/position.ts'
import type { OnDuty, Person } from './who-is-on.ts'

/** Who is called at a position that has a roster, and why he: the person on, or the deputy who stands in for him; in a gap everybody who holds the role. */
export function calledHolders({ role, regionCode }: Position, holders: readonly Holder[], on: OnDuty, people: ReadonlyMap<string, Person>): readonly Holder[] {
  // Before the first roster comes into force, as where there is none.
  if (on.shift === null) return holders
  if (on.primary === null) return holders.map((holder) => ({ ...holder, why: 'gap' as const }))
  const name = people.get(on.primary)?.name ?? ''
  return [{ role, regionCode, userId: on.primary, name, why: on.absent.length > 0 ? 'deputy' : on.source }]
}
