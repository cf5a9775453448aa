import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scopeOf } from '../../core/domain/access.ts'
import { ensureAdmin, ensureDemoUsers } from '../../core/engine/accounts.ts'
import { hashPassword, isPassword, randomText } from '../../core/engine/password.ts'
import { loadAudit, recordAudit } from '../../core/store/audit-store.ts'
import { extendSession, loadSessionData, loadSessionOwners, saveSession } from '../../core/store/session-store.ts'
import { disableUser, loadCredentials, loadUsers } from '../../core/store/user-store.ts'
import { claimToken, confirmPairing, deleteStalePairings, findWallDevice, insertPairing, loadPairing } from '../../core/store/wall-device-store.ts'
import { engineWorld, type EngineWorld } from '../support/engine-world.ts'

const NOW = Date.UTC(2026, 5, 11, 12)
const HOUR = 3_600_000

let world: EngineWorld
beforeAll(async () => { world = await engineWorld() })

describe('passwords', () => {
  test('are kept as scrypt hashes that carry their own salt and cost', async () => {
    const [one, two] = [await hashPassword('警钟 secret'), await hashPassword('警钟 secret')]
    expect(one).toMatch(/^scrypt\$15\$8\$1\$[\w-]{22}\$[\w-]{43}$/)
    expect(one).not.toBe(two)
    expect(await isPassword('警钟 secret', one)).toBe(true)
    expect(await isPassword('警钟 secreT', one)).toBe(false)
  })

  test('are checked by the cost written in the hash, so that old hashes outlive a change of cost', async () => {
    const { scryptSync } = await import('node:crypto')
    const salt = Buffer.from('0123456789abcdef')
    const cheap = `scrypt$10$8$1$${salt.toString('base64url')}$${scryptSync('old', salt, 32, { N: 2 ** 10, r: 8, p: 1 }).toString('base64url')}`
    expect(await isPassword('old', cheap)).toBe(true)
  })

  test('cost as much for an account that does not exist', async () => {
    const hash = await hashPassword('x')
    const time = async (held: string | null) => {
      const times: number[] = []
      for (let round = 0; round < 5; round += 1) {
        const start = performance.now()
        await isPassword('y', held)
        times.push(performance.now() - start)
      }
      return Math.min(...times)
    }
    expect(await time(null)).toBeGreaterThan((await time(hash)) / 2)
    expect(await isPassword('', null)).toBe(false)
  })

  test('that are made up use every letter about equally', () => {
    const text = randomText(20_000)
    const counts = new Map<string, number>()
    for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    expect(text).toHaveLength(20_000)
    expect(counts.size).toBe(56)
    for (const n of counts.values()) expect(n).toBeGreaterThan(230)
  })
})

describe('the first accounts', () => {
  test('twenty starts at once make one administrator, and only its maker learns the password', async () => {
    const made = (await Promise.all(Array.from({ length: 20 }, () => ensureAdmin(world.pool, { now: NOW })))).filter((account) => account !== null)
    expect(made).toHaveLength(1)
    expect(made[0]).toMatchObject({ login: 'admin' })
    expect(made[0]!.password).toHaveLength(20)
    const kept = await loadCredentials(world.pool, 'admin')
    expect(kept).toMatchObject({ role: 'admin', regionCode: world.tree.root.code })
    expect(await isPassword(made[0]!.password, kept!.passwordHash)).toBe(true)
    expect(await ensureAdmin(world.pool, { password: 'another one here', now: NOW })).toBeNull()
  })

  test('demo accounts are made once, for every province, with roles for names', async () => {
    const made = await ensureDemoUsers(world.pool, world.tree, NOW)
    expect(made.find(({ login }) => login === 'demo-manager-32')).toMatchObject({ role: 'duty_manager', regionCode: '32' })
    expect(made.find(({ login }) => login === 'demo-group')).toMatchObject({ role: 'group_ops', regionCode: '00' })
    expect(made).toHaveLength(31 * 5 + 5)
    for (const { displayName } of made) expect(displayName).toMatch(/^演示·.+ \/ Demo /)
    const kept = await loadCredentials(world.pool, 'demo-agent-32')
    expect(kept?.isDemo).toBe(true)
    expect(await isPassword(made[0]!.password, kept!.passwordHash)).toBe(true)
    expect(await ensureDemoUsers(world.pool, world.tree, NOW)).toEqual([])
  })

  test('an administrator of a province sees and disables nobody else’s accounts', async () => {
    const scope = scopeOf(world.tree.get('32')!)
    const users = await loadUsers(world.pool, scope)
    expect(users.map(({ login }) => login)).toEqual(['demo-agent-32', 'demo-cs-32', 'demo-director-32', 'demo-leader-32', 'demo-manager-32'])
    const stranger = await loadCredentials(world.pool, 'demo-agent-33')
    expect(await disableUser(world.pool, scope, stranger!.id, NOW)).toBeNull()
    expect((await loadCredentials(world.pool, 'demo-agent-33'))?.disabledAt).toBeNull()
  })
})

