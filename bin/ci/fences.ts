// The fences that neither types nor imports can hold: what a file may say. `npm run check` runs them over the tree,
// test/unit/architecture.test.ts plants a violation of each in memory.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export interface SourceFile {
  /** Relative to the checkout, `/` between names. */
  readonly path: string
  readonly text: string
}

export interface Violation {
  readonly fence: string
  readonly path: string
  readonly line: number
  readonly why: string
}

interface Fence {
  readonly name: string
  /** What to do instead; printed with every violation. */
  readonly why: string
  readonly covers: (path: string) => boolean
  /** Whether this node breaks the fence. */
  readonly breaks: (node: ts.Node) => boolean
}

const under = (...folders: string[]) => (path: string) => folders.some((folder) => path.startsWith(folder))

/** `Date.now`, `Math.random` and the like. */
function isMember(node: ts.Node, object: string, ...members: string[]): boolean {
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return false
  if (!ts.isIdentifier(node.expression) || node.expression.text !== object) return false
  const member = ts.isPropertyAccessExpression(node) ? node.name.text : ts.isStringLiteral(node.argumentExpression) ? node.argumentExpression.text : ''
  return members.includes(member)
}

/** Reads the wall clock: `Date.now()`, `new Date()`, `Date()`, `Temporal.Now`. `new Date(at)` only converts. */
function readsTheClock(node: ts.Node): boolean {
  if (isMember(node, 'Date', 'now') || isMember(node, 'Temporal', 'Now')) return true
  const isDate = (expression: ts.Expression) => ts.isIdentifier(expression) && expression.text === 'Date'
  return (ts.isNewExpression(node) && isDate(node.expression) && (node.arguments?.length ?? 0) === 0) || (ts.isCallExpression(node) && isDate(node.expression))
}

const isChance = (node: ts.Node) => isMember(node, 'Math', 'random') || isMember(node, 'crypto', 'randomUUID', 'getRandomValues')

function waits(node: ts.Node): boolean {
  if (ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AsyncKeyword) return true
  return ts.isIdentifier(node) && ['Promise', 'setTimeout', 'setInterval', 'queueMicrotask', 'performance'].includes(node.text)
}

/** The text of a string or template, with `${…}` as `$` so that a statement that is put together is still seen; undefined for other nodes. */
function literalText(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text
  if (ts.isTemplateExpression(node)) return [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join('$')
  return undefined
}

/** How statements begin, in lower case. */
const statement =
  /^(select\s+\S|insert\s+into\s|update\s+\S+[\s\S]*\sset\s|delete\s+from\s|with\s+(recursive\s+)?\w+\s*(\([^)]*\)\s*)?as\s|(create|alter|drop)\s+(or\s+replace\s+)?(unique\s+)?(table|index|view|materialized|schema|database|extension|function|type|role|trigger|sequence)\s|truncate\s|copy\s+\S+\s+(from|to)\s|lock\s+table\s|notify\s+\S+)/

