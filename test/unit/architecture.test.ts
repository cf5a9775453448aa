import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { fences, sourceFiles, violationsIn } from '../../bin/ci/fences.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const modules = join(root, 'node_modules')
const planted: string[] = []

/** A tree of its own with the project's rules and packages, so that nobody else ever sees the planted files. */
function plant(files: Record<string, string>, ...rules: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-planted-'))
  planted.push(folder)
  symlinkSync(modules, join(folder, 'node_modules'), 'dir')
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  for (const rule of rules) {
    mkdirSync(join(folder, dirname(rule)), { recursive: true })
    cpSync(join(root, rule), join(folder, rule))
  }
  return folder
}

/** Runs a tool of node_modules; its findings are its output, whatever it exits with. */
function run(cwd: string, tool: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [join(modules, tool), ...args], { cwd, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      // A tool that could not even run has no output on which to judge.
      if (error && stdout === '') reject(new Error(`${tool}: ${stderr || error.message}`))
      else resolve(stdout)
    })
  })
}

afterAll(() => {
  for (const folder of planted) rmSync(folder, { recursive: true, force: true })
})

describe('the TypeScript programs', () => {
  const errorsOf = (output: string, path: string) => output.split('\n').flatMap((line) => (line.startsWith(`${path}(`) ? [/TS\d+/.exec(line)?.[0]] : []))

  it('know neither Node.js nor a browser in the domain and the contract, nor any other folder', async () => {
    const files = {
      'core/domain/clean.ts': "import { Temporal } from 'temporal-polyfill'\nexport const day = (at: number) => Temporal.Instant.fromEpochMilliseconds(at).toString()\n",
      'core/contract/clean.ts': "import { Type } from 'typebox'\nimport { day } from '../domain/clean.ts'\nexport const Day = Type.String({ default: day(0) })\n",
      'core/domain/process.ts': 'export const name = process.title\n',
      'core/domain/fs.ts': "import { readFileSync } from 'node:fs'\nexport const read = readFileSync\n",
      'core/domain/fetch.ts': "export const get = () => fetch('/')\n",
      'core/contract/document.ts': 'export const title = document.title\n',
      'core/domain/platform.ts': "import type { Pool } from '../platform/database.ts'\nexport const count = (pool: Pool) => pool.max\n",
      'core/platform/database.ts': 'export interface Pool { max: number }\n',
    }
    const folder = plant(files, 'package.json', 'tsconfig.base.json', 'core/tsconfig.json')
    const output = await run(folder, '@typescript/native/bin/tsc', '-p', 'core/tsconfig.json', '--noEmit', '--tsBuildInfoFile', 'info', '--pretty', 'false')
    const found = Object.fromEntries(Object.keys(files).map((path) => [path, errorsOf(output, path)]))
    expect(found).toEqual({
      'core/domain/clean.ts': [],
      'core/contract/clean.ts': [],
      'core/domain/process.ts': ['TS2591'],
      'core/domain/fs.ts': ['TS2591'],
      'core/domain/fetch.ts': ['TS2304'],
      'core/contract/document.ts': ['TS2584'],
      'core/domain/platform.ts': ['TS6307'],
      'core/platform/database.ts': [],
    })
  })

  it('show the browser no type of the server', async () => {
    const files = {
      'web/clean.ts': "import type { Card } from '../core/contract/card.ts'\nexport const title = (card: Card) => card.title + document.title\n",
      'web/store.ts': "import type { Row } from '../core/store/row.ts'\nexport const id = (row: Row) => row.id\n",
      'web/server.ts': "import type { Route } from '../server/route.ts'\nexport const path = (route: Route) => route.path\n",
      'web/process.ts': 'export const name = process.title\n',
      'core/contract/card.ts': 'export interface Card { title: string }\n',
      'core/store/row.ts': 'export interface Row { id: string }\n',
      'server/route.ts': 'export interface Route { path: string }\n',
    }
    const folder = plant(files, 'package.json', 'web/tsconfig.json')
    const output = await run(folder, '@typescript/native/bin/tsc', '-p', 'web/tsconfig.json', '--noEmit', '--tsBuildInfoFile', 'info', '--pretty', 'false')
    expect(errorsOf(output, 'web/clean.ts')).toEqual([])
    expect(errorsOf(output, 'web/store.ts')).toEqual(['TS6307'])
    expect(errorsOf(output, 'web/server.ts')).toEqual(['TS6307'])
    expect(errorsOf(output, 'web/process.ts')).toEqual(['TS2591'])
  })
})

