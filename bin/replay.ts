import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ENGINE_SCOPE } from '../core/domain/access.ts'
import { DAY, floorTo, HOUR, type Instant, MINUTE, zonedText } from '../core/domain/time.ts'
import { colourOf, type Severity } from '../core/domain/vocabulary.ts'
import type { Engine } from '../core/engine/context.ts'
import { clusterTexts } from '../core/engine/cluster-texts.ts'
import { acceptEvents } from '../core/engine/intake.ts'
import { runRiskTick } from '../core/engine/risk-tick.ts'
import { runTally } from '../core/engine/tally.ts'
import { ManualClock } from '../core/platform/clock.ts'
import { loadConfig, readEnvironment } from '../core/platform/config.ts'
import { createPool } from '../core/platform/database.ts'
import { startEmbeddedPostgres } from '../core/platform/embedded-postgres.ts'
import { createLogger } from '../core/platform/log.ts'
import { loadTransitionsAfter, type TransitionLine } from '../core/store/transition-store.ts'
import { nextTicketCheck } from '../core/store/ticket-store.ts'
import { drainIngest } from '../workers/ingest.ts'
import { runTimers } from '../workers/timers.ts'
import { composeEngine, prepareDatabase } from './compose.ts'
import { type FileRow, fileSize, loadRowMap, readMappedFile } from './import-file.ts'
import { type Progress, startProgress } from './progress.ts'
import { chooseSettings, loadKeywords, type ReplaySettings } from './replay-settings.ts'

interface Choice extends ReplaySettings {
  readonly file: string
  readonly map: Awaited<ReturnType<typeof loadRowMap>>
  readonly zone: string
  readonly regionsFile: string
  /** Playing speed in file time per real time; 0: as fast as it goes. */
  readonly speed: number
  readonly isJson: boolean
}

/** Ticks go on after the last event until every case has ended, at most this long. */
const TAIL = DAY
/** A tick later than this after the last event finds an empty window; only a live case still needs it. */
const WINDOW = 2 * HOUR

interface Timed {
  readonly at: Instant
  readonly line: number
  readonly item: Record<string, unknown>
}

/** First pass: the earliest instant of each row, turned into "nothing earlier than this is still to come". */
async function earliestFromRow(choice: Choice): Promise<{ left: Float64Array; first: Instant; last: Instant }> {
  let earliest = new Float64Array(4_096)
  let rows = 0
  let last = Number.NEGATIVE_INFINITY
  for await (const row of readMappedFile(choice.file, choice.map, choice.zone)) {
    if (rows === earliest.length) {
      const grown = new Float64Array(rows * 2)
      grown.set(earliest)
      earliest = grown
    }
    const instants = 'items' in row ? row.items.map((item) => Date.parse(String(item['occurred_at']))) : []
    earliest[rows++] = Math.min(Number.POSITIVE_INFINITY, ...instants)
    last = Math.max(last, ...instants)
  }
  for (let row = rows - 2; row >= 0; row--) earliest[row] = Math.min(earliest[row] as number, earliest[row + 1] as number)
  return { left: earliest.subarray(0, rows), first: earliest[0] ?? Number.POSITIVE_INFINITY, last }
}

/**
 * The file's events in the order of time, whatever the order of its rows: a row is held back until no later row can bring anything
 * earlier. Memory grows with the disorder of the file, not with its size.
 */
async function* inOrder(choice: Choice, left: Float64Array, refuse: (row: Extract<FileRow, { refusal: unknown }>) => void, progress: Progress): AsyncGenerator<readonly Timed[]> {
  let held: Timed[] = []
  let row = 0
  for await (const entry of readMappedFile(choice.file, choice.map, choice.zone)) {
    row += 1
    progress.update(entry.bytes)
    if ('refusal' in entry) refuse(entry)
    else for (const item of entry.items) held.push({ at: Date.parse(String(item['occurred_at'])), line: entry.line, item })
    const bound = row < left.length ? (left[row] as number) : Number.POSITIVE_INFINITY
    if (held.length >= 500 || bound === Number.POSITIVE_INFINITY) {
      held.sort((a, b) => a.at - b.at)
      const ready = held.filter((event) => event.at < bound)
      if (ready.length > 0) yield ready
      held = held.filter((event) => event.at >= bound)
    }
  }
  if (held.length > 0) yield held.sort((a, b) => a.at - b.at)
}

