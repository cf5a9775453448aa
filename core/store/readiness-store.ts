import type { ProviderKind } from '../domain/notification/contact.ts'
import type { ChannelProof } from '../domain/oncall/readiness.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { ChannelName, Role } from '../domain/vocabulary.ts'
import type { Sql } from '../platform/database.ts'
import { instantOf } from './columns.ts'

/** An account that could be called. */
export interface ReadyPerson {
  readonly userId: string
  readonly name: string
  readonly role: Role
  readonly regionCode: string
}

/** The accounts of a subtree of the scope that are in use, by region, role and name. */
export async function loadReadyPeople(sql: Sql, scope: Scope, regionPath: string): Promise<ReadyPerson[]> {
  const { rows } = await sql.query<ReadyPerson>(
    `select u.id as "userId", u.display_name as name, u.role, u.region_code as "regionCode" from app_user u join region r on r.code = u.region_code
      where r.path ^@ $1 and r.path ^@ $2 and u.disabled_at is null order by r.path, u.role, u.login`,
    [scope.path, regionPath],
  )
  return rows
}

/** What last came to a person by a channel; of one channel a receipt and a test may both be there. */
export interface ProofRow extends ChannelProof {
  readonly userId: string
  readonly channel: ChannelName
}

/** The last receipt or answer, and the last test that was taken or came, of each person and channel. */
export async function loadProofs(sql: Sql, userIds: readonly string[]): Promise<ProofRow[]> {
  if (userIds.length === 0) return []
  const { rows } = await sql.query<ProofRow>(
    `(select distinct on (o.target, o.channel) o.target as "userId", o.channel, o.delivered_at as at,
             case when o.read_at is not null or o.link_used_at is not null then 'answered' else 'delivered' end as how
        from outbox o where o.target = any ($1::text[]) and o.delivered_at is not null order by o.target, o.channel, o.delivered_at desc)
     union all
     (select distinct on (t.user_id, t.channel) t.user_id::text, t.channel, coalesce(t.delivered_at, t.done_at),
             case when t.delivered_at is null then 'test' else 'delivered' end
        from contact_test t where t.user_id = any ($1::uuid[]) and t.ok order by t.user_id, t.channel, t.asked_at desc)`,
    [userIds],
  )
  return rows
}

/** When these people's contacts were last changed; whoever has none is left out. */
export async function loadContactTimes(sql: Sql, userIds: readonly string[]): Promise<Map<string, Instant>> {
  if (userIds.length === 0) return new Map()
  const { rows } = await sql.query<{ userId: string; at: Instant }>('select user_id as "userId", updated_at as at from user_contact where user_id = any ($1::uuid[])', [userIds])
  return new Map(rows.map(({ userId, at }) => [userId, at]))
}

/** The kinds of providers in use for alerts at these regions: their own and those above; a region without any is left out. For the engine. */
export async function loadKindsInUse(sql: Sql, regionCodes: readonly string[]): Promise<{ regionCode: string; kind: ProviderKind }[]> {
  const { rows } = await sql.query<{ regionCode: string; kind: ProviderKind }>(
    `select distinct a.code as "regionCode", p.kind
       from region a join region g on a.path ^@ g.path join provider p on p.region_code = g.code
      where a.code = any ($1::text[]) and p.is_enabled`,
    [regionCodes],
  )
  return rows
}

/** Whether any provider is in use anywhere. */
export async function hasProvider(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ found: boolean }>('select exists (select from provider where is_enabled) as found')
  return rows[0]?.found === true
}

/** A test that somebody asked for. */
export interface ContactTest {
  /** Also the delivery id that the provider is given. */
  readonly id: string
  readonly userId: string
  readonly channel: ChannelName
  readonly regionPath: string
}

/** Asks a worker for a test; false where the last one of the channel was asked for after `notBefore`. The caller has locked the person. */
export async function insertContactTest(sql: Sql, test: Omit<ContactTest, 'regionPath'>, at: Instant, notBefore: Instant): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into contact_test (id, user_id, channel, asked_at) select $1::uuid, $2::uuid, $3, ${instantOf('$4')}
      where not exists (select from contact_test where user_id = $2::uuid and channel = $3 and asked_at > ${instantOf('$5')})`,
    [test.id, test.userId, test.channel, at, notBefore],
  )
  return rowCount === 1
}

/** The next test that was asked for, taken: nobody else makes it. */
export async function takeContactTest(sql: Sql, at: Instant): Promise<ContactTest | undefined> {
  const { rows } = await sql.query<ContactTest>(
    `update contact_test t set taken_at = ${instantOf('$1')}
       from (select id from contact_test where taken_at is null order by asked_at limit 1 for update skip locked) asked, app_user u, region r
      where t.id = asked.id and u.id = t.user_id and r.code = u.region_code
      returning t.id, t.user_id as "userId", t.channel, r.path as "regionPath"`,
    [at],
  )
  return rows[0]
}

/** What the provider said of a test. */
export async function saveContactTest(sql: Sql, id: string, result: { readonly ok: boolean; readonly outcome: string }, at: Instant): Promise<void> {
  await sql.query(`update contact_test set done_at = ${instantOf('$4')}, ok = $2, outcome = $3 where id = $1::uuid`, [id, result.ok, result.outcome, at])
}

/** A gateway's receipt of a test; false where it is none. */
export async function markContactTest(sql: Sql, id: string, channel: ChannelName, at: Instant): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update contact_test set delivered_at = coalesce(delivered_at, ${instantOf('$3')}), ok = true where id = $1::uuid and channel = $2 and taken_at is not null`,
    [id, channel, at],
  )
  return rowCount === 1
}

/** The last test of each channel of a person. */
export async function loadContactTests(sql: Sql, userId: string): Promise<{ channel: ChannelName; askedAt: Instant; doneAt: Instant | null; ok: boolean | null; outcome: string | null }[]> {
  const { rows } = await sql.query<{ channel: ChannelName; askedAt: Instant; doneAt: Instant | null; ok: boolean | null; outcome: string | null }>(
    `select distinct on (channel) channel, asked_at as "askedAt", done_at as "doneAt", ok, outcome from contact_test
      where user_id = $1::uuid order by channel, asked_at desc`,
    [userId],
  )
  return rows
}

/** Forgets tests that were asked for before `before`. */
export async function pruneContactTests(sql: Sql, before: Instant): Promise<void> {
  await sql.query(`delete from contact_test where asked_at < ${instantOf('$1')}`, [before])
}
