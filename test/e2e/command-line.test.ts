import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../core/domain/time.ts'
import { readEnvironment } from '../../core/platform/config.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const REAL = path.resolve(ROOT, '../shared/data/comcast-2015.csv')

interface Ended {
  readonly code: number | null
  readonly lines: readonly Record<string, unknown>[]
  readonly errors: string
}

/** Runs the command line as a person would, with a data folder of its own. */
async function tocsin(dataDir: string, ...args: string[]): Promise<Ended> {
  const env = { ...readEnvironment(), TOCSIN_DATA_DIR: dataDir, DATABASE_URL: '', REDIS_URL: '' }
  const child = spawn(process.execPath, ['--import', 'tsx', 'bin/tocsin.ts', ...args], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString() })
  child.stderr.on('data', (chunk: Buffer) => { errors += chunk.toString() })
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { code, errors, lines: output.trim().split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>) }
}

const MAP = `row: ticket
time_format: "yyyy-MM-dd HH:mm:ss"
source_system: { value: file-test }
province_code: province
ticket_id: no
events:
  - event_type: { value: created }
    occurred_at: filed
    payload:
      kind: { value: complaint }
      source_category: { value: province_complaint }
      channel: { column: via, translate: { 电话: hotline }, default: web }
      region_code: city
      phenomenon_l1: { value: 网络使用 }
      phenomenon_l2: { value: 宽带上不了网 }
      content_text: text
  - event_type: { value: completed }
    when: done
    occurred_at: done
    payload: { result_code: { value: solved } }
`
const START = Date.parse('2026-03-02T00:00:00+08:00')
const local = (at: number) => new Date(at + 8 * HOUR).toISOString().slice(0, 19).replace('T', ' ')

/** Five weeks with two complaints an hour in Suzhou from 08:00 to 13:00, solved within the hour, and on the last Thursday at 10:00 one a minute for 40 minutes. */
function invented(): string {
  const rows = ['no,province,city,filed,done,via,text']
  let no = 0
  const add = (at: number) => rows.push(`F${(no += 1)},32,320500,${local(at)},${local(at + 30 * MINUTE)},电话,"宽带断了, 手机13800001111"`)
  for (let day = 0; day < 35; day++) {
    for (let hour = 8; hour < 13; hour++) [10, 40].forEach((minute) => add(START + day * DAY + hour * HOUR + minute * MINUTE))
  }
  const surgeAt = START + 31 * DAY + 10 * HOUR
  for (let minute = 0; minute < 40; minute++) add(surgeAt + minute * MINUTE + 1_000)
  rows.push('F-bad-time,32,320500,yesterday,,电话,x', 'F-bad-place,99,999900,2026-04-02 10:00:00,,电话,x')
  return `${rows.join('\n')}\n`
}

