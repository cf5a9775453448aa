import { RISK_RULES } from '../../core/domain/risk/catalogue.ts'
import { switched } from '../../core/domain/risk/parameters.ts'
import { DEFAULT_RISK_PARAMETERS, type RiskParameters } from '../../core/domain/risk/reading.ts'
import type { Sql } from '../../core/platform/database.ts'

/** Settings with only these risk rules on. */
export const onlyRiskRules = (settings: RiskParameters, ids: readonly string[]): RiskParameters =>
  RISK_RULES.reduce((held, { id }) => switched(id, ids.includes(id), held), settings)

/** Has only these risk rules on, in the place of the first settings, before an engine has read them. */
export async function setRiskRules(sql: Sql, ...ids: readonly string[]): Promise<void> {
  await sql.query(`update config_version set body = $1 where kind = 'risk' and version = 1`, [JSON.stringify(onlyRiskRules(DEFAULT_RISK_PARAMETERS, ids))])
}