/** Whether a text begins as a statement does. A sentence for people ("Select a region from …") begins with one capital. */
function isSql(text: string): boolean {
  const bare = text.replace(/^(\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/, '')
  return statement.test(/^[A-Z]{4}/.test(bare) ? bare.toLowerCase() : bare)
}

const sqlClock = /\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(|\b(current_timestamp|current_date|current_time|localtimestamp|localtime)\b/i

function readsEnvironment(node: ts.Node): boolean {
  if (isMember(node, 'process', 'env')) return true
  return ts.isImportSpecifier(node) && (node.propertyName ?? node.name).text === 'env' && /['"](node:)?process['"]/.test(node.parent.parent.parent.getText())
}

/** Running code outside tests and start-up scripts. */
const product = under('core/', 'server/', 'workers/', 'web/', 'migrations/', 'bin/')
const domain = under('core/domain/')
const sqlMayLive = under('core/store/', 'core/platform/', 'core/queue/', 'migrations/')

export const fences: readonly Fence[] = [
  {
    name: 'domain-reads-no-clock',
    why: '`now` is a parameter of every decision, so that a replay and a test decide alike.',
    covers: domain,
    breaks: readsTheClock,
  },
  { name: 'domain-leaves-nothing-to-chance', why: 'The same facts give the same decision.', covers: domain, breaks: isChance },
  {
    name: 'domain-waits-for-nothing',
    why: 'A decision is a plain function: what it needs is handed to it, what it wants done it returns.',
    covers: domain,
    breaks: waits,
  },
  {
    name: 'time-comes-from-the-clock',
    why: 'Wall-clock time is read in core/platform/clock.ts only; everyone else is given `now` or a clock, which a replay and a test can turn.',
    covers: (path) => under('core/', 'server/', 'workers/')(path) && !under('core/domain/', 'core/platform/')(path),
    breaks: readsTheClock,
  },
  {
    name: 'sql-lives-in-the-store',
    why: 'Statements are written in core/store, one exported function each.',
    covers: (path) => under('core/', 'server/', 'workers/', 'web/', 'bin/')(path) && !sqlMayLive(path),
    breaks: (node) => {
      const text = literalText(node)
      return text !== undefined && isSql(text)
    },
  },
  {
    name: 'store-reads-no-clock',
    why: 'Time is a parameter ($1): a statement with its own clock cannot be replayed.',
    covers: under('core/store/'),
    breaks: (node) => {
      const text = literalText(node)
      return text !== undefined && sqlClock.test(text)
    },
  },
  {
    name: 'environment-is-read-once',
    why: 'core/platform/config.ts validates every variable at start, all faults at once; everyone else is given the configuration.',
    covers: (path) => product(path) && path !== 'core/platform/config.ts' && !(path.startsWith('bin/') && path.endsWith('.mjs')),
    breaks: readsEnvironment,
  },
]

const htmlFence = { name: 'no-raw-html', why: 'Text of a complaint is never markup: v-html and innerHTML would run what a customer wrote.' }

/** The scripts of a .vue file, at the lines that they have in the file. */
function scriptsOf(text: string): string {
  const kept: string[] = []
  let inside = false
  for (const line of text.split('\n')) {
    if (inside && /<\/script>/.test(line)) inside = false
    kept.push(inside ? line : '')
    if (/<script\b[^>]*>\s*$/.test(line)) inside = true
  }
  return kept.join('\n')
}

function rawHtml(file: SourceFile): Violation[] {
  if (!file.path.startsWith('web/')) return []
  return file.text.split('\n').flatMap((line, index) => {
    return /\bv-html\b|\b(inner|outer)HTML\b|insertAdjacentHTML/.test(line) ? [{ fence: htmlFence.name, path: file.path, line: index + 1, why: htmlFence.why }] : []
  })
}

/** Every violation in one file. Reads nothing but what it is given. */
export function violationsIn(file: SourceFile): Violation[] {
  const found = rawHtml(file)
  const active = fences.filter((fence) => fence.covers(file.path))
  if (active.length === 0) return found
  const text = file.path.endsWith('.vue') ? scriptsOf(file.text) : file.text
  const source = ts.createSourceFile(file.path, text, ts.ScriptTarget.Latest, true, file.path.endsWith('.mjs') ? ts.ScriptKind.JS : ts.ScriptKind.TS)
  const visit = (node: ts.Node): void => {
    for (const fence of active) {
      if (!fence.breaks(node)) continue
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
      found.push({ fence: fence.name, path: file.path, line, why: fence.why })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const folders = ['bin', 'core', 'migrations', 'server', 'web', 'workers']

/** All source files of the checkout at `root` that a fence could cover. */
export function sourceFiles(root: string): SourceFile[] {
  const walk = (folder: string): string[] =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.name !== 'dist' && entry.name !== 'node_modules')
      .flatMap((entry) => (entry.isDirectory() ? walk(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`]))
  return folders
    .flatMap(walk)
    .filter((path) => /\.(ts|mjs|vue)$/.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const violations = sourceFiles(fileURLToPath(new URL('../../', import.meta.url))).flatMap(violationsIn)
  for (const { path, line, fence, why } of violations) console.error(`${path}:${line} ${fence}: ${why}`)
  process.exitCode = violations.length > 0 ? 1 : 0
}
