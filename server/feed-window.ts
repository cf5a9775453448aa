import type { StoredFeedRow } from '../core/store/feed-store.ts'

/**
 * The newest published rows, in order: what a client missed in a short absence is answered from here, so that a thousand walls that
 * come back at once do not meet in the database.
 */
export class FeedWindow {
  readonly #limit: number
  #rows: StoredFeedRow[] = []
  /** Rows up to this seq may be missing from the window. */
  #floor: number

  constructor(limit: number, floor: number) {
    this.#limit = limit
    this.#floor = floor
  }

  /** Seq up to which rows may be missing. */
  get floor(): number {
    return this.#floor
  }

  /** Seq up to which rows were published. */
  get last(): number {
    return this.#rows.at(-1)?.seq ?? this.#floor
  }

  add(rows: readonly StoredFeedRow[]): void {
    this.#rows.push(...rows)
    if (this.#rows.length < 2 * this.#limit) return
    this.#rows = this.#rows.slice(-this.#limit)
    this.#floor = (this.#rows[0]?.seq ?? 1) - 1
  }

  /** Every row after `seq`, or null when the window does not reach back that far. */
  after(seq: number): readonly StoredFeedRow[] | null {
    if (seq < this.#floor) return null
    // Clients are seldom far behind: look from the end.
    let start = this.#rows.length
    while (start > 0 && (this.#rows[start - 1]?.seq ?? 0) > seq) start -= 1
    return this.#rows.slice(start)
  }

  /** The newest row that fits, or null. */
  newest(fits: (row: StoredFeedRow) => boolean): StoredFeedRow | null {
    return this.#rows.findLast(fits) ?? null
  }
}