/** Each import that a border refuses: rule, importing file, imported module. `type` marks an `import type`. */
const borders: Array<[rule: string, from: string, to: string, type?: 'type']> = [
  ['domain-stands-alone', 'core/domain/a.ts', 'core/platform/target.ts', 'type'],
  ['domain-stands-alone', 'core/domain/b.ts', 'pino'],
  ['domain-stands-alone', 'core/domain/c.ts', 'node:fs'],
  ['contract-on-domain-and-typebox', 'core/contract/a.ts', 'core/platform/target.ts'],
  ['contract-on-domain-and-typebox', 'core/contract/b.ts', 'fastify', 'type'],
  ['platform-knows-no-trade', 'core/platform/a.ts', 'core/domain/target.ts', 'type'],
  ['platform-knows-no-trade', 'core/platform/b.ts', 'core/store/target.ts'],
  ['store-turns-rows-into-facts', 'core/store/a.ts', 'core/contract/target.ts', 'type'],
  ['store-turns-rows-into-facts', 'core/store/b.ts', 'core/queue/target.ts'],
  ['queue-knows-no-store', 'core/queue/a.ts', 'core/store/target.ts'],
  ['core-knows-no-process', 'core/engine/a.ts', 'server/target.ts', 'type'],
  ['core-knows-no-process', 'core/intake/a.ts', 'workers/engine/target.ts'],
  ['sql-lives-in-the-store', 'server/routes/a.ts', 'pg', 'type'],
  ['sql-lives-in-the-store', 'core/intake/b.ts', 'pg-copy-streams'],
  ['migrations-stand-on-plumbing', 'migrations/a.ts', 'core/store/target.ts'],
  ['server-and-workers-are-strangers', 'server/a.ts', 'workers/engine/target.ts', 'type'],
  ['server-and-workers-are-strangers', 'workers/a.ts', 'server/target.ts'],
  ['processes-stand-on-core', 'server/b.ts', 'migrations/target.ts'],
  ['workers-do-not-call-workers', 'workers/b.ts', 'workers/target.ts'],
  ['workers-do-not-call-workers', 'workers/engine/a.ts', 'workers/target.ts', 'type'],
  ['stages-keep-to-themselves', 'workers/risk/a.ts', 'workers/report/target.ts'],
  ['web-sees-the-contract-only', 'web/a.ts', 'core/store/target.ts', 'type'],
  ['web-sees-the-contract-only', 'web/b.vue', 'server/target.ts', 'type'],
  ['web-takes-only-types-of-the-domain', 'web/c.ts', 'core/domain/target.ts'],
  ['web-runs-in-a-browser', 'web/d.ts', 'node:fs'],
  ['a-main-is-run-not-imported', 'server/c.ts', 'server/main.ts'],
  ['nothing-imports-bin', 'migrations/b.ts', 'bin/target.ts'],
  ['nothing-ships-tests', 'bin/a.ts', 'test/support/target.ts', 'type'],
  ['nothing-ships-tests', 'web/e.ts', 'fast-check'],
  ['what-ships-needs-no-dev-package', 'workers/c.ts', 'knip'],
  ['no-circles', 'core/store/circle-back.ts', 'core/store/circle.ts'],
]

/** Imports that stay allowed, so that a border which refuses everything is seen too. */
const passages: Array<[from: string, to: string, type?: 'type']> = [
  ['core/domain/ok.ts', 'temporal-polyfill'],
  ['core/contract/ok.ts', 'typebox'],
  ['core/contract/ok-domain.ts', 'core/domain/target.ts'],
  ['core/platform/ok.ts', 'core/domain/time.ts', 'type'],
  ['core/store/ok.ts', 'pg'],
  ['core/intake/ok.ts', 'core/store/target.ts'],
  ['core/queue/ok.ts', 'core/contract/target.ts'],
  ['migrations/ok.ts', 'core/platform/target.ts'],
  ['server/ok.ts', 'core/store/target.ts'],
  ['workers/ok.ts', 'workers/engine/target.ts'],
  ['workers/ok-channel.ts', 'workers/channels/target.ts'],
  ['workers/main.ts', 'workers/target.ts'],
  ['web/ok.ts', 'core/contract/target.ts'],
  ['web/ok-type.ts', 'core/domain/target.ts', 'type'],
  ['bin/ok.ts', 'server/main.ts'],
  ['test/unit/ok.ts', 'bin/target.ts'],
]