const shown = (severity: number | null) => (severity === null ? null : colourOf(severity as Severity))

/** One line of output per transition of an alert or case. */
function lineOf(row: TransitionLine, zone: string): Record<string, unknown> {
  return {
    at: zonedText(row.at, zone),
    rule: row.ruleId,
    scope: row.regionCode,
    scope_name: row.regionName,
    alert: row.alertId,
    move: row.move,
    from: row.fromState,
    to: row.toState,
    from_colour: shown(row.fromSeverity),
    colour: shown(row.toSeverity),
    value: row.value,
    baseline: row.baseline,
  }
}

class Replay {
  readonly tally = { rows: 0, events: 0, duplicate: 0, refused: 0, ticks: 0, alerts: 0, transitions: 0, highest: null as string | null }
  readonly engine: Engine
  readonly clock: ManualClock
  readonly choice: Choice
  readonly tick: number
  #lastTransition = 0
  #lastEventAt = Number.NEGATIVE_INFINITY
  #live = new Set<string>()
  #nextCheckAt: Instant | null = null
  #highest = 0

  constructor(engine: Engine, clock: ManualClock, choice: Choice, tick: number) {
    this.engine = engine
    this.clock = clock
    this.choice = choice
    this.tick = tick
  }

  get hasLiveCase(): boolean {
    return this.#live.size > 0
  }

  report(line: number, fault: { field?: string | undefined; expected?: string | undefined; mend?: string | undefined }): void {
    this.tally.refused += 1
    const { field, expected, mend } = fault
    process.stderr.write(this.choice.isJson ? `${JSON.stringify({ line, field, expected, mend })}\n` : `第 ${line} 行 line ${line}: ${field} · ${expected} · ${mend}\n`)
  }

  /** Everything up to and including the tick at `slot`: take in, fold, timers, risk rules, print. */
  async step(slot: Instant, events: readonly Timed[]): Promise<void> {
    this.clock.set(slot)
    if (events.length > 0) {
      const answer = await acceptEvents(this.engine, events.map((event) => event.item), { source: 'replay', scope: ENGINE_SCOPE, now: slot })
      this.tally.events += answer.accepted
      this.tally.duplicate += answer.duplicate
      for (const item of answer.items) if (item.outcome === 'refused') this.report(events[item.index]?.line ?? 0, item)
      this.#lastEventAt = (events[events.length - 1] as Timed).at
      await drainIngest(this.engine, this.clock)
      await runTally(this.engine, slot)
      await clusterTexts(this.engine, slot)
      this.#nextCheckAt = await nextTicketCheck(this.engine.pool)
    }
    let isQuiet = events.length === 0
    if (this.#nextCheckAt !== null && this.#nextCheckAt <= slot) {
      await runTimers(this.engine, slot)
      this.#nextCheckAt = await nextTicketCheck(this.engine.pool)
      isQuiet = false
    }
    if (slot - this.#lastEventAt <= WINDOW || this.hasLiveCase) {
      const { outcome } = await runRiskTick(this.engine, slot)
      this.tally.ticks += 1
      if (outcome !== 'quiet') isQuiet = false
    }
    if (!isQuiet) await this.print()
  }