describe('sessions', () => {
  let userId: string
  beforeAll(async () => { userId = (await loadCredentials(world.pool, 'demo-agent-32'))!.id })

  test('end twelve hours after their last use and not before', async () => {
    await saveSession(world.pool, 'h1', userId, { userId }, NOW + 12 * HOUR)
    expect(await loadSessionOwners(world.pool, ['h1'], NOW + 12 * HOUR - 1)).toMatchObject([{ login: 'demo-agent-32', role: 'duty_agent' }])
    await extendSession(world.pool, 'h1', NOW + 13 * HOUR)
    expect(await loadSessionOwners(world.pool, ['h1'], NOW + 13 * HOUR - 1)).toHaveLength(1)
    expect(await loadSessionOwners(world.pool, ['h1'], NOW + 13 * HOUR)).toEqual([])
    expect(await loadSessionData(world.pool, 'h1', NOW + 13 * HOUR)).toBeNull()
  })

  test('are never moved towards the past, and are not written for less than a minute', async () => {
    await saveSession(world.pool, 'h2', userId, {}, NOW)
    const endOf = async () => (await world.pool.query("select expires_at as at from session where sid_hash = 'h2'")).rows[0].at
    await extendSession(world.pool, 'h2', NOW + 59_000)
    expect(await endOf()).toBe(NOW)
    await extendSession(world.pool, 'h2', NOW - HOUR)
    expect(await endOf()).toBe(NOW)
  })

  test('of a disabled account are nobody’s', async () => {
    await saveSession(world.pool, 'h3', userId, {}, NOW + HOUR)
    await disableUser(world.pool, scopeOf(world.tree.root), userId, NOW)
    expect(await loadSessionOwners(world.pool, ['h3'], NOW)).toEqual([])
    await world.pool.query('update app_user set disabled_at = null')
  })
})

describe('pairing a wall', () => {
  const pairing = (id: string, code: string) => insertPairing(world.pool, { id, code, claimHash: `claim of ${id}`, expiresAt: NOW + HOUR }, NOW)
  const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
  let admin: string
  beforeAll(async () => { admin = (await loadCredentials(world.pool, 'admin'))!.id })

  test('gives the token once, to whoever holds the claim, after the confirmation', async () => {
    expect(await pairing(uuid(1), 'ABCDEF')).toBe(true)
    expect(await pairing(uuid(2), 'ABCDEF')).toBe(false)
    expect(await claimToken(world.pool, uuid(1), `claim of ${uuid(1)}`, 't1', NOW)).toBe(false)
    expect(await confirmPairing(world.pool, 'ABCDEF', { name: 'wall', regionCode: '32', confirmedBy: admin, expiresAt: NOW + HOUR }, NOW)).toMatchObject({ id: uuid(1), regionCode: '32' })
    expect(await claimToken(world.pool, uuid(1), 'another claim', 't1', NOW)).toBe(false)
    const claims = await Promise.all(Array.from({ length: 10 }, (_, n) => claimToken(world.pool, uuid(1), `claim of ${uuid(1)}`, `t${n}`, NOW)))
    expect(claims.filter(Boolean)).toHaveLength(1)
    expect(await findWallDevice(world.pool, `t${claims.indexOf(true)}`)).toMatchObject({ id: uuid(1), regionCode: '32' })
    expect((await loadPairing(world.pool, uuid(1), `claim of ${uuid(1)}`))?.isClaimed).toBe(true)
  })

  test('runs out: a late confirmation finds nothing, and the code is free again', async () => {
    await pairing(uuid(3), 'GHJKLM')
    expect(await confirmPairing(world.pool, 'GHJKLM', { name: 'wall', regionCode: '32', confirmedBy: admin, expiresAt: NOW + 2 * HOUR }, NOW + HOUR)).toBeNull()
    await deleteStalePairings(world.pool, NOW + HOUR)
    expect(await pairing(uuid(4), 'GHJKLM')).toBe(true)
  })
})

describe('the audit log', () => {
  test('shows an auditor the acts of his subtree, newest first, and the root those without a region', async () => {
    const act = (subject: string, regionPath: string | null) => recordAudit(world.pool, { at: NOW, actor: 'a', action: 'test', subject, regionPath, detail: { n: 1 } })
    for (const [subject, path] of [['in 32', '/00/32/'], ['in 33', '/00/33/'], ['nowhere', null], ['in a city of 32', '/00/32/3201/']] as const) await act(subject, path)
    const seenBy = async (code: string) => (await loadAudit(world.pool, scopeOf(world.tree.get(code)!), null, 100)).filter(({ action }) => action === 'test').map(({ subject }) => subject)
    expect(await seenBy('32')).toEqual(['in a city of 32', 'in 32'])
    expect(await seenBy('33')).toEqual(['in 33'])
    expect(await seenBy('00')).toEqual(['in a city of 32', 'nowhere', 'in 33', 'in 32'])
    const [newest] = await loadAudit(world.pool, scopeOf(world.tree.root), null, 1)
    expect(newest).toMatchObject({ detail: { n: 1 }, regionPath: '/00/32/3201/' })
    expect((await loadAudit(world.pool, scopeOf(world.tree.root), Number(newest!.id), 1))[0]?.subject).toBe('nowhere')
  })

  test('cannot be changed or deleted', async () => {
    await expect(world.pool.query("update audit_log set actor = 'nobody'")).rejects.toThrow('append-only')
    await expect(world.pool.query('delete from audit_log')).rejects.toThrow('append-only')
  })
})

afterAll(async () => { await world.database.drop() })
