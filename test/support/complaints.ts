import { ENGINE_SCOPE } from '../../core/domain/access.ts'
import type { Instant } from '../../core/domain/time.ts'
import type { Engine } from '../../core/engine/context.ts'
import { acceptEvents } from '../../core/engine/intake.ts'
import { runTally } from '../../core/engine/tally.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { drainIngest } from '../../workers/ingest.ts'

/** One invented complaint as a source system sends it. */
export interface Complaint {
  readonly no: string
  readonly at: Instant
  readonly customer?: string
  readonly province?: string
  readonly region?: string
  readonly phenomenon?: string
  readonly payload?: Readonly<Record<string, unknown>>
}

const iso = (at: Instant) => new Date(at).toISOString()

/** The `created` event of a complaint, in envelope form. */
export function createdEvent({
  no,
  at,
  customer = no,
  province = '32',
  region = '320500',
  phenomenon = '无法上网',
  payload,
}: Complaint): Record<string, unknown> {
  return {
    event_id: `${no}-created`,
    event_type: 'created',
    ticket_id: no,
    occurred_at: iso(at),
    source_system: 'eoms',
    province_code: province,
    schema_version: 1,
    payload: {
      kind: 'complaint',
      channel: 'hotline',
      source_category: 'province_complaint',
      urgency: 'normal',
      region_code: region,
      phenomenon_l1: '宽带',
      phenomenon_l2: phenomenon,
      product_l1: '宽带',
      content_text: '宽带上不了网',
      customer_id: `invented-${customer}`,
      ...payload,
    },
  }
}

/** A later event of a complaint. */
export function laterEvent(
  { no, province = '32' }: Complaint,
  type: string,
  at: Instant,
  payload: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    event_id: `${no}-${type}-${at}`,
    event_type: type,
    ticket_id: no,
    occurred_at: iso(at),
    source_system: 'eoms',
    province_code: province,
    schema_version: 1,
    payload,
  }
}

/** Sends items through the real intake, folds and counts them, all as of `now`; throws when one is refused. */
export async function takeIn(engine: Engine, items: readonly Record<string, unknown>[], now: Instant): Promise<void> {
  const answer = await acceptEvents(engine, items, { source: 'test', scope: ENGINE_SCOPE, now })
  const refused = answer.items.find((item) => item.outcome === 'refused')
  if (refused !== undefined) throw new Error(`refused: ${JSON.stringify(refused)}`)
  await drainIngest(engine, new ManualClock(now))
  await runTally(engine, now)
}

/** `count` instants spread evenly over `[from, to)`, the first at `from`. */
export const spread = (from: Instant, to: Instant, count: number): Instant[] =>
  Array.from({ length: count }, (_, index) => from + Math.floor(((to - from) * index) / count))
