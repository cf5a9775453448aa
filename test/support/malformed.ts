import { anItem, CREATED } from './items.ts'

type Random = () => number

const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T

/** JSON text that JSON.stringify would not write: huge numbers, repeated keys, bare control characters. */
class Raw {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

function write(value: unknown): string {
  if (value instanceof Raw) return value.text
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`
  if (value !== null && typeof value === 'object') {
    return `{${Object.entries(value).map(([key, held]) => `${JSON.stringify(key)}:${write(held)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}

const deep = (levels: number, isList: boolean): Raw => new Raw(isList ? `${'['.repeat(levels)}1${']'.repeat(levels)}` : `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)

const LONG = 'x'.repeat(1_000_000)

/** Values that no text field of the envelope takes, whatever it is for. */
const NO_TEXT: readonly unknown[] = [null, '', 7, 1.5, true, {}, [], ['x'], { a: 1 }, 'a\u0000b', new Raw('"\\ud800"'), 'a\u001fb', 'y'.repeat(300)]

const FIELD_FAULTS: Readonly<Record<string, readonly unknown[]>> = {
  event_id: [...NO_TEXT, '工单13800001111号'],
  event_type: [...NO_TEXT, 'creates', 'CREATED', 'drop table event', '创建'],
  ticket_id: [...NO_TEXT, '13912345678'],
  source_system: [...NO_TEXT],
  province_code: [...NO_TEXT, '99', '320500', '3 2'],
  occurred_at: [
    ...NO_TEXT, '0000-01-01T00:00:00Z', '0001-01-01T00:00:00+08:00', '+275760-09-13T00:00:00.000Z', '275760-09-13T00:00:00Z', '-000001-01-01T00:00:00Z',
    '2026-13-01T00:00:00+08:00', '2026-02-30T00:00:00+08:00', '2026-06-01T25:00:00+08:00', '2026-06-01T09:00:00', '2026-06-01', '2099-01-01T00:00:00+08:00',
    '2014-12-31T23:59:59+08:00', '2026-06-01T09:00:00+99:00', 'yesterday', 1780275600000, '1780275600',
  ],
  source_seq: ['1', 1.5, {}, [], true, new Raw('1e999'), new Raw('-1e999'), 1e300, new Raw('9007199254740993')],
  schema_version: [0, -1, 1.5, '1', 40_000, 1e10, null, {}],
  actor_type: [7, {}, [], 'z'.repeat(33)],
  actor_id: [7, {}, [], 'z'.repeat(201)],
  unit_id: [7, {}, [], 'z'.repeat(65)],
  corrects_event_id: [7, {}, [], 'z'.repeat(201), 'a\u0000'],
  payload: [
    null, 7, 'text', true, [], [CREATED], {}, deep(50, true), deep(5_000, false), { ...CREATED, content_text: LONG }, { ...CREATED, 'a\u0000': 1 },
    new Raw('{"__proto__":{"kind":"complaint"}}'), { ...CREATED, constructor: 1 }, { ...CREATED, more: new Raw('1e400') }, { ...CREATED, more: 1e300 },
    { ...CREATED, more: deep(30, false) }, { ...CREATED, more: Array.from({ length: 5_000 }, () => 0) }, { ...CREATED, kind: 'grumble' },
    { ...CREATED, kind: 7 }, { ...CREATED, channel: {} }, { ...CREATED, channel: undefined }, { ...CREATED, region_code: '999999' }, { ...CREATED, region_code: '330100' },
    { ...CREATED, phenomenon_l1: null }, { ...CREATED, content_text: '' }, { ...CREATED, star: 9 }, { ...CREATED, star: 'many' }, { ...CREATED, urgency: 'very' },
    { ...CREATED, limit_minutes: -5 }, { ...CREATED, limit_minutes: new Raw('1e30') }, { ...CREATED, is_vip: 'perhaps' }, { ...CREATED, source_category: 'nobody' },
    { ...CREATED, text: new Raw('"\\udfff"') }, { ...CREATED, ['k'.repeat(100)]: 1 },
  ],
  surprise: [1, 'x', {}],
}
const FIELDS = Object.keys(FIELD_FAULTS)

const NO_ENVELOPE: readonly unknown[] = [null, 7, -0.5, 'text', true, [], [1, [2]], {}, new Raw('1e999'), deep(200, true), LONG.slice(0, 5_000)]

/** JSON text of one envelope that must be refused, whatever else is in its batch; `n` keeps ids apart. */
export function malformedEnvelope(random: Random, n: number): string {
  if (random() < 0.05) return write(pick(random, NO_ENVELOPE))
  const item: Record<string, unknown> = anItem({ event_id: `fuzz-${n}`, ticket_id: `F${n}` })
  const field = pick(random, FIELDS)
  if (random() < 0.1 && ['event_id', 'event_type', 'ticket_id', 'source_system', 'province_code', 'occurred_at'].includes(field)) delete item[field]
  else item[field] = pick(random, FIELD_FAULTS[field] as readonly unknown[])
  return write(item)
}

const utf8 = (text: string) => Buffer.from(text, 'utf8')

/** Bodies that are no batch at all, with the type they claim to be; every one is a client's fault. */
export function malformedBodies(): readonly { readonly what: string; readonly body: Buffer; readonly type: string }[] {
  const json = 'application/json'
  return [
    { what: 'nothing', body: Buffer.alloc(0), type: json },
    { what: 'half an object', body: utf8('{"event_id": "x", '), type: json },
    { what: 'broken UTF-8', body: Buffer.concat([utf8('[{"event_id":"'), Buffer.from([0xff, 0xfe, 0xc3]), utf8('"}]')]), type: json },
    { what: 'UTF-16', body: Buffer.from('[{"event_id":"x"}]', 'utf16le'), type: json },
    { what: 'a number', body: utf8('17'), type: json },
    { what: 'nesting beyond any stack', body: utf8(`${'['.repeat(200_000)}${']'.repeat(200_000)}`), type: json },
    { what: 'an empty list', body: utf8('[]'), type: json },
    { what: 'NUL bytes', body: Buffer.alloc(4_096), type: json },
    { what: 'a zip', body: Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0]), type: json },
    { what: 'an unknown type', body: utf8('<event/>'), type: 'application/xml' },
    { what: 'lines that are not JSON', body: utf8('not json\n{"also": \n\u0000\n'), type: 'application/x-ndjson' },
    { what: 'a claim of another charset', body: utf8('[]'), type: 'application/json; charset=gb18030' },
  ]
}
