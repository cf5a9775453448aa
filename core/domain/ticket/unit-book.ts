import type { Instant } from '../time.ts'

/** What is known of the units that tickets are sent to (domain.md 2.1). */
export interface UnitBook {
  /** Whether units of this province have been loaded; else nothing can be said of a unit there. */
  isLoaded(provinceCode: string): boolean
  /** Whether the unit exists and was open at that time. */
  isKnown(code: string, at: Instant): boolean
  /** When the unit closes or has closed: null where nobody has said, undefined where there is no such unit. */
  closesAt(code: string): Instant | null | undefined
}