describe('the borders', () => {
  const importing = (from: string, to: string, type?: 'type') => {
    const isPath = /^[a-z]+\/.*\.ts$/.test(to)
    const relative = posix.relative(posix.dirname(from), to)
    const specifier = isPath ? (relative.startsWith('.') ? relative : `./${relative}`) : to
    const text = type ? `import type * as target from '${specifier}'\nexport type Target = typeof target\n` : `import * as target from '${specifier}'\nexport const used = target\n`
    return from.endsWith('.vue') ? `<script setup lang="ts">\n${text}</script>\n<template><p /></template>\n` : text
  }
  const lines = async (folder: string) => {
    const output = await run(folder, 'dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...readdirSync(folder).filter((name) => !/^node_modules$|\./.test(name)))
    const { summary } = JSON.parse(output) as { summary: { violations: Array<{ rule: { name: string }; from: string; to: string }>; totalCruised: number } }
    return { broken: summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`).sort(), files: summary.totalCruised }
  }

  it('refuse each planted import by its own rule, and let the planned ones pass', async () => {
    const files: Record<string, string> = { 'core/store/circle.ts': importing('core/store/circle.ts', 'core/store/circle-back.ts') }
    for (const [, from, to, type] of borders) files[from] = importing(from, to, type)
    for (const [from, to, type] of passages) files[from] = importing(from, to, type)
    for (const to of [...borders.map(([, , to]) => to), ...passages.map(([, to]) => to)]) {
      if (/^[a-z]+\/.*\.ts$/.test(to)) files[to] ??= 'export const target = 1\n'
    }
    const { broken } = await lines(plant(files, '.dependency-cruiser.cjs', 'package.json'))
    expect(broken).toEqual(borders.map(([rule, from]) => `${rule}: ${from}`).sort())
  })

  it('are all proven by a planted import', () => {
    const rules = [...readFileSync(join(root, '.dependency-cruiser.cjs'), 'utf8').matchAll(/forbid\(\s*'([\w-]+)'/g)].map(([, name]) => name)
    expect(rules.filter((name) => !borders.some(([rule]) => rule === name))).toEqual([])
    expect(rules.length).toBeGreaterThan(15)
  })

  it('hold in this tree', async () => {
    const { broken, files } = await lines(root)
    expect(broken).toEqual([])
    expect(files).toBeGreaterThan(40)
  })
})

/** Text that a fence refuses, in the file where it would stand, and beside it text that it must let pass. */
const utterances: Array<[fence: string, path: string, refused: string[], allowed: string[]]> = [
  [
    'domain-reads-no-clock',
    'core/domain/a.ts',
    ['const at = Date.now()', 'const at = new Date()', 'const at = Date()', "const at = Date['now']()", 'const at = Temporal.Now.instant()'],
    ['const day = new Date(at)', 'const at = Date.UTC(2026, 0, 1)', '// not Date.now()', "const words = 'Date.now()'"],
  ],
  ['domain-leaves-nothing-to-chance', 'core/domain/a.ts', ['const x = Math.random()', 'const id = crypto.randomUUID()'], ['const x = Math.round(1)']],
  [
    'domain-waits-for-nothing',
    'core/domain/a.ts',
    ['async function f() {}', 'const f = async () => 1', 'const o = { async f() {} }', 'type F = () => Promise<void>', 'setTimeout(f, 1)'],
    ['function f() { return 1 }'],
  ],
  ['time-comes-from-the-clock', 'workers/a.ts', ['const now = Date.now()', 'const now = new Date()'], ['const day = new Date(now)']],
  [
    'sql-lives-in-the-store',
    'server/routes/a.ts',
    [
      "q('select 1')",
      'q(`\n  select ticket_key from ticket where ticket_key = $1`)',
      'q(`update alert set ${column} = $1`)',
      "q('insert into alert values ($1)')",
      "q('delete from alert')",
      "q('with gone as (select 1) select * from gone')",
      "q('create unique index on alert (id)')",
      "q('SELECT * FROM alert')",
      "q('/* why */ truncate alert')",
      "q('-- why\\n select 1')",
    ],
    ["q('Select a region from the list')", "q('update')", "q('with care')", "q('create')", "q('selected')", '// select 1'],
  ],
  [
    'store-reads-no-clock',
    'core/store/a.ts',
    ["q('select now()')", "q('select current_timestamp')", 'q(`select clock_timestamp() where id = ${id}`)'],
    ["q('select known from unknown')", "q('select snow ( )')", "q('select $1::timestamptz')"],
  ],
  [
    'environment-is-read-once',
    'server/a.ts',
    ['const port = process.env.PORT', "const port = process['env']['PORT']", "import { env } from 'node:process'"],
    ["import { env } from './env.ts'", 'const name = process.title'],
  ],
  ['no-raw-html', 'web/desk/A.vue', ['<template><p v-html="text" /></template>', '<script>element.innerHTML = text</script>'], ['<template><p>{{ text }}</p></template>']],
]

describe('what a file may say', () => {
  const found = (path: string, text: string) => [...new Set(violationsIn({ path, text }).map(({ fence }) => fence))]

  it.each(utterances)('%s: refuses each planted text and only that', (fence, path, refused, allowed) => {
    for (const text of refused) expect(found(path, text), text).toEqual([fence])
    for (const text of allowed) expect(found(path, text), text).toEqual([])
  })

  it('is proven by a planted text for every fence', () => {
    expect(fences.map(({ name }) => name).filter((name) => !utterances.some(([fence]) => fence === name))).toEqual([])
  })

  it('leaves each thing the place where it belongs', () => {
    expect(found('core/platform/clock.ts', 'export const now = () => Date.now()')).toEqual([])
    expect(found('core/store/a.ts', "q('select 1')")).toEqual([])
    expect(found('core/platform/config.ts', 'export const raw = process.env')).toEqual([])
    expect(found('bin/start.mjs', 'const port = process.env.PORT')).toEqual([])
    expect(found('test/unit/a.test.ts', "process.env.X = 'select 1'")).toEqual([])
  })

  it('names file, line and reason, in the script of a .vue file too', () => {
    const text = '<template>\n  <p />\n</template>\n<script setup lang="ts">\nconst port = process.env.PORT\n</script>\n'
    expect(violationsIn({ path: 'web/A.vue', text })).toMatchObject([{ fence: 'environment-is-read-once', path: 'web/A.vue', line: 5, why: expect.stringContaining('config.ts') }])
  })

  it('holds in this tree', () => {
    const files = sourceFiles(root)
    expect(files.length).toBeGreaterThan(40)
    expect(files.flatMap(violationsIn).map(({ path, line, fence }) => `${path}:${line} ${fence}`)).toEqual([])
  })

  it('ends after 300 lines a file and 60 lines a function', async () => {
    const long = (statements: number) => `export function f() {\n${'  f()\n'.repeat(statements)}}\n`
    const files = {
      'core/store/long-function.ts': long(62),
      'core/store/function.ts': long(58),
      'web/LongFile.vue': `<template>\n${'  <p />\n'.repeat(299)}</template>\n`,
      'web/ShortFile.vue': `<template>\n${'  <p />\n'.repeat(200)}</template>\n`,
    }
    const folder = plant(files, 'biome.json', 'package.json')
    const output = await run(folder, '@biomejs/biome/bin/biome', 'lint', '--vcs-enabled=false', '--reporter=json', '.')
    const { diagnostics } = JSON.parse(output) as { diagnostics: Array<{ category: string; severity: string; location: { path: string } }> }
    const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ category, location }) => `${location.path}: ${category.split('/').at(-1)}`)
    expect(errors.sort()).toEqual(['core/store/long-function.ts: noExcessiveLinesPerFunction', 'web/LongFile.vue: noExcessiveLinesPerFile'])
  })
})
