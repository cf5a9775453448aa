import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { root } from '../../bin/bootstrap/child.mjs'
import { ensureDependencies, requireSpace } from '../../bin/bootstrap/dependencies.mjs'
import { explainInstallFailure } from '../../bin/bootstrap/install-failure.mjs'
import { oldestNode, requireNode } from '../../bin/bootstrap/node-version.mjs'
import { onceAtATime } from '../../bin/bootstrap/once-at-a-time.mjs'
import { whyUnreachable } from '../../bin/bootstrap/registry.mjs'
import { judgeRun } from '../../bin/bootstrap/tally.mjs'
import { webFingerprint } from '../../bin/bootstrap/web-bundle.mjs'
import { findChromium } from '../../bin/ci/chromium.mjs'

const folders: string[] = []
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'tocsin-bootstrap-'))
  folders.push(made)
  return made
}
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true })
})

describe('the Node.js version', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '24.21.0', 'v24.0.0-rc.1'])('%s runs Tocsin', (version) => {
    expect(() => requireNode(version)).not.toThrow()
  })

  it.each(['20.18.3', '18.20.8', '16.0.0', '20.9.0'])('%s is refused, with what to install', (version) => {
    expect(() => requireNode(version)).toThrow(new RegExp(`太旧.*${version}.*20\\.19[\\s\\S]*too old.*${version}.*nodejs\\.org`))
  })

  it('is the one that package.json asks for', () => {
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } }
    expect(`${engines.node}.0`).toBe(`>=${oldestNode}`)
  })
})

