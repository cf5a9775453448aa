import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Transform } from 'node:stream'
import { parse as parseCsv } from 'csv-parse'
import { parse as parseYaml } from 'yaml'
import type { Zone } from '../core/domain/time.ts'
import { parseRowMap, type Row, type RowMap, rowMapper, type RowRefusal } from '../core/engine/row-map.ts'

/** One mapped row of a file, or why it stays out. `line` counts from 1 and is where the row starts. */
export type FileRow =
  | { readonly line: number; readonly items: readonly Record<string, unknown>[]; readonly bytes: number }
  | { readonly line: number; readonly refusal: RowRefusal; readonly bytes: number }

/** Reads a map file; every fault of it in one error. */
export async function loadRowMap(file: string): Promise<RowMap> {
  return parseRowMap(parseYaml(await readFile(file, 'utf8')))
}

/** Counts raw bytes on their way, for the progress line. */
function meter(): Transform & { bytes: number } {
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      ;(stream as Transform & { bytes: number }).bytes += chunk.length
      done(null, chunk)
    },
  }) as Transform & { bytes: number }
  stream.bytes = 0
  return stream
}

function decoder(encoding: 'utf-8' | 'gb18030'): Transform {
  const decode = new TextDecoder(encoding)
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, decode.decode(chunk, { stream: true }))
    },
    flush(done) {
      done(null, decode.decode())
    },
  })
}

const BROKEN_CSV = '一行完整的 CSV / a complete CSV row'

async function* csvRows(source: NodeJS.ReadableStream, delimiter: string): AsyncGenerator<{ line: number; row: Row } | { line: number; refusal: RowRefusal }> {
  const faults: { line: number; refusal: RowRefusal }[] = []
  const parser = source.pipe(
    parseCsv({
      columns: true,
      bom: true,
      delimiter,
      info: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: 4_000_000,
      on_skip: (error) => {
        const mend = '更正引号或列数后重新导入该行 / mend the quotes or the number of columns and import the row again'
        if (error) faults.push({ line: Number(error['lines'] ?? 0), refusal: { field: '*', expected: `${BROKEN_CSV} (${error.code})`, mend } })
        return undefined
      },
    }),
  )
  // `info.lines` is where a record ends; the next one starts on the line after it.
  let startsAt = 2
  for await (const { record, info } of parser as AsyncIterable<{ record: Row; info: { lines: number } }>) {
    while (faults.length > 0) yield faults.shift() as { line: number; refusal: RowRefusal }
    yield { line: startsAt, row: record }
    startsAt = info.lines + 1
  }
  while (faults.length > 0) yield faults.shift() as { line: number; refusal: RowRefusal }
}

async function* ndjsonRows(source: NodeJS.ReadableStream): AsyncGenerator<{ line: number; row: Row } | { line: number; refusal: RowRefusal }> {
  let line = 0
  for await (const text of createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1
    if (text.trim() === '') continue
    try {
      const row: unknown = JSON.parse(text)
      if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new Error('not an object')
      yield { line, row: row as Row }
    } catch {
      const mend = '更正该行的 JSON 后重新导入 / mend the JSON of the line and import it again'
      yield { line, refusal: { field: '*', expected: '每行一个 JSON 对象 / one JSON object a line', mend } }
    }
  }
}

/** Streams an NDJSON file of envelopes, one event a line, as they are; what an envelope must be is the door's to say. */
export async function* readEnvelopes(file: string): AsyncGenerator<FileRow> {
  const counter = meter()
  const text = createReadStream(file, { highWaterMark: 256 * 1024 }).pipe(counter).pipe(decoder('utf-8'))
  for await (const entry of ndjsonRows(text)) {
    yield 'refusal' in entry ? { ...entry, bytes: counter.bytes } : { line: entry.line, items: [entry.row as Record<string, unknown>], bytes: counter.bytes }
  }
}

/** Streams a CSV or NDJSON file through a map in constant memory, in file order. */
export async function* readMappedFile(file: string, map: RowMap, zone: Zone): AsyncGenerator<FileRow> {
  const format = map.format ?? (/\.(ndjson|jsonl)$/i.test(file) ? 'ndjson' : 'csv')
  const counter = meter()
  const text = createReadStream(file, { highWaterMark: 256 * 1024 }).pipe(counter).pipe(decoder(map.encoding ?? 'utf-8'))
  const toEvents = rowMapper(map, zone)
  const rows = format === 'csv' ? csvRows(text, map.delimiter ?? ',') : ndjsonRows(text)
  for await (const entry of rows) {
    if ('refusal' in entry) {
      yield { ...entry, bytes: counter.bytes }
      continue
    }
    const mapped = toEvents(entry.row)
    yield mapped.ok ? { line: entry.line, items: mapped.items, bytes: counter.bytes } : { line: entry.line, refusal: mapped.refusal, bytes: counter.bytes }
  }
}

export const fileSize = async (file: string): Promise<number> => (await stat(file)).size