  async print(): Promise<void> {
    for (const row of await loadTransitionsAfter(this.engine.pool, this.#lastTransition, ENGINE_SCOPE)) {
      this.#lastTransition = row.id
      this.tally.transitions += 1
      if (row.move === 'open') this.tally.alerts += 1
      if (row.toSeverity > this.#highest) {
        this.#highest = row.toSeverity
        this.tally.highest = shown(row.toSeverity)
      }
      const isLive = row.kind === 'risk' && ['open', 'acknowledged', 'handling', 'suppressed'].includes(row.toState)
      if (isLive) this.#live.add(row.alertId)
      else this.#live.delete(row.alertId)
      process.stdout.write(this.choice.isJson ? `${JSON.stringify(lineOf(row, this.choice.zone))}\n` : `${zonedText(row.at, this.choice.zone)} ${row.ruleId} ${row.regionName} ${row.move} ${row.toState} ${shown(row.toSeverity)} ${row.value ?? ''}\n`)
    }
  }

  async pace(from: Instant, to: Instant): Promise<void> {
    if (this.choice.speed > 0) await sleep((to - from) / this.choice.speed)
  }
}

async function play(replay: Replay, batches: AsyncGenerator<readonly Timed[]>, firstSlot: Instant, last: Instant): Promise<void> {
  const pending: Timed[] = []
  let slot = firstSlot
  const runUntil = async (end: Instant) => {
    while (slot <= end) {
      const count = pending.findIndex((event) => event.at >= slot)
      const due = pending.splice(0, count < 0 ? pending.length : count)
      await replay.step(slot, due)
      await replay.pace(slot, slot + replay.tick)
      slot += replay.tick
    }
  }
  for await (const batch of batches) {
    pending.push(...batch)
    await runUntil(floorTo((pending[pending.length - 1] as Timed).at, replay.tick))
  }
  await runUntil(floorTo(last, replay.tick) + replay.tick)
  const end = last + TAIL
  while (slot <= end && replay.hasLiveCase) await runUntil(slot)
}

const parseSpeed = (text: string): number => (text === 'max' ? 0 : Number.parseFloat(text.replace(/x$/i, '')) || 0)

function parseChoice(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      map: { type: 'string' },
      regions: { type: 'string' },
      zone: { type: 'string' },
      speed: { type: 'string', default: 'max' },
      rules: { type: 'string' },
      keywords: { type: 'string' },
      json: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
    },
  })
}

/**
 * `replay FILE --map MAP.yaml`: the real engine over a file on a throw-away embedded database, with a clock that follows the data.
 * One line per alert or case transition, a closing summary; exit code 1 with `--strict` when rows were refused.
 */
export async function replayFile(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseChoice(args)
  const [file] = positionals
  if (file === undefined || values.map === undefined) {
    process.stderr.write('用法 usage: tocsin replay FILE --map MAP.yaml [--regions REGIONS.csv] [--zone ZONE] [--speed max|60x] [--rules MR-01,MR-02] [--keywords DICTIONARY.yaml] [--json] [--strict]\n')
    return 2
  }
  const config = loadConfig(readEnvironment())
  const map = await loadRowMap(values.map)
  const choice: Choice = {
    file, map,
    zone: values.zone ?? map.zone ?? config.zone,
    regionsFile: values.regions ?? config.regionsFile,
    keywords: values.keywords === undefined ? null : await loadKeywords(values.keywords),
    rules: values.rules === undefined ? null : new Set(values.rules.split(',').map((rule) => rule.trim())),
    speed: parseSpeed(values.speed),
    isJson: values.json,
  }
  const { left, first, last } = await earliestFromRow(choice)
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tocsin-replay-'))
  const log = createLogger('error')
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false })
  const pool = createPool(postgres.poolConfig, { max: 4, applicationName: 'tocsin-replay' })
  try {
    const from = Number.isFinite(first) ? first : 0
    const clock = new ManualClock(from - 5 * MINUTE)
    await prepareDatabase(pool, { regionsFile: choice.regionsFile, clock, log })
    const engine = await composeEngine(pool, { ...config, zone: choice.zone, dataDir }, log)
    const tick = await chooseSettings(engine, choice, clock.now())
    const replay = new Replay(engine, clock, choice, tick)
    const progress = startProgress('重放 replay', await fileSize(file), 'B')
    replay.tally.rows = left.length
    if (Number.isFinite(first)) await play(replay, inOrder(choice, left, (row) => replay.report(row.line, row.refusal), progress), floorTo(from, tick) + tick, last)
    progress.end()
    process.stdout.write(`${JSON.stringify({ summary: replay.tally })}\n`)
    return values.strict && replay.tally.refused > 0 ? 1 : 0
  } finally {
    await pool.end()
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
