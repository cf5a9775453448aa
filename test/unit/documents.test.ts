import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Top-level folders whose paths documents name. */
const named = ['.ci', 'bin', 'config', 'core', 'docs', 'migrations', 'server', 'test', 'web', 'workers']

/** Paths in a document: targets of links, and whatever begins with one of our folders inside code. Placeholders and what a build makes are left out. */
function pathsIn(document: string, text: string): string[] {
  const code = [...text.matchAll(/```[\s\S]*?```|`[^`\n]+`/g)].map(([span]) => span).join('\n')
  const token = new RegExp(`(?<![\\w./@:-])(?:${named.map((name) => name.replace('.', '\\.')).join('|')})/[\\w./-]*(?![\\w<{*…$])`, 'g')
  const inCode = [...code.matchAll(token)].map(([path]) => path.replace(/[.:]+$/, ''))
  const links = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
    .map(([, target]) => target ?? '')
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => posix.normalize(posix.join(posix.dirname(document), target)))
  return [...new Set([...inCode, ...links])].filter((path) => !/\b(NAME|FILE|MAP|NNNN)\b|\/dist\b/.test(path))
}

describe('the documents', () => {
  const documents = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']
  const inDocs = existsSync(join(root, 'docs')) ? (readdirSync(join(root, 'docs'), { recursive: true }) as string[]) : []
  documents.push(...inDocs.filter((path) => path.endsWith('.md')).map((path) => `docs/${path}`))

  it('are read for the paths that they name', () => {
    const text = 'See `core/domain/time.ts`, [the guide](../README.md#start), https://example.org/core/x, `/api/docs`, `web/wall/NAME.vue`.\n```\nnode bin/start.mjs\n```\n'
    expect(pathsIn('docs/guide.md', text)).toEqual(['core/domain/time.ts', 'bin/start.mjs', 'README.md'])
  })

  it.each(documents)('%s names only what is there', (document) => {
    const paths = pathsIn(document, readFileSync(join(root, document), 'utf8'))
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})

describe('the lock', () => {
  it('names no registry host, and npm is told to leave it out', () => {
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, { resolved?: string }> }
    expect(Object.values(lock.packages).flatMap(({ resolved }) => resolved ?? [])).toEqual([])
    expect(readFileSync(join(root, '.npmrc'), 'utf8')).toContain('omit-lockfile-registry-resolved=true')
    expect(readFileSync(join(root, '.npmrc'), 'utf8')).not.toMatch(/https?:/)
  })
})
