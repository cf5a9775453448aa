import type { ProviderKind } from '../domain/notification/contact.ts'
import { type Outcome, written } from '../domain/notification/outcome.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { Sql, Tx } from '../platform/database.ts'

/** A provider as administrators see it; its secrets are not part of it. */
export interface ProviderRow {
  readonly id: string
  readonly kind: ProviderKind
  readonly regionCode: string
  readonly url: string
  readonly account: string
  readonly sender: string
  readonly perMinute: number
  /** Replies of this gateway, or pressed buttons of these cards, come back to us (docs/adr/0037). */
  readonly takesAnswers: boolean
  readonly isEnabled: boolean
  readonly createdAt: Instant
  readonly updatedAt: Instant
  /** A test was asked for and has not been made yet. */
  readonly isBeingTested: boolean
  readonly provedAt: Instant | null
  readonly proofOk: boolean | null
  readonly proof: string | null
}

/** What a call needs of a provider. */
export interface ProviderTarget extends Pick<ProviderRow, 'id' | 'kind' | 'url' | 'account' | 'sender' | 'perMinute' | 'takesAnswers'> {
  /** Sealed with core/platform/seal.ts in the context of `id`: JSON of `token` and `secret`. */
  readonly secretsSealed: string
}

const TARGET = `p.id, p.kind, p.url, p.account, p.sender, p.per_minute as "perMinute", p.takes_answers as "takesAnswers", p.secrets_sealed as "secretsSealed"`
const ROW = `p.id, p.kind, p.region_code as "regionCode", p.url, p.account, p.sender, p.per_minute as "perMinute", p.takes_answers as "takesAnswers", p.is_enabled as "isEnabled",
  p.created_at as "createdAt", p.updated_at as "updatedAt", p.test_for is not null as "isBeingTested", p.proved_at as "provedAt", p.proof_ok as "proofOk", p.proof`

/** The providers of a scope, oldest first. */
export async function loadProviders(sql: Sql, scope: Scope): Promise<ProviderRow[]> {
  const { rows } = await sql.query<ProviderRow>(
    `select ${ROW} from provider p join region g on g.code = p.region_code where g.path ^@ $1 order by p.created_at, p.id`,
    [scope.path],
  )
  return rows
}

/** One provider of a scope, locked. */
export async function lockProvider(tx: Tx, scope: Scope, id: string): Promise<(ProviderRow & { readonly secretsSealed: string }) | undefined> {
  const { rows } = await tx.query<ProviderRow & { secretsSealed: string }>(
    `select ${ROW}, p.secrets_sealed as "secretsSealed" from provider p join region g on g.code = p.region_code where p.id = $1::uuid and g.path ^@ $2 for update of p`,
    [id, scope.path],
  )
  return rows[0]
}

/** Adds a provider or puts it anew; a changed one has to be proved again. */
export async function saveProvider(
  tx: Tx,
  provider: Omit<ProviderTarget, 'kind'> & Pick<ProviderRow, 'kind' | 'regionCode' | 'isEnabled'>,
  now: Instant,
): Promise<void> {
  await tx.query(
    `insert into provider (id, kind, region_code, url, account, sender, secrets_sealed, per_minute, is_enabled, takes_answers, created_at, updated_at)
     values ($1::uuid, $2, $3, $4, $5, $6, $7, $8, $9, $11, to_timestamp($10::float8 / 1000), to_timestamp($10::float8 / 1000))
     on conflict (id) do update set url = excluded.url, account = excluded.account, sender = excluded.sender, secrets_sealed = excluded.secrets_sealed,
       per_minute = excluded.per_minute, is_enabled = excluded.is_enabled, takes_answers = excluded.takes_answers, updated_at = excluded.updated_at, proved_at = null, proof_ok = null, proof = null`,
    [
      provider.id, provider.kind, provider.regionCode, provider.url, provider.account, provider.sender, provider.secretsSealed,
      provider.perMinute, provider.isEnabled, now, provider.takesAnswers,
    ],
  )
}

/** Those in use for alerts at `regionPath`, the nearest region's first, then the oldest; for the engine. */
export async function findProviders(sql: Sql, kinds: readonly ProviderKind[], regionPath: string): Promise<ProviderTarget[]> {
  const { rows } = await sql.query<ProviderTarget>(
    `select ${TARGET} from provider p join region g on g.code = p.region_code
      where p.is_enabled and $1 ^@ g.path and p.kind = any ($2::text[]) order by length(g.path) desc, p.created_at, p.id`,
    [regionPath, kinds],
  )
  return rows
}

/** A provider in use by its id, for the engine. */
export async function loadProvider(sql: Sql, id: string): Promise<ProviderTarget | undefined> {
  const { rows } = await sql.query<ProviderTarget>(`select ${TARGET} from provider p where p.id = $1::uuid and p.is_enabled`, [id])
  return rows[0]
}

/** Asks a worker for a test to this person. */
export async function askForTest(tx: Tx, id: string, userId: string): Promise<void> {
  await tx.query('update provider set test_for = $2::uuid where id = $1::uuid', [id, userId])
}

/** The next test that was asked for, taken: nobody else makes it. */
export async function takeTest(sql: Sql): Promise<(ProviderTarget & { readonly userId: string }) | undefined> {
  const { rows } = await sql.query<ProviderTarget & { userId: string }>(
    `update provider p set test_for = null from (select id, test_for from provider where test_for is not null limit 1 for update skip locked) asked
      where p.id = asked.id returning ${TARGET}, asked.test_for as "userId"`,
  )
  return rows[0]
}

/** What became of a test. */
export async function saveProof(sql: Sql, id: string, proof: { readonly ok: boolean; readonly outcome: Outcome }, at: Instant): Promise<void> {
  await sql.query('update provider set proved_at = to_timestamp($2::float8 / 1000), proof_ok = $3, proof = $4 where id = $1::uuid', [
    id,
    at,
    proof.ok,
    written(proof.outcome),
  ])
}
