import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { claimDataDir, clearDeadClaim, isAlive, ownMark, processStamp } from '../../core/platform/data-dir.ts'
import { linkLibraries } from '../../core/platform/postgres-binaries.ts'
import { runElsewhere } from '../support/other-process.ts'

const isLinux = process.platform === 'linux'
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), `tocsin-test-${process.pid}-folder-`))
  ends.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function inProcess(body: string) {
  const other = await runElsewhere(body)
  ends.push(() => other.child.kill('SIGKILL'))
  return other
}

const isThere = (pid: number) => isAlive({ pid, stamp: null })
const until = (met: () => boolean) =>
  vi.waitFor(
    () => {
      if (!met()) throw new Error('not yet')
    },
    { timeout: 20_000, interval: 10 },
  )

describe('the claim on a data folder', () => {
  it('tells a second process who holds it and where, until it is released', async () => {
    const dataDir = newFolder()
    const claim = await claimDataDir(dataDir, 8080)
    const refused = await inProcess(`await claimDataDir('${dataDir}')`)
    expect(JSON.parse(refused.line)).toMatchObject({ name: 'AlreadyRunningError', pid: process.pid, port: 8080 })
    await claim.setPort(9090)
    await expect(claimDataDir(dataDir)).rejects.toMatchObject({ pid: process.pid, port: 9090, message: expect.stringContaining('9090') })
    await claim.release()
    await (await claimDataDir(dataDir)).release()
  })

  it('is taken over from a killed process', async () => {
    const dataDir = newFolder()
    const { child } = await inProcess(`await claimDataDir('${dataDir}', 1); say('held'); setInterval(() => {}, 1000)`)
    await expect(claimDataDir(dataDir)).rejects.toMatchObject({ pid: child.pid })
    child.kill('SIGKILL')
    await until(() => !isThere(child.pid ?? 0))
    await (await claimDataDir(dataDir)).release()
  })

  it.runIf(isLinux)('is not kept by a stranger who got the number of the dead holder', async () => {
    const dataDir = newFolder()
    writeFileSync(path.join(dataDir, 'tocsin.lock'), JSON.stringify({ pid: process.pid, stamp: 'another start', nonce: 'x', port: 1 }))
    await (await claimDataDir(dataDir)).release()
    expect(processStamp(process.pid)).toBe(ownMark().stamp)
  })

  it('outlives a contender that saw a dead claim long ago and only now moves it away', async () => {
    const dataDir = newFolder()
    await claimDataDir(dataDir, 1)
    await clearDeadClaim(path.join(dataDir, 'tocsin.lock'), 'late')
    await expect(claimDataDir(dataDir)).rejects.toMatchObject({ name: 'AlreadyRunningError', port: 1 })
    expect(readdirSync(dataDir)).toEqual(['tocsin.lock'])
  })

  it.each([
    ['nothing', null],
    ['a dead claim', '{"pid":999999999,"stamp":null,"nonce":"x","port":1}'],
    ['an unreadable claim', '{"pi'],
  ])('goes to exactly one of sixteen that come at once and find %s', async (_, found) => {
    for (let round = 0; round < 10; round += 1) {
      const dataDir = newFolder()
      if (found !== null) writeFileSync(path.join(dataDir, 'tocsin.lock'), found)
      const outcomes = await Promise.allSettled(Array.from({ length: 16 }, () => claimDataDir(dataDir)))
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ name: 'AlreadyRunningError' })
      expect(readdirSync(dataDir)).toEqual(['tocsin.lock'])
    }
  })
})

describe('the shared libraries of the package', () => {
  function fakePackage() {
    const root = newFolder()
    mkdirSync(path.join(root, 'native/lib'), { recursive: true })
    writeFileSync(path.join(root, 'native/lib/libx.so.1.2'), 'x')
    writeFileSync(path.join(root, 'native/pg-symlinks.json'), JSON.stringify([{ source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' }]))
    return path.join(root, 'native')
  }

  it('get their names when the install script did not run, and are left alone afterwards', () => {
    const native = fakePackage()
    expect(linkLibraries(native, newFolder())).toBeNull()
    expect(readFileSync(path.join(native, 'lib/libx.so.1'), 'utf8')).toBe('x')
    expect(linkLibraries(native, newFolder())).toBeNull()
  })

  it('get their names in the data folder when the package cannot be written to', () => {
    const native = fakePackage()
    writeFileSync(
      path.join(native, 'pg-symlinks.json'),
      JSON.stringify([{ source: 'native/lib/libx.so.1.2', target: 'native/lib/no-such-folder/libx.so.1' }]),
    )
    const dataDir = newFolder()
    const folder = linkLibraries(native, dataDir)
    expect(folder).toBe(path.join(dataDir, 'postgres-lib'))
    expect(readFileSync(path.join(folder ?? '', 'libx.so.1'), 'utf8')).toBe('x')
    expect(linkLibraries(native, dataDir)).toBe(folder)
  })
})
