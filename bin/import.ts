import path from 'node:path'
import { parseArgs } from 'node:util'
import { ENGINE_SCOPE } from '../core/domain/access.ts'
import { intakeOnce } from '../core/engine/intake-once.ts'
import { systemClock } from '../core/platform/clock.ts'
import { loadConfig, readEnvironment } from '../core/platform/config.ts'
import { createLogger } from '../core/platform/log.ts'
import { runIngest } from '../workers/ingest.ts'
import { openDeployment } from './deployment.ts'
import { type FileRow, fileSize, loadRowMap, readEnvelopes, readMappedFile } from './import-file.ts'
import { startProgress } from './progress.ts'
import { untilBack } from './until-back.ts'

/** Rows are sent on in batches of about this many events, each one transaction. */
const BATCH = 1_000
/** Folding happens between batches so that a file of any size never piles up unfolded events. */
const FOLD_EVERY = 5_000

/** What came of a file. */
interface ImportTally {
  rows: number
  rowsRefused: number
  accepted: number
  duplicate: number
  refused: number
}

/** `import FILE [--map MAP.yaml]`: takes a file in, without a map as NDJSON of envelopes; every refused row with its line and the mend, the rest goes in. Exit code 0 also with refusals. A database that goes away is waited for. */
export async function importFile(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { map: { type: 'string' }, zone: { type: 'string' }, json: { type: 'boolean', default: false } },
  })
  const [file] = positionals
  if (file === undefined || (values.map === undefined && !/\.(ndjson|jsonl)$/i.test(file))) {
    process.stderr.write('用法 usage: tocsin import FILE --map MAP.yaml [--zone ZONE] [--json] | tocsin import EVENTS.ndjson [--json]\n')
    return 2
  }
  const config = loadConfig(readEnvironment())
  const map = values.map === undefined ? null : await loadRowMap(values.map)
  const size = await fileSize(file)
  const deployment = await openDeployment(config, createLogger(config.logLevel === 'info' ? 'warn' : config.logLevel), 'tocsin-import')
  try {
    const tally: ImportTally = { rows: 0, rowsRefused: 0, accepted: 0, duplicate: 0, refused: 0 }
    const progress = startProgress(`导入 import ${path.basename(file)}`, size, 'B')
    const report = (line: number, fault: { field?: string | undefined; expected?: string | undefined; mend?: string | undefined }) => {
      if (values.json) process.stdout.write(`${JSON.stringify({ line, ...fault })}\n`)
      else process.stderr.write(`第 ${line} 行 line ${line}: ${fault.field} · ${fault.expected} · ${fault.mend}\n`)
    }
    const say = (text: string) => process.stderr.write(`${process.stderr.isTTY ? '\r\u001b[2K' : ''}${text}\n`)
    const waiting = { say, rejoin: () => deployment.rejoin() }
    const foldSome = () => untilBack(() => runIngest(deployment.engine, systemClock.now(), { batch: BATCH }), waiting)
    const fold = async () => {
      while ((await foldSome()).events > 0);
    }
    let batch: { line: number; item: Record<string, unknown> }[] = []
    let unfolded = 0
    const flush = async () => {
      const intake = intakeOnce(batch.map((entry) => entry.item), { source: `file:${path.basename(file)}`, scope: ENGINE_SCOPE, now: systemClock.now() })
      const answer = await untilBack(() => intake(deployment.engine), waiting)
      tally.accepted += answer.accepted
      tally.duplicate += answer.duplicate
      tally.refused += answer.refused
      for (const item of answer.items) {
        if (item.outcome === 'refused') report(batch[item.index]?.line ?? 0, item)
      }
      unfolded += answer.accepted
      batch = []
      if (unfolded >= FOLD_EVERY) {
        await fold()
        unfolded = 0
      }
    }
    const rows: AsyncGenerator<FileRow> = map === null ? readEnvelopes(file) : readMappedFile(file, map, values.zone ?? map.zone ?? config.zone)
    for await (const row of rows) {
      tally.rows += 1
      if ('refusal' in row) {
        tally.rowsRefused += 1
        report(row.line, row.refusal)
      } else {
        for (const item of row.items) batch.push({ line: row.line, item })
        if (batch.length >= BATCH) await flush()
      }
      progress.update(row.bytes, `${tally.accepted + tally.duplicate} events`)
    }
    if (batch.length > 0) await flush()
    await fold()
    progress.end(`${tally.accepted} 接受 accepted · ${tally.duplicate} 重复 duplicate · ${tally.refused + tally.rowsRefused} 拒绝 refused`)
    process.stdout.write(`${JSON.stringify({ summary: tally })}\n`)
    return 0
  } finally {
    await deployment.close()
  }
}
