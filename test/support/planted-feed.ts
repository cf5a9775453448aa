import type { Pool } from '../../core/platform/database.ts'

/** A card as the feed carries it. */
export const aCard = (id: string, regionCode: string, mark: string) => ({
  id,
  kind: 'risk',
  ruleId: 'MR-02',
  severity: 2,
  state: 'open',
  regionCode,
  regionNameZh: mark,
  regionNameEn: mark,
  ticketNo: null,
  phenomenon: mark,
  ticketCount: 1,
  customerCount: 1,
  openedAt: 1,
  severitySince: 1,
  nextDueAt: null,
  nextDueWhat: null,
  ackedAt: null,
  ackedByName: null,
  needsAck: true,
  suppressedBy: null,
  proposedSeverity: null, isLateDetected: false, isStalled: false,
  version: 1,
})

export const someFigures = (regionCode: string, n: number, asOf: number) => ({
  regionCode,
  asOf,
  formulaVersion: 1,
  acceptedToday: n,
  baselineToday: null,
  baselineBasis: 'weeks',
  baselineDays: 0,
  open: n,
  overdue: n,
  feed: null,
})

/** Publishes one row of the feed and returns its seq. */
export async function publish(
  pool: Pool,
  row: { topic: string; regionCode: string; regionPath: string; userId?: string; payload: unknown },
  at: number,
): Promise<number> {
  const { rows } = await pool.query(
    `with held as (select pg_advisory_xact_lock(hashtextextended('tocsin:feed', 0))), written as (
       insert into feed (seq, at, topic, region_code, region_path, user_id, payload)
       select nextval('feed_seq'), to_timestamp($1::float8 / 1000), $2, $3, $4, $5::uuid, $6::jsonb from held returning seq)
     select seq, pg_notify('tocsin_feed', seq::text) from written`,
    [at, row.topic, row.regionCode, row.regionPath, row.userId ?? null, JSON.stringify(row.payload)],
  )
  return rows[0].seq as number
}
