import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** A silence of a province: from its last event before it, until it was heard of again. */
export interface SilentStretch {
  readonly provinceCode: string
  readonly fromAt: Instant
  readonly heardAt: Instant
}

/** Notes which provinces are silent at a tick: new stretches begin with the province's last event, and those that are heard of again say when. */
export async function noteSilence(tx: Tx, silent: readonly string[], tickAt: Instant): Promise<void> {
  const values = silent.length === 0 ? [] : [joined(silent)]
  if (silent.length > 0) {
    await tx.query(
      `insert into silent_stretch as s (province_code, from_at)
       select province_code, last_occurred_at from province_feed where province_code = any(${column('$1')}) order by province_code
       on conflict (province_code) do update set heard_at = null where s.heard_at is not null`,
      values,
    )
  }
  const isHeard = silent.length === 0 ? '' : ` and province_code <> all(${column('$2')})`
  await tx.query(`update silent_stretch set heard_at = ${instantOf('$1')} where heard_at is null${isHeard}`, [tickAt, ...values])
}

/** The stretches that ended at or before `heardBy`. */
export async function loadEndedStretches(sql: Sql, heardBy: Instant): Promise<SilentStretch[]> {
  const { rows } = await sql.query<SilentStretch>(
    `select province_code as "provinceCode", from_at as "fromAt", heard_at as "heardAt" from silent_stretch where heard_at <= ${instantOf('$1')} order by province_code`,
    [heardBy],
  )
  return rows
}

/** Takes a stretch away, in the transaction that deals with it; false where it is gone, or has gone on. */
export async function takeStretch(tx: Tx, { provinceCode, heardAt }: SilentStretch): Promise<boolean> {
  const { rowCount } = await tx.query(`delete from silent_stretch where province_code = $1 and heard_at = ${instantOf('$2')}`, [provinceCode, heardAt])
  return rowCount === 1
}