describe('the command line', () => {
  let folder: string
  const at = (name: string) => path.join(folder, name)
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tocsin-cli-'))
    await writeFile(at('map.yaml'), MAP)
    await writeFile(at('tickets.csv'), invented())
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('replays a file in its own time: the surge rises through its colours and is mitigated, broken rows are named by line', async () => {
    const { code, lines, errors } = await tocsin(at('r'), 'replay', at('tickets.csv'), '--map', at('map.yaml'), '--zone', 'Asia/Shanghai', '--rules', 'MR-02', '--json', '--strict')
    const transitions = lines.filter((line) => 'rule' in line)
    expect(transitions.map(({ at: when, rule, scope, move, colour, value, baseline }) => [when, rule, scope, move, colour, value, baseline])).toEqual([
      ['2026-04-02T10:10:00+08:00', 'MR-02', '320500', 'open', 'blue', 12, 2],
      ['2026-04-02T10:20:00+08:00', 'MR-02', '320500', 'upgrade', 'yellow', 22, 2],
      ['2026-04-02T11:55:00+08:00', 'MR-02', '320500', 'mitigate', 'yellow', 2, 2],
    ])
    expect(lines.at(-1)).toMatchObject({ summary: { rows: 392, refused: 2, highest: 'yellow' } })
    const refused = errors.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as { line: number; field: string })
    expect(refused.map(({ line, field }) => [line, field])).toEqual(expect.arrayContaining([[392, 'occurred_at'], [393, 'province_code']]))
    expect(code).toBe(1)
  }, 600_000)

  it('replays a file by a dictionary of one’s own, and refuses one that does not fit by its fields', async () => {
    await writeFile(at('words.csv'), ['no,province,city,filed,done,via,text', 'W1,32,320500,2026-03-02 10:00:30,,电话,I will sue', 'W2,32,320500,2026-03-02 10:01:30,,电话,an issue'].join('\n'))
    const keywords = (name: string) => ['replay', at('words.csv'), '--map', at('map.yaml'), '--zone', 'Asia/Shanghai', '--rules', 'MR-04', '--json', '--keywords', name]
    const { code, lines } = await tocsin(at('k'), ...keywords('docs/examples/keywords-en.yaml'))
    expect(lines.filter(({ move }) => move === 'open').map(({ rule, scope, colour, value }) => [rule, scope, colour, value])).toEqual([['MR-04', '320500', 'blue', 1]])
    expect(code).toBe(0)
    await writeFile(at('bad.yaml'), 'categories:\n  - { code: law, zh: 法律, en: legal, colour: 9, to: [LEG], words: [sue] }\n')
    const refused = await tocsin(at('k'), ...keywords(at('bad.yaml')))
    expect(refused.code).toBe(1)
    expect(refused.errors).toContain('law.colour')
    expect(refused.errors).not.toContain('    at ')
  }, 600_000)

  it('imports a file once, however often it is started', async () => {
    const first = await tocsin(at('i'), 'import', at('tickets.csv'), '--map', at('map.yaml'), '--json')
    expect(first.code).toBe(0)
    expect(first.lines.at(-1)).toEqual({ summary: { rows: 392, rowsRefused: 1, accepted: 780, duplicate: 0, refused: 1 } })
    const again = await tocsin(at('i'), 'import', at('tickets.csv'), '--map', at('map.yaml'), '--json')
    expect(again.lines.at(-1)).toEqual({ summary: { rows: 392, rowsRefused: 1, accepted: 0, duplicate: 780, refused: 1 } })
    const recount = await tocsin(at('i'), 'recount')
    expect(recount.code).toBe(0)
    const kept = await tocsin(at('i'), 'retention', '--dry-run')
    expect([kept.code, kept.lines.at(-1)]).toMatchObject([0, { dryRun: true, cutoffs: { logs: expect.any(Number) }, deleted: { transitions: 0, audit: 0 } }])
  }, 600_000)

  it.skipIf(!existsSync(REAL))(`finds the real surge in the real file${existsSync(REAL) ? '' : ' (skipped: the shared data is not here)'}`, async () => {
    const regions = path.resolve(ROOT, '../shared/data/comcast-2015-regions.csv')
    const args = ['--map', 'docs/examples/comcast-2015.map.yaml', '--regions', regions, '--zone', 'America/New_York', '--rules', 'MR-02', '--json', '--strict']
    const { code, lines } = await tocsin(at('c'), 'replay', REAL, ...args)
    expect(code).toBe(0)
    const transitions = lines.filter((line) => 'rule' in line)
    const yellow = transitions.filter((line) => line['colour'] === 'yellow' && line['move'] !== 'mitigate')
    expect(yellow[0]).toMatchObject({ at: '2015-06-23T14:50:00-04:00', rule: 'MR-02', scope: '00', value: 21 })
    expect(new Set(yellow.map((line) => String(line['at']).slice(0, 10)))).toEqual(new Set(['2015-06-23']))
    expect(new Set(transitions.map((line) => String(line['at']).slice(0, 10)))).toEqual(new Set(['2015-06-12', '2015-06-23', '2015-06-24', '2015-06-25', '2015-06-26']))
    expect(lines.at(-1)).toMatchObject({ summary: { rows: 2_224, events: 2_224, refused: 0, highest: 'yellow' } })
  }, 900_000)
})
