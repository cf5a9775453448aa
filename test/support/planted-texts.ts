import type { RegionNode } from '../../core/domain/region.ts'

/** Two customers' texts of one province, in a cluster that all provinces share. */
export async function plantTexts(
  run: (sql: string, values?: unknown[]) => Promise<Record<string, unknown> | undefined>,
  { province, mark, city, at, ticketKey }: { province: string; mark: string; city: RegionNode; at: string; ticketKey: string },
): Promise<void> {
  const known = await run('update text_cluster set medoid = $1 returning id', [ticketKey])
  const cluster =
    known ??
    (await run(`insert into text_cluster (oldest, medoid, first_at, last_at, size) values ($1, $1, $2::timestamptz - interval '1 minute', $2, 4) returning id`, [ticketKey, at]))
  await run('insert into text_band values ($1, array[1], array[1], $2) on conflict do nothing', [cluster?.['id'], at])
  for (const key of [ticketKey, `${ticketKey} 2`]) {
    await run(`insert into text_signature values ($1, $2, $3::timestamptz - interval '1 minute', 'complaint', $4, $5, $1, $6, $6, false, $6)`, [key, cluster?.['id'], at, province, city.path, mark])
  }
  await run('insert into text_check (ticket_key, accepted_at) values ($1, $2)', [ticketKey, at])
}
