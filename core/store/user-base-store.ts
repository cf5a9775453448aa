import type { Scope } from '../domain/region.ts'
import type { UserBase } from '../domain/notice/user-base.ts'
import type { Sql } from '../platform/database.ts'

/** The subscriber bases of a month (`YYYY-MM`) in the scope, by region and product line (domain.md 2.2-6). */
export async function listUserBases(sql: Sql, scope: Scope, month: string): Promise<UserBase[]> {
  const { rows } = await sql.query<UserBase>(
    `select province_code as "provinceCode", region_code as "regionCode", month, product_line as "productLine", subscribers,
            reported_at as "reportedAt", source_system as "sourceSystem"
       from user_base where month = $1 and region_path ^@ $2 and not is_void order by region_path, product_line`,
    [month, scope.path],
  )
  return rows
}