describe('a failed installation', () => {
  it.each([
    ['npm error code ENOSPC\nnpm error syscall write', /磁盘已满|disk is full/],
    ['npm error code EACCES\nnpm error path /srv/tocsin/node_modules', /没有写权限/],
    ['npm error code EROFS', /只读/],
    ['npm error code ENOTFOUND\nnpm error errno ENOTFOUND', /连不上 npm 源/],
    ['npm error code EAI_AGAIN', /连不上 npm 源/],
    ["npm error code ENOTCACHED\nnpm error cache mode is 'only-if-cached'", /连不上 npm 源/],
    ['npm error code UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /证书/],
    ['npm error code EINTEGRITY', /校验/],
    ['npm error code EUSAGE\nnpm error Missing: a@1.0.0 from lock file', /锁文件/],
    ['npm error something never seen before', /npm 的输出/],
    // A full disk drags other errors along.
    ['npm error code EACCES\nnpm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device', /磁盘已满/],
  ])('is explained: %s', (output, zh) => {
    const advice = explainInstallFailure(output)
    expect(advice.zh).toMatch(zh)
    expect(advice.en.length).toBeGreaterThan(10)
  })

  it('is forestalled where the disk is too small', () => {
    const here = folder()
    expect(() => requireSpace(here, Number.MAX_SAFE_INTEGER)).toThrow(/磁盘空间不足.*\d+ MB/)
    expect(() => requireSpace(here, 1)).not.toThrow()
  })
})

describe('the dependencies', () => {
  const saved = { ...process.env }
  const server = createServer((socket) => socket.destroy())
  beforeEach(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    for (const name of Object.keys(process.env)) if (/proxy$/i.test(name)) delete process.env[name]
    process.env['npm_config_cache'] = join(folder(), 'cache')
    process.env['npm_config_registry'] = `http://127.0.0.1:${(server.address() as { port: number }).port}/`
  })
  afterEach(async () => {
    process.env = { ...saved }
    await new Promise((resolve) => server.close(resolve))
  })

  /** A checkout whose only dependency lies beside it, so that a real `npm ci` needs no network. */
  function checkout(version = '1.0.0'): string {
    const here = folder()
    mkdirSync(join(here, 'dep'))
    writeFileSync(join(here, 'dep/package.json'), JSON.stringify({ name: 'dep', version }))
    writeFileSync(join(here, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0', dependencies: { dep: 'file:dep' } }))
    const packages = { '': { name: 'app', version: '1.0.0', dependencies: { dep: 'file:dep' } }, dep: { version }, 'node_modules/dep': { resolved: 'dep', link: true } }
    writeFileSync(join(here, 'package-lock.json'), JSON.stringify({ name: 'app', version: '1.0.0', lockfileVersion: 3, requires: true, packages }))
    return here
  }

  it('are installed once, and again when the lock has changed', async () => {
    const here = checkout()
    await ensureDependencies(here)
    expect(existsSync(join(here, 'node_modules/dep/package.json'))).toBe(true)

    const witness = join(here, 'node_modules/witness')
    writeFileSync(witness, '')
    await ensureDependencies(here)
    // `npm ci` would have removed it.
    expect(existsSync(witness)).toBe(true)

    writeFileSync(join(here, 'package-lock.json'), readFileSync(join(here, 'package-lock.json'), 'utf8').replaceAll('"1.0.0"', '"1.0.1"'))
    writeFileSync(join(here, 'package.json'), readFileSync(join(here, 'package.json'), 'utf8').replace('"1.0.0"', '"1.0.1"'))
    writeFileSync(join(here, 'dep/package.json'), JSON.stringify({ name: 'dep', version: '1.0.1' }))
    await ensureDependencies(here)
    expect(existsSync(witness)).toBe(false)
  })

  it('that somebody installed by hand are left alone', async () => {
    const here = checkout()
    await ensureDependencies(here)
    rmSync(join(here, 'node_modules/.tocsin-lock-hash'))
    const witness = join(here, 'node_modules/witness')
    writeFileSync(witness, '')
    await ensureDependencies(here)
    expect(existsSync(witness)).toBe(true)
    expect(existsSync(join(here, 'node_modules/.tocsin-lock-hash'))).toBe(true)
  })

  it('that cannot be fetched are refused with what to do, not after minutes', async () => {
    const here = folder()
    const integrity = `sha512-${Buffer.alloc(64).toString('base64')}`
    const packages = { '': { name: 'app', version: '1.0.0', dependencies: { far: '1.0.0' } }, 'node_modules/far': { version: '1.0.0', integrity } }
    writeFileSync(join(here, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0', dependencies: { far: '1.0.0' } }))
    writeFileSync(join(here, 'package-lock.json'), JSON.stringify({ name: 'app', version: '1.0.0', lockfileVersion: 3, requires: true, packages }))
    process.env['npm_config_registry'] = 'http://127.0.0.1:1/'
    await expect(ensureDependencies(here)).rejects.toThrow(/安装依赖失败[\s\S]*连不上 npm 源[\s\S]*cannot be reached/)
  })

  it('need a registry that answers, unless a proxy stands before it', async () => {
    const open = process.env['npm_config_registry']
    expect(await whyUnreachable({ registry: open }, {})).toBeUndefined()
    expect(await whyUnreachable({ registry: 'http://127.0.0.1:1/' }, {})).toMatch(/127\.0\.0\.1.*ECONNREFUSED/)
    expect(await whyUnreachable({ registry: 'http://127.0.0.1:1/', 'https-proxy': 'http://proxy:3128' }, {})).toBeUndefined()
    expect(await whyUnreachable({ registry: 'http://127.0.0.1:1/' }, { HTTPS_PROXY: 'http://proxy:3128' })).toBeUndefined()
  })
})

describe('two starts at once', () => {
  it('take turns', async () => {
    const here = folder()
    let inside = 0
    let most = 0
    const work = async () => {
      inside += 1
      most = Math.max(most, inside)
      await new Promise((resolve) => setTimeout(resolve, 50))
      inside -= 1
    }
    await Promise.all([onceAtATime(here, 'test', work), onceAtATime(here, 'test', work), onceAtATime(here, 'test', work)])
    expect(most).toBe(1)
  })

  it('do not wait for one that was killed', async () => {
    const here = folder()
    const killed = spawn(process.execPath, ['--input-type=module', '-e', `
      import { onceAtATime } from ${JSON.stringify(new URL('../../bin/bootstrap/once-at-a-time.mjs', import.meta.url).href)}
      await onceAtATime(${JSON.stringify(here)}, 'test', () => { console.log('in'); return new Promise((resolve) => setTimeout(resolve, 1e6)) })`])
    await new Promise((resolve) => killed.stdout.once('data', resolve))
    killed.kill('SIGKILL')
    await new Promise((resolve) => killed.once('exit', resolve))
    expect(await onceAtATime(here, 'test', () => 'done')).toBe('done')
  })
})

describe('the fingerprint of the pages', () => {
  it('follows the content of their sources, not dates and not what was built', () => {
    const here = folder()
    for (const place of ['web/dist', 'core/domain', 'server']) mkdirSync(join(here, place), { recursive: true })
    writeFileSync(join(here, 'web/main.ts'), 'one')
    writeFileSync(join(here, 'core/domain/time.ts'), 'one')
    const before = webFingerprint(here)
    utimesSync(join(here, 'web/main.ts'), 1, 1)
    writeFileSync(join(here, 'web/dist/index.html'), 'built')
    writeFileSync(join(here, 'server/app.ts'), 'changed')
    expect(webFingerprint(here)).toBe(before)
    writeFileSync(join(here, 'core/domain/time.ts'), 'two')
    const changed = webFingerprint(here)
    expect(changed).not.toBe(before)
    writeFileSync(join(here, 'core/domain/more.ts'), '')
    expect(webFingerprint(here)).not.toBe(changed)
  })
})

describe.skipIf(process.platform === 'win32')('the child that serves', () => {
  const child = `
    let signals = 0
    process.on('SIGINT', () => { signals += 1; setTimeout(() => { console.log('signals', signals); process.exit(3) }, 500) })
    process.on('SIGTERM', () => { console.log('terminated'); process.exit(0) })
    console.log('ready', process.argv.slice(2).join(' '))
    setTimeout(() => process.exit(9), 120_000)
  `

  /** Starts the child as bin/start.mjs does; resolves when it is ready. */
  async function begin() {
    const file = join(folder(), 'child.ts')
    writeFileSync(file, child)
    const start = `import { runProjectFile } from ${JSON.stringify(new URL('../../bin/bootstrap/child.mjs', import.meta.url).href)}
      await runProjectFile(${JSON.stringify(relative(root, file))}, ['a', 'b'])`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', start], { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    const ended = new Promise<string>((resolve) => parent.stdout.on('end', () => resolve(output)))
    const exited = new Promise<number | null>((resolve) => parent.on('exit', resolve))
    await new Promise<void>((resolve) => parent.stdout.on('data', (chunk) => (output += chunk) && output.includes('ready a b') && resolve()))
    return { parent, ended, exited }
  }

  it('gets one signal of a Ctrl-C that arrives twice, and its exit code is ours', async () => {
    const { parent, ended, exited } = await begin()
    parent.kill('SIGINT')
    // As npm does, right after the terminal; at the very same moment the kernel would merge the two.
    await new Promise((resolve) => setTimeout(resolve, 100))
    parent.kill('SIGINT')
    expect(await exited).toBe(3)
    expect(await ended).toContain('signals 1')
  })

  it('stops in order when its parent is killed outright', async () => {
    const { parent, ended } = await begin()
    parent.kill('SIGKILL')
    expect(await ended).toContain('terminated')
  })
})

describe('the last line of a test run', () => {
  const clean = { passed: 2, failed: 0, skipped: [], brokenFiles: [], errors: 0, reason: 'passed' }
  it.each([
    ['all passed', clean, 0, [], '2 passed, 0 failed', true],
    ['one failed', { ...clean, failed: 1, reason: 'failed' }, 1, [], '2 passed, 1 failed', false],
    ['one skipped', { ...clean, skipped: [{ file: 'f', test: 't', why: 'no browser' }] }, 0, [], '2 passed, 0 failed, 1 skipped', true],
    ['a file that could not be loaded', { ...clean, brokenFiles: ['f'], reason: 'failed' }, 1, [], '2 passed, 1 failed', false],
    ['an error outside the tests', { ...clean, errors: 1, reason: 'failed' }, 1, [], '2 passed, 1 failed', false],
    ['interrupted', { ...clean, reason: 'interrupted' }, 1, [], '2 passed, 1 failed', false],
    ['no browser in CI', clean, 0, ['no browser'], '2 passed, 1 failed', false],
    ['nothing ran', { ...clean, passed: 0 }, 0, [], '0 passed, 0 failed', false],
    ['no report at all', undefined, 134, [], '0 passed, 1 failed', false],
  ])('%s', (_, tally, exitCode, faults, lastLine, passed) => {
    expect(judgeRun(tally, exitCode, faults)).toMatchObject({ lastLine, passed })
  })

  it('comes after the reason of every skipped test', () => {
    const { lines } = judgeRun({ ...clean, skipped: [{ file: 'test/e2e/wall.test.ts', test: 'shows a case', why: 'no Chromium here' }] }, 0, [])
    expect(lines).toEqual([expect.stringMatching(/skipped: test\/e2e\/wall\.test\.ts › shows a case：no Chromium here/)])
  })
})

describe('the browser for the tests', () => {
  it('is the one that a variable names, and a variable that names nothing is reported', () => {
    expect(findChromium({ TOCSIN_CHROMIUM: process.execPath, PATH: '' })).toEqual({ path: process.execPath })
    expect(findChromium({ TOCSIN_CHROMIUM: '/nowhere/chromium', PATH: '/usr/bin' }).why).toMatch(/TOCSIN_CHROMIUM.*\/nowhere\/chromium/)
  })
})

it('begins at the root of the checkout, wherever it is called from', () => {
  expect(root).toBe(fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, ''))
})
