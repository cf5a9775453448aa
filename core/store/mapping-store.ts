import type { DictionaryField, MappedField } from '../domain/dictionary/dictionary.ts'
import type { Scope } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import { advisoryLock, type Sql, type Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** A line of the mapping table, with how far what it touches has been read again. */
export interface MappingRow {
  readonly id: string
  readonly sourceSystem: string
  readonly field: MappedField
  readonly sourceCode: string
  readonly code: string
  readonly regionCode: string
  readonly regionPath: string
  readonly effectiveFrom: Instant
  readonly effectiveTo: Instant | null
  readonly createdBy: string
  readonly reason: string
  readonly createdAt: Instant
  readonly replayed: number
  readonly stillRefused: number
  readonly corrected: number
  readonly finishedAt: Instant | null
}

export type NewMapping = Pick<
  MappingRow,
  'sourceSystem' | 'field' | 'sourceCode' | 'code' | 'regionCode' | 'regionPath' | 'effectiveFrom' | 'effectiveTo' | 'createdBy' | 'reason'
>

const SELECT = `select id::text as id, source_system as "sourceSystem", field, source_code as "sourceCode", code, region_code as "regionCode",
  region_path as "regionPath", effective_from as "effectiveFrom", effective_to as "effectiveTo", created_by as "createdBy", reason,
  created_at as "createdAt", replayed, still_refused as "stillRefused", corrected, finished_at as "finishedAt" from mapping`

/** Every line, for the door. */
export async function loadMappings(sql: Sql): Promise<MappingRow[]> {
  const { rows } = await sql.query<MappingRow>(`${SELECT} order by id`)
  return rows
}

/** Lines for the scope's own regions, newest first. */
export async function listMappings(sql: Sql, scope: Scope, beforeId: string | null, limit: number): Promise<MappingRow[]> {
  const { rows } = await sql.query<MappingRow>(
    `${SELECT} where region_path ^@ $1 and ($2::bigint is null or mapping.id < $2) order by mapping.id desc limit $3`,
    [scope.path, beforeId, limit],
  )
  return rows
}

/** Adds a line and returns its id; null where one for that code begins at the same instant. An open line for the same code ends where this begins. */
export async function insertMapping(tx: Tx, mapping: NewMapping, at: Instant): Promise<string | null> {
  const key = [mapping.sourceSystem, mapping.field, mapping.sourceCode, mapping.regionCode, mapping.effectiveFrom]
  const { rows } = await tx.query<{ id: string }>(
    `insert into mapping (source_system, field, source_code, region_code, effective_from, code, region_path, effective_to, created_by, reason, created_at)
     values ($1, $2, $3, $4, ${instantOf('$5')}, $6, $7, ${instantOf('$8')}, $9, $10, ${instantOf('$11')})
     on conflict do nothing returning id::text as id`,
    [...key, mapping.code, mapping.regionPath, mapping.effectiveTo, mapping.createdBy, mapping.reason, at],
  )
  const id = rows[0]?.id ?? null
  if (id === null) return null
  await tx.query(
    `update mapping set effective_to = ${instantOf('$5')} where source_system = $1 and field = $2 and source_code = $3 and region_code = $4
        and effective_from < ${instantOf('$5')} and effective_to is null`,
    key,
  )
  return id
}

/**
 * Locks the oldest line that is not finished (or the one named); null where there is none. One line is worked on at a time: two that mend two
 * codes of one event would overwrite each other.
 */
export async function lockUnfinishedMapping(tx: Tx, id: string | null): Promise<(MappingRow & { readonly quarantineAfter: string }) | null> {
  await advisoryLock(tx, 'tocsin:mapping')
  const { rows } = await tx.query<MappingRow & { quarantineAfter: string }>(
    `${SELECT.replace(' from mapping', ', quarantine_after::text as "quarantineAfter" from mapping')}
      where finished_at is null and ($1::bigint is null or mapping.id = $1) order by mapping.id limit 1 for update`,
    [id],
  )
  return rows[0] ?? null
}

/** Writes down how far a line's re-reading has come. */
export async function advanceMapping(
  tx: Tx,
  id: string,
  step: {
    readonly quarantineAfter: string
    readonly replayed: number
    readonly stillRefused: number
    readonly corrected: number
    readonly finishedAt: Instant | null
  },
): Promise<void> {
  await tx.query(
    `update mapping set quarantine_after = $2, replayed = replayed + $3, still_refused = still_refused + $4, corrected = corrected + $5,
            finished_at = ${instantOf('$6')} where id = $1`,
    [id, step.quarantineAfter, step.replayed, step.stillRefused, step.corrected, step.finishedAt],
  )
}

/** One code of a stored event that no dictionary knows. */
export interface UnmappedEvent {
  readonly sourceSystem: string
  readonly eventId: string
  readonly field: DictionaryField
  readonly sourceCode: string
  readonly provinceCode: string
  readonly ticketKey: string
  readonly occurredAt: Instant
}

/** Remembers unknown codes; each (source system, event, field) once. */
export async function insertUnmapped(tx: Tx, rows: readonly UnmappedEvent[]): Promise<void> {
  if (rows.length === 0) return
  await tx.query(
    `insert into unmapped_event (source_system, event_id, field, source_code, province_code, ticket_key, occurred_at)
     select source_system, event_id, field, source_code, province_code, ticket_key, ${instantOf('occurred_at')}
       from unnest(${[1, 2, 3, 4, 5, 6, 7].map((index) => column(`$${index}`)).join(', ')})
         as i (source_system, event_id, field, source_code, province_code, ticket_key, occurred_at)
     on conflict do nothing`,
    [
      joined(rows.map((row) => row.sourceSystem)),
      joined(rows.map((row) => row.eventId)),
      joined(rows.map((row) => row.field)),
      joined(rows.map((row) => row.sourceCode)),
      joined(rows.map((row) => row.provinceCode)),
      joined(rows.map((row) => row.ticketKey)),
      joined(rows.map((row) => row.occurredAt)),
    ],
  )
}

/** Takes up to `limit` stored unknown codes that a line mends; they are gone unless the transaction fails. */
export async function takeUnmapped(tx: Tx, mapping: NewMapping, limit: number): Promise<UnmappedEvent[]> {
  const { rows } = await tx.query<UnmappedEvent>(
    `delete from unmapped_event u using (
       select e.source_system, e.event_id, e.field from unmapped_event e join region r on r.code = e.province_code
        where e.source_system = $1 and e.field = $2 and e.source_code = $3 and r.path ^@ $4
          and e.occurred_at >= ${instantOf('$5')} and ($6::float8 is null or e.occurred_at < ${instantOf('$6')})
        order by e.occurred_at, e.event_id limit $7 for update of e skip locked) t
      where u.source_system = t.source_system and u.event_id = t.event_id and u.field = t.field
     returning u.source_system as "sourceSystem", u.event_id as "eventId", u.field, u.source_code as "sourceCode", u.province_code as "provinceCode",
       u.ticket_key as "ticketKey", u.occurred_at as "occurredAt"`,
    [mapping.sourceSystem, mapping.field, mapping.sourceCode, mapping.regionPath, mapping.effectiveFrom, mapping.effectiveTo, limit],
  )
  return rows
}

/** A code that waits for a mapping. */
export interface UnmappedCode {
  readonly sourceSystem: string
  readonly field: DictionaryField
  readonly sourceCode: string
  readonly provinceCode: string
  readonly events: number
}

/** Unknown codes of the scope's stored events, the most frequent first. */
export async function listUnmappedCodes(sql: Sql, scope: Scope, limit: number): Promise<UnmappedCode[]> {
  const { rows } = await sql.query<UnmappedCode>(
    `select u.source_system as "sourceSystem", u.field, u.source_code as "sourceCode", u.province_code as "provinceCode", count(*)::int as events
       from unmapped_event u join region r on r.code = u.province_code where r.path ^@ $1
      group by 1, 2, 3, 4 order by 5 desc, 1, 2, 3, 4 limit $2`,
    [scope.path, limit],
  )
  return rows
}
