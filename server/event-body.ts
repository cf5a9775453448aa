import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type { preParsingHookHandler } from 'fastify'
import { Refusal, refusals } from './errors.ts'
import { findJsonFault } from './json-fault.ts'

const MEGABYTE = 1024 * 1024
/** Most bytes on the wire, compressed or not. */
export const WIRE_LIMIT = 10 * MEGABYTE
/** Most bytes after decompression: what a small compressed bomb may grow to before it is cut off. */
export const UNPACKED_LIMIT = 50 * MEGABYTE
/** Most items of one post. */
export const ITEM_LIMIT = 100_000

const tooLongOnTheWire = () => refusals.tooLarge('请求体超过 10 MB', 'The body exceeds 10 MB')

/** A body on its way in: how much of it came over the wire is what Fastify compares with Content-Length. */
interface Arriving extends Readable {
  receivedEncodedLength?: number
}

/** Counts what comes over the wire, and undoes gzip. Refuses other encodings, and more than {@link WIRE_LIMIT}. */
export const unpack: preParsingHookHandler = async (request, _reply, payload) => {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw new Refusal(415, 'encoding', '不支持的 Content-Encoding', 'This Content-Encoding is not taken', { field: 'content-encoding', expected: 'gzip', mend: '用 gzip 或不压缩 / send gzip or plain' })
  }
  if (Number(request.headers['content-length']) > WIRE_LIMIT) throw tooLongOnTheWire()
  const unpacked: Arriving & Transform = encoding === 'gzip' ? createGunzip() : new Transform({ transform: (chunk, _encoding, done) => done(null, chunk) })
  unpacked.receivedEncodedLength = 0
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      unpacked.receivedEncodedLength = (unpacked.receivedEncodedLength ?? 0) + chunk.length
      done(unpacked.receivedEncodedLength > WIRE_LIMIT ? tooLongOnTheWire() : null, chunk)
    },
  })
  // What fails here destroys `unpacked`, whose reader reports it.
  pipeline(payload, meter, unpacked).catch(() => undefined)
  unpacked.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code?.startsWith('Z_') === true) Object.assign(error, { statusCode: 400, code: 'broken_gzip' })
  })
  return unpacked
}

/** Lines that could not be read as JSON; they take part as items so that the answer keeps the order sent. */
export interface BrokenLine {
  readonly expected: string
  readonly mend: string
}

/** The items of a post in the order sent; `broken` names those of them that are not JSON, by index. */
export interface EventBody {
  readonly items: readonly unknown[]
  readonly broken: ReadonlyMap<number, BrokenLine>
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

const brokenAt = (text: string) => {
  const fault = findJsonFault(text)
  return fault === null ? null : { ...fault, byte: Buffer.byteLength(text.slice(0, fault.offset)) }
}

/** A JSON array of events, or one event. */
export function readJson(body: Buffer): EventBody {
  const text = decode(body)
  if (text === null) throw new Refusal(400, 'encoding', '请求体不是 UTF-8', 'The body is not UTF-8', { field: 'body', expected: 'UTF-8', mend: '转换编码后重发 / convert it and send it again' })
  if (text.trim() === '') throw emptyBatch()
  try {
    const value: unknown = JSON.parse(text)
    const items = Array.isArray(value) ? value : [value]
    return { items, broken: new Map() }
  } catch {
    const fault = brokenAt(text)
    const item = fault?.item ?? null
    const place = fault === null ? '' : `${item === null ? '' : `items[${item}], `}byte ${fault.byte} (line ${fault.line}, column ${fault.column})`
    throw new Refusal(400, 'broken_json', `JSON 在此处中断：${place}`, `The JSON breaks at ${place}`, {
      field: item === null ? 'body' : `items[${item}]`, expected: '事件数组或单个事件 / an array of events, or one event',
      mend: '整批未接收；改正后重发，或改用 application/x-ndjson 逐行接收 / nothing was taken in; mend it and send it again, or send application/x-ndjson, which is taken line by line',
    })
  }
}

/** One event a line. A line that cannot be read is refused by itself; empty lines are skipped and not counted. */
export function readLines(body: Buffer): EventBody {
  const items: unknown[] = []
  const broken = new Map<number, BrokenLine>()
  let line = 0
  for (let start = 0; start < body.length; ) {
    const end = body.indexOf(0x0a, start)
    const bytes = body.subarray(start, end === -1 ? body.length : end)
    start = end === -1 ? body.length : end + 1
    line += 1
    const text = decode(bytes)
    if (text?.trim() === '') continue
    try {
      if (text === null) throw new SyntaxError('not UTF-8')
      items.push(JSON.parse(text))
    } catch {
      const fault = text === null ? null : brokenAt(text)
      const expected = fault === null ? 'UTF-8' : `JSON；第 ${line} 行第 ${fault.column} 列中断 / JSON; line ${line} breaks at column ${fault.column}`
      broken.set(items.length, { expected, mend: '改正该行后单独重发 / mend this line and send it again' })
      items.push((text ?? bytes.toString('latin1')).slice(0, 2_000))
    }
  }
  return { items, broken }
}

const emptyBatch = () => new Refusal(400, 'empty_batch', '批次为空', 'The batch is empty', { expected: '至少一个事件 / at least one event' })

/** Refuses a post without items and one with too many. */
export function checkSize(body: EventBody): EventBody {
  if (body.items.length === 0) throw emptyBatch()
  if (body.items.length > ITEM_LIMIT) throw refusals.tooLarge(`一次最多 ${ITEM_LIMIT} 条`, `At most ${ITEM_LIMIT} items at once`)
  return body
}
