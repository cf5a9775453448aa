import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { atLocal, type Instant, type Zone } from '../domain/time.ts'

/**
 * How the rows of a foreign file become events. The map is a YAML document (docs/import.md); one field is a column name, a constant,
 * a translated column, or a template over columns.
 */
const FieldSource = Type.Union([
  Type.String(),
  Type.Object(
    {
      column: Type.Optional(Type.String()),
      value: Type.Optional(Type.Unknown()),
      template: Type.Optional(Type.String()),
      translate: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
      default: Type.Optional(Type.Unknown()),
      type: Type.Optional(Type.Union([Type.Literal('text'), Type.Literal('integer'), Type.Literal('boolean')])),
    },
    { additionalProperties: false },
  ),
])
type FieldSource = Static<typeof FieldSource>

const EventMap = Type.Object(
  {
    event_type: FieldSource,
    event_id: Type.Optional(FieldSource),
    occurred_at: FieldSource,
    /** The event exists only where this column is not empty. */
    when: Type.Optional(Type.String()),
    source_seq: Type.Optional(FieldSource),
    actor_type: Type.Optional(FieldSource),
    actor_id: Type.Optional(FieldSource),
    unit_id: Type.Optional(FieldSource),
    corrects_event_id: Type.Optional(FieldSource),
    payload: Type.Optional(Type.Record(Type.String(), FieldSource)),
  },
  { additionalProperties: false },
)

export const RowMap = Type.Object(
  {
    format: Type.Optional(Type.Union([Type.Literal('csv'), Type.Literal('ndjson')])),
    delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
    encoding: Type.Optional(Type.Union([Type.Literal('utf-8'), Type.Literal('gb18030')])),
    row: Type.Union([Type.Literal('ticket'), Type.Literal('event')]),
    zone: Type.Optional(Type.String()),
    time_format: Type.String({ minLength: 1 }),
    source_system: FieldSource,
    province_code: FieldSource,
    /** Rows of notices (incident.*, call.ended …) have none: each of their events needs its `event_id` then. */
    ticket_id: Type.Optional(FieldSource),
    events: Type.Array(EventMap, { minItems: 1 }),
  },
  { additionalProperties: false },
)
export type RowMap = Static<typeof RowMap>

export type Row = Readonly<Record<string, unknown>>

/** Why a row, or one event of it, cannot go in. */
export interface RowRefusal {
  readonly field: string
  readonly expected: string
  readonly mend: string
}

export type MappedRow = { readonly ok: true; readonly items: readonly Record<string, unknown>[] } | { readonly ok: false; readonly refusal: RowRefusal }

/** Reads a parsed YAML document as a map; throws one error that names every fault of it. */
export function parseRowMap(document: unknown): RowMap {
  if (Value.Check(RowMap, document)) {
    if (document.row === 'event' && document.events.length !== 1) throw new Error('map: `row: event` needs exactly one entry under `events`')
    return document
  }
  const faults = Value.Errors(RowMap, document).map((error) => `${error.instancePath || '/'}: ${error.message}`)
  throw new Error(`map:\n  ${[...new Set(faults)].join('\n  ')}`)
}

const isEmpty = (value: unknown) => value === undefined || value === null || value === ''

function convert(value: unknown, type: 'text' | 'integer' | 'boolean' | undefined): unknown {
  if (type === 'integer' && typeof value === 'string' && /^-?\d+$/.test(value.trim())) return Number(value)
  if (type === 'boolean' && typeof value === 'string') return /^(1|y|yes|true|是)$/i.test(value.trim())
  return value
}

/** The value of one field for one row; undefined where the row has none. */
function read(source: FieldSource | undefined, row: Row): unknown {
  if (source === undefined) return undefined
  if (typeof source === 'string') return isEmpty(row[source]) ? undefined : row[source]
  if (source.template !== undefined) return source.template.replace(/\{([^{}]+)\}/g, (_all, column: string) => String(row[column] ?? ''))
  if (source.column === undefined) return source.value
  const raw = row[source.column]
  if (isEmpty(raw)) return source.default
  if (source.translate !== undefined) {
    const translated = source.translate[String(raw)]
    return translated === undefined ? source.default : translated
  }
  return convert(raw, source.type)
}

const PARTS: Readonly<Record<string, string>> = { yyyy: '(\\d{4})', MM: '(\\d{1,2})', dd: '(\\d{1,2})', HH: '(\\d{1,2})', mm: '(\\d{1,2})', ss: '(\\d{1,2})', SSS: '(\\d{1,3})' }

