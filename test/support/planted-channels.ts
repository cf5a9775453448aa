import { randomUUID } from 'node:crypto'
import type { RegionNode } from '../../core/domain/region.ts'

/** How the planted person is reached, through whom, and a limit that he has drawn on. Returns the provider's id. */
export async function plantChannels(
  run: (sql: string, values?: unknown[]) => Promise<Record<string, unknown>>,
  { mark, city, at, userId }: { mark: string; city: Pick<RegionNode, 'code'>; at: string; userId: string },
): Promise<string> {
  const id = randomUUID()
  await run('insert into user_contact (user_id, sealed, preferred_im, updated_at) values ($1, $2, null, $3)', [userId, mark, at])
  await run(
    `insert into provider (id, kind, region_code, url, account, sender, secrets_sealed, per_minute, is_enabled, created_at, updated_at)
     values ($1, 'sms_gateway', $2, $3, $4, $4, $4, 60, true, $5, $5)`,
    [id, city.code, `https://${mark.toLowerCase()}.example/sms`, mark, at],
  )
  await run('insert into send_limit (name, tokens, at) values ($1, 1, $2)', [`provider ${id} ${mark}`, at])
  await run('insert into push_subscription (id, user_id, endpoint_hash, host, sealed, created_at) values ($1, $2, $3, $3, $3, $4)', [randomUUID(), userId, mark, at])
  await run("insert into page_answer (provider_id, event_hash, at, outcome, said_zh, said_en) values ($1, $2, $3, 'unknown', $2, $2)", [id, mark, at])
  return id
}
