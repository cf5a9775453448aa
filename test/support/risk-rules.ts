import { RISK_RULES } from '../../core/domain/risk/catalogue.ts'
import { DEFAULT_RISK_PARAMETERS } from '../../core/domain/risk/reading.ts'
import type { Sql } from '../../core/platform/database.ts'

/** Has only these risk rules on, in the place of the first settings, before an engine has read them. */
export async function setRiskRules(sql: Sql, ...ids: readonly string[]): Promise<void> {
  const body = {
    ...DEFAULT_RISK_PARAMETERS,
    batch: { ...DEFAULT_RISK_PARAMETERS.batch, enabled: ids.includes('MR-01') },
    surge: { ...DEFAULT_RISK_PARAMETERS.surge, enabled: ids.includes('MR-02') },
    disabledRules: RISK_RULES.map(({ id }) => id).filter((id) => !ids.includes(id)),
  }
  await sql.query(`update config_version set body = $1 where kind = 'risk' and version = 1`, [JSON.stringify(body)])
}
