import type { RegionNode } from '../../core/domain/region.ts'

/** Puts a marked check of an alert, a list of a unit and a silence of one province where they are kept. */
export async function plantWork(
  run: (sql: string, values?: unknown[]) => Promise<unknown>,
  of: { readonly province: string; readonly mark: string; readonly city: RegionNode; readonly at: string; readonly ticketKey: string; readonly alertId: string; readonly userId: string },
): Promise<void> {
  const { province, mark, city, at, ticketKey, alertId, userId } = of
  await run(`insert into alert_limit (alert_id, clock, due_at, severity) values ($1, 'ack', $2, 3)`, [alertId, at])
  await run(`insert into self_audit_finding (alert_id, kind, due_at, found_at) values ($1, 'overdue', $2, $2)`, [alertId, at])
  await run(
    `insert into missed_risk (found_at, found_by, region_code, region_path, matter, recorded_by, recorded_at) values ($1, 'press', $2, $3, $4, $5, $1)`,
    [at, city.code, city.path, mark, userId],
  )
  await run(`insert into alert_check (alert_id, result, measure, note, checked_by, checked_at) values ($1, 'confirmed', 'reminder', $2, $3, $4)`, [alertId, mark, userId, at])
  const ticket = { ticketKey, ticketNo: mark, provinceCode: province, regionCode: city.code, unitId: mark, level: 2, rules: ['AT-01'], deadlineAt: null }
  await run('insert into unit_list (slot_at, made_at, unit_id, province_code, region_path, tickets) values ($1, $1, $2, $3, $4, $5)', [at, mark, province, city.path, JSON.stringify([ticket])])
  await run('insert into silent_stretch (province_code, from_at) values ($1, $2)', [`p${mark}`, at])
}
