import type { Outcome } from '../domain/quality/quality-check.ts'
import type { Instant } from '../domain/time.ts'
import type { Tx } from '../platform/database.ts'
import { addQuality, clearFindings, type Finding, FINDINGS_KEPT, insertFindings, type QualityCount } from '../store/quality-store.ts'

/** What an outcome is about. */
export interface Subject {
  readonly provinceCode: string
  /** Local day, `YYYY-MM-DD`. */
  readonly day: string
  readonly subject: string
}

type Net = { -readonly [K in keyof QualityCount]: QualityCount[K] }

/** No more of each check, province and day than are kept at most: a batch that fails as a whole stays cheap. */
function firstOfEach(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, number>()
  return findings.filter(({ checkId, provinceCode, day }) => {
    const key = `${provinceCode}\u001f${day}\u001f${checkId}`
    const n = (seen.get(key) ?? 0) + 1
    seen.set(key, n)
    return n <= FINDINGS_KEPT
  })
}

/** Sums outcomes, signed, into one row per province, day, check and dimension, and notes which findings appear and which go. */
export class QualitySums {
  readonly #counts = new Map<string, Net>()
  readonly #findings = new Map<string, { readonly finding: Finding; n: number }>()

  add({ provinceCode, day, subject }: Subject, { checkId, dimension, checked, failed, detail }: Outcome, sign: 1 | -1 = 1): void {
    const key = [provinceCode, day, checkId, dimension].join('\u001f')
    const net = this.#counts.get(key)
    if (net === undefined) this.#counts.set(key, { provinceCode, day, checkId, dimension, checked: sign * checked, failed: sign * failed })
    else {
      net.checked += sign * checked
      net.failed += sign * failed
    }
    if (failed === 0) return
    const findingKey = `${key}\u001f${subject}`
    const held = this.#findings.get(findingKey)
    const finding = { checkId, provinceCode, day, subject, dimension, detail }
    this.#findings.set(findingKey, { finding: sign === 1 || held === undefined ? finding : held.finding, n: (held?.n ?? 0) + sign })
  }

  /** Writes what came together; nothing for nothing. */
  async write(tx: Tx, now: Instant): Promise<void> {
    const counts = [...this.#counts]
      .filter(([, { checked, failed }]) => checked !== 0 || failed !== 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, count]) => count)
    const findings = [...this.#findings].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, held]) => held)
    await addQuality(tx, counts)
    await clearFindings(
      tx,
      findings.filter(({ n }) => n < 0).map(({ finding }) => finding),
      now,
    )
    await insertFindings(tx, firstOfEach(findings.filter(({ n }) => n > 0).map(({ finding }) => finding)), now)
  }
}
