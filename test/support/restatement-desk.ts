import { expect } from 'vitest'
import { Value } from 'typebox/value'
import { type KpiDecision, KpiMonthsAnswer } from '../../core/contract/kpi.ts'
import { RestatementsAnswer } from '../../core/contract/restatement.ts'
import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import { loadKpi } from '../../core/engine/kpi.ts'
import { loadKpiMonths } from '../../core/engine/kpi-months.ts'
import { loadRestatements } from '../../core/engine/restatements.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { decideRestatements } from '../../core/store/restatement-store.ts'
import { at } from './builders.ts'
import type { IngestWorld } from './ingest-world.ts'
import { anItemAt } from './items.ts'

export const DONE = { result_code: 'solved' }
export const of = (ticketId: string) => ({ ticket_id: ticketId })
export const created = (no: string, local: string, payload = {}) => anItemAt('created', local, { product_no: `139${no}`, ...payload }, of(no))
export const done = (no: string, local: string) => anItemAt('completed', local, DONE, of(no))
export const corrected = (no: string, local: string, field: string, value: string) => anItemAt('corrected', local, { field, new: value }, of(no))

interface Counted {
  readonly numerator: number | null
  readonly denominator: number | null
}
const ofText = (counted: Counted | null) => counted && `${counted.numerator}/${counted.denominator}`

/** What a figure says of its restating: what was first published, and whose words moved it. */
const restating = (found: { readonly first: Counted | null; readonly decisions: readonly KpiDecision[] }) => ({
  first: ofText(found.first),
  decisions: found.decisions.map(({ at: _, ...decision }) => decision),
})

/** Questions of tests about the restatement log and published figures. */
export function restatementDesk(world: () => IngestWorld) {
  const log = async (one = world()) => {
    const answer = await loadRestatements(one.engine, ENGINE_SCOPE, { state: null, afterId: null, limit: 500 })
    expect([...Value.Errors(RestatementsAnswer, answer)]).toEqual([])
    return answer.items
  }
  async function shownWeek(local: string, label: string, id: string, region: string) {
    const { series } = await loadKpi(world().engine, ENGINE_SCOPE, region, 6, at(local))
    const found = series.find((one) => one.id === id)?.weeks.find((one) => one.week === label)
    if (found === undefined) throw new Error(label)
    return found
  }
  async function shownMonth(local: string, label: string, id: string, region: string) {
    const answer = await loadKpiMonths(world().engine, ENGINE_SCOPE, region, 4, at(local))
    expect([...Value.Errors(KpiMonthsAnswer, answer)]).toEqual([])
    const found = answer.series.find((one) => one.id === id)?.months.find((one) => one.month === label)
    if (found === undefined) throw new Error(label)
    return found
  }
  return {
    log,
    standing: async () => (await log()).filter(({ state }) => state === 'waiting'),
    /** A figure of a finished week as `numerator/denominator`, and the line beside it. */
    async week(local: string, label: string, id = 'K-01', region = '00') {
      const { figure, restated, adjustment } = await shownWeek(local, label, id, region)
      return { figure: ofText(figure), restated, adjustment: ofText(adjustment) }
    },
    async month(local: string, label: string, id = 'K-01', region = '00') {
      const { status, figure, adjustment, freezesAt } = await shownMonth(local, label, id, region)
      return { status, freezesAt, figure: ofText(figure), adjustment: ofText(adjustment) }
    },
    weekRestated: async (local: string, label: string, id = 'K-01', region = '00') => restating(await shownWeek(local, label, id, region)),
    monthRestated: async (local: string, label: string, id = 'K-01', region = '00') => restating(await shownMonth(local, label, id, region)),
    decide: (state: 'confirmed' | 'rejected', ids: readonly string[], { by = 'steward', reason = 'looked' } = {}) =>
      inTransaction(world().pool, (tx) => decideRestatements(tx, ENGINE_SCOPE, { ids, state, by, reason, now: world().clock.now() })),
  }
}
