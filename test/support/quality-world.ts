import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { loadQualityDays } from '../../core/engine/quality.ts'
import type { IntakeAnswer } from '../../core/contract/events.ts'
import { loadFindings } from '../../core/store/quality-store.ts'
import { runIngest } from '../../workers/ingest.ts'
import { at } from './builders.ts'
import { type IngestWorld, ingestWorld } from './ingest-world.ts'
import { anItemAt } from './items.ts'

const GOOD = {
  source_category: 'province_complaint',
  product_no: '13800001111',
  content_text: '家里宽带上不了网光猫红灯一直闪',
  product_l1: 'broadband',
}
export const DAY_OF = { fromDay: '2026-06-01', toDay: '2026-06-01', provinceCode: null }

/** A complaint without any fault of data, but for what is given. */
export const aCreated = (no: string, local = '06-01 09:00', payload: Record<string, unknown> = {}) =>
  anItemAt('created', local, { ...GOOD, ...payload }, { ticket_id: no })

/** An {@link IngestWorld} that is asked how good its data is on 2026-06-01. */
export interface QualityWorld extends IngestWorld {
  /** Takes items in at a Shanghai reading, refused ones too, and folds. */
  take(local: string, ...items: readonly unknown[]): Promise<IntakeAnswer>
  /** Counts as `failed/checked`, by check. */
  counts(): Promise<Record<string, string>>
  score(): Promise<number | null | undefined>
  findings(standingOnly?: boolean): Promise<string[]>
}

export async function qualityWorld(): Promise<QualityWorld> {
  const world = await ingestWorld()
  const { engine, pool, clock } = world
  const days = async () => (await loadQualityDays(engine, pool, ENGINE_SCOPE, DAY_OF, clock.now())).days
  return {
    ...world,
    async take(local, ...items) {
      clock.set(at(local))
      const answer = await acceptEvents(engine, items, { source: 'test', scope: ENGINE_SCOPE, now: clock.now() })
      await runIngest(engine, clock.now())
      return answer
    },
    async counts() {
      return Object.fromEntries(((await days())[0]?.checks ?? []).map(({ id, checked, failed }) => [id, `${failed}/${checked}`]))
    },
    score: async () => (await days())[0]?.score,
    async findings(standingOnly = true) {
      const found = await loadFindings(pool, ENGINE_SCOPE, { fromDay: '2026-06-01', toDay: '2026-06-05', standingOnly, limit: 500 })
      return found.map(({ checkId, subject, detail }) => `${checkId} ${subject} ${detail}`)
    },
  }
}