/**
 * A reader of times: `iso` (with offset), `epoch_s`, `epoch_ms`, or a pattern of yyyy MM dd HH mm ss SSS read in `zone`.
 * It returns null for a text that does not fit or a date that does not exist.
 */
export function timeReader(format: string, zone: Zone): (value: unknown) => Instant | null {
  if (format === 'epoch_s' || format === 'epoch_ms') {
    const factor = format === 'epoch_s' ? 1000 : 1
    return (value) => (/^\d{1,16}$/.test(String(value).trim()) ? Number(value) * factor : null)
  }
  if (format === 'iso') {
    return (value) => {
      const text = String(value).trim()
      const at = /(Z|[+-]\d{2}:?\d{2})$/i.test(text) ? Date.parse(text) : Number.NaN
      return Number.isNaN(at) ? null : at
    }
  }
  const order: string[] = []
  const escaped = format.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const pattern = escaped.replace(/yyyy|SSS|MM|dd|HH|mm|ss/g, (part) => {
    order.push(part)
    return PARTS[part] as string
  })
  const regex = new RegExp(`^\\s*${pattern}\\s*$`)
  return (value) => {
    const match = regex.exec(String(value))
    if (match === null) return null
    const part = (name: string, otherwise: number) => (order.includes(name) ? Number(match[order.indexOf(name) + 1]) : otherwise)
    const [year, month, day] = [part('yyyy', 1970), part('MM', 1), part('dd', 1)]
    const [hour, minute, second] = [part('HH', 0), part('mm', 0), part('ss', 0)]
    if (month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate() || hour > 23 || minute > 59 || second > 59) return null
    const date = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
    return atLocal(date, ((hour * 60 + minute) * 60 + second) * 1000 + part('SSS', 0), zone)
  }
}

const MISSING = (field: string, source: FieldSource | undefined): RowRefusal => ({
  field,
  expected: '非空 / a value',
  mend: `补齐该列或修改映射 ${JSON.stringify(source)} / fill the column or change the map`,
})

/**
 * A mapper from one row to its events in envelope form (domain.md 3.3), still unmasked: hand them to intake and nowhere else.
 * `zone` wins over the map's own zone, which wins over the deployment's.
 */
export function rowMapper(map: RowMap, zone: Zone): (row: Row) => MappedRow {
  const readTime = timeReader(map.time_format, zone)
  return (row) => {
    const head = { source_system: read(map.source_system, row), province_code: read(map.province_code, row), ticket_id: read(map.ticket_id, row) }
    for (const [field, value] of Object.entries(head)) {
      const isLeftOut = field === 'ticket_id' && map.ticket_id === undefined
      if (isEmpty(value) && !isLeftOut) return { ok: false, refusal: MISSING(field, map[field as keyof typeof head]) }
    }
    const items: Record<string, unknown>[] = []
    for (const event of map.events) {
      if (event.when !== undefined && isEmpty(row[event.when])) continue
      const type = read(event.event_type, row)
      if (isEmpty(type)) return { ok: false, refusal: MISSING('event_type', event.event_type) }
      const time = read(event.occurred_at, row)
      const at = isEmpty(time) ? null : readTime(time)
      if (at === null) {
        const expected = `时间格式 ${map.time_format} / a time like ${map.time_format}`
        return { ok: false, refusal: { field: 'occurred_at', expected, mend: '更正该行时间或映射的 time_format / mend the time or time_format of the map' } }
      }
      const ticketId = head.ticket_id === undefined ? null : String(head.ticket_id)
      const eventId = read(event.event_id, row)
      if (ticketId === null && isEmpty(eventId)) return { ok: false, refusal: MISSING('event_id', event.event_id) }
      const payload: Record<string, unknown> = {}
      for (const [field, source] of Object.entries(event.payload ?? {})) {
        const value = read(source, row)
        if (value !== undefined) payload[field] = value
      }
      const optional = { actor_type: event.actor_type, actor_id: event.actor_id, unit_id: event.unit_id, source_seq: event.source_seq, corrects_event_id: event.corrects_event_id }
      const item: Record<string, unknown> = {
        event_id: String(eventId ?? `${ticketId}:${String(type)}`),
        event_type: String(type),
        ...(ticketId === null ? {} : { ticket_id: ticketId }),
        occurred_at: new Date(at).toISOString(),
        source_system: String(head.source_system),
        province_code: String(head.province_code),
        payload,
      }
      for (const [field, source] of Object.entries(optional)) {
        const value = read(source, row)
        if (value !== undefined) item[field] = value
      }
      items.push(item)
    }
    return { ok: true, items }
  }
}
