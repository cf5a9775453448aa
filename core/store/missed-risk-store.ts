import type { MissFinder } from '../domain/risk/missed.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { instantOf } from './columns.ts'

export interface MissedRiskRow {
  readonly id: string
  readonly regionCode: string
  readonly foundAt: Instant
  readonly foundBy: MissFinder
  readonly matter: string
  readonly ruleId: string | null
  readonly recordedAt: Instant
  readonly recordedByName: string
  readonly withdrawnAt: Instant | null
  readonly withdrawnReason: string | null
}

const COLUMNS = `m.id::text, m.region_code as "regionCode", m.found_at as "foundAt", m.found_by as "foundBy", m.matter, m.rule_id as "ruleId", m.recorded_at as "recordedAt",
  u.display_name as "recordedByName", m.withdrawn_at as "withdrawnAt", m.withdrawn_reason as "withdrawnReason"`

/** Entries of a scope whose risks were found at or after `since`, the latest found first, withdrawn ones too. */
export async function listMissedRisks(sql: Sql, scope: Scope, since: Instant, limit: number): Promise<MissedRiskRow[]> {
  const { rows } = await sql.query<MissedRiskRow>(
    `select ${COLUMNS} from missed_risk m join app_user u on u.id = m.recorded_by
      where m.region_path ^@ $1 and m.found_at >= ${instantOf('$2')} order by m.found_at desc, m.id desc limit $3`,
    [scope.path, since, limit],
  )
  return rows
}

type NewMissedRisk = Pick<MissedRiskRow, 'regionCode' | 'foundAt' | 'foundBy' | 'matter' | 'ruleId'> & { readonly regionPath: string; readonly userId: string }

/** Enters one. */
export async function insertMissedRisk(tx: Tx, risk: NewMissedRisk, at: Instant): Promise<MissedRiskRow> {
  const { rows } = await tx.query<MissedRiskRow>(
    `with m as (
       insert into missed_risk (found_at, found_by, region_code, region_path, matter, rule_id, recorded_by, recorded_at)
       values (${instantOf('$1')}, $2, $3, $4, $5, $6, $7, ${instantOf('$8')}) returning *)
     select ${COLUMNS} from m join app_user u on u.id = m.recorded_by`,
    [risk.foundAt, risk.foundBy, risk.regionCode, risk.regionPath, risk.matter, risk.ruleId, risk.userId, at],
  )
  return rows[0] as MissedRiskRow
}

/** Withdraws an entry of the scope that stands; an entry that was withdrawn stays as it is. Null when there is none such. */
export async function withdrawMissedRisk(
  tx: Tx,
  scope: Scope,
  id: string,
  { userId, reason, at }: { readonly userId: string; readonly reason: string; readonly at: Instant },
): Promise<MissedRiskRow | null> {
  await tx.query(
    `update missed_risk set withdrawn_at = ${instantOf('$3')}, withdrawn_by = $4, withdrawn_reason = $5
      where id = $1 and region_path ^@ $2 and withdrawn_at is null`,
    [id, scope.path, at, userId, reason],
  )
  const { rows } = await tx.query<MissedRiskRow>(
    `select ${COLUMNS} from missed_risk m join app_user u on u.id = m.recorded_by where m.id = $1 and m.region_path ^@ $2`,
    [id, scope.path],
  )
  return rows[0] ?? null
}
