import type { TextKind } from '../domain/near-duplicate/text-facts.ts'
import { unpackTicket } from '../domain/ticket/pack.ts'
import type { Ticket } from '../domain/ticket/ticket.ts'
import type { Instant } from '../domain/time.ts'
import type { Tx } from '../platform/database.ts'
import { column, instantOf, joined } from './columns.ts'

/** A text in its cluster. */
export interface TextSignature {
  readonly ticketKey: string
  readonly cluster: string
  readonly acceptedAt: Instant
  readonly kind: TextKind
  readonly provinceCode: string
  readonly regionPath: string
  readonly customerKey: string
  readonly contactKey: string | null
  readonly addressKey: string | null
  readonly isProxy: boolean
  /** What is compared: masked, normalised. */
  readonly said: string
}

const COLUMNS: readonly (readonly [name: string, value: (name: string) => string, read: (row: TextSignature) => string | number | boolean | null])[] = (() => {
  const text = (name: string) => name
  return [
    ['ticket_key', text, (row) => row.ticketKey],
    ['cluster', (name) => `${name}::bigint`, (row) => row.cluster],
    ['accepted_at', instantOf, (row) => row.acceptedAt],
    ['kind', text, (row) => row.kind],
    ['province_code', text, (row) => row.provinceCode],
    ['region_path', text, (row) => row.regionPath],
    ['customer_key', text, (row) => row.customerKey],
    ['contact_key', text, (row) => row.contactKey],
    ['address_key', text, (row) => row.addressKey],
    ['is_proxy', (name) => `${name}::boolean`, (row) => row.isProxy],
    ['said', text, (row) => row.said],
  ]
})()
const NAMES = COLUMNS.map(([name]) => name).join(', ')
const ITEMS = `unnest(${COLUMNS.map((_column, index) => column(`$${index + 1}`)).join(', ')}) as i (${NAMES})`

/** Writes texts with their clusters; one that is there is written anew. */
export async function saveSignatures(tx: Tx, rows: readonly TextSignature[]): Promise<void> {
  if (rows.length === 0) return
  await tx.query(
    `insert into text_signature (${NAMES}) select ${COLUMNS.map(([name, value]) => value(`i.${name}`)).join(', ')} from ${ITEMS} order by i.ticket_key
     on conflict (ticket_key) do update set ${COLUMNS.slice(1)
       .map(([name]) => `${name} = excluded.${name}`)
       .join(', ')}`,
    COLUMNS.map(([, , read]) => joined(rows.map(read))),
  )
}

/** The texts of these tickets that belong to a cluster. */
export async function loadSignatures(tx: Tx, ticketKeys: readonly string[]): Promise<Map<string, TextSignature>> {
  if (ticketKeys.length === 0) return new Map()
  const { rows } = await tx.query<TextSignature>(
    `select ticket_key as "ticketKey", cluster::text as cluster, accepted_at as "acceptedAt", kind, province_code as "provinceCode", region_path as "regionPath",
            customer_key as "customerKey", contact_key as "contactKey", address_key as "addressKey", is_proxy as "isProxy", said
       from text_signature where ticket_key = any(${column('$1')})`,
    [joined(ticketKeys)],
  )
  return new Map(rows.map((row) => [row.ticketKey, row]))
}

/** Takes texts out of their clusters and returns these, each once. */
export async function deleteSignatures(tx: Tx, ticketKeys: readonly string[]): Promise<string[]> {
  if (ticketKeys.length === 0) return []
  const { rows } = await tx.query<{ cluster: string }>(
    `with gone as (delete from text_signature where ticket_key = any(${column('$1')}) returning cluster)
     select distinct cluster::text as cluster from gone order by 1`,
    [joined(ticketKeys)],
  )
  return rows.map(({ cluster }) => cluster)
}

/** All texts of a cluster in the order of their acceptance. */
export async function loadMembers(tx: Tx, cluster: string): Promise<{ key: string; at: Instant }[]> {
  const { rows } = await tx.query<{ key: string; at: Instant }>(
    'select ticket_key as key, accepted_at as at from text_signature where cluster = $1 order by accepted_at, ticket_key collate "C"',
    [cluster],
  )
  return rows
}

/** What texts say. */
export async function loadSaid(tx: Tx, ticketKeys: readonly string[]): Promise<Map<string, string>> {
  if (ticketKeys.length === 0) return new Map()
  const { rows } = await tx.query<{ key: string; said: string }>(
    `select ticket_key as key, said from text_signature where ticket_key = any(${column('$1')})`,
    [joined(ticketKeys)],
  )
  return new Map(rows.map(({ key, said }) => [key, said]))
}

/** A ticket as it stands, with the place it counts at. */
export interface PlacedTicket {
  readonly ticket: Ticket
  readonly regionPath: string
}

/** These tickets as folded last; such as have been frozen hold no text. */
export async function loadPlacedTickets(tx: Tx, ticketKeys: readonly string[]): Promise<Map<string, PlacedTicket>> {
  if (ticketKeys.length === 0) return new Map()
  const { rows } = await tx.query<{ key: string; regionPath: string; fold: Partial<Ticket> }>(
    `select ticket_key as key, region_path as "regionPath", fold from ticket where ticket_key = any(${column('$1')})`,
    [joined(ticketKeys)],
  )
  return new Map(rows.map(({ key, regionPath, fold }) => [key, { ticket: unpackTicket(fold), regionPath }]))
}
