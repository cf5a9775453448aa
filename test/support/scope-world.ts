import { expect } from 'vitest'
import { ROLES } from '../../core/domain/vocabulary.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { engineWorld } from './engine-world.ts'
import { markedCity, plant, type Planted } from './planted.ts'
import { aCard, publish } from './planted-feed.ts'
import { type Caller, NOBODY, serverWorld, type ServerWorld } from './server.ts'

export const NOW = Date.UTC(2026, 5, 11, 12)
export const clock = new ManualClock(NOW)
export const [MARK32, MARK33, MARK00] = ['MARKOWN', 'MARKFOREIGN', 'MARKGROUP']
export const [COUNT32, COUNT33] = [3_200_017, 3_300_019]

/** All of this is filled by {@link openScopeWorld}; each test file has its own. */
export let world: ServerWorld
export let own: Planted
export let foreign: Planted
export const callers = new Map<string, Caller>()
export const as = (name: string): Caller => {
  const caller = callers.get(name)
  if (caller === undefined) throw new Error(`no caller ${name}`)
  return caller
}

export const PEOPLE = ROLES.map((role) => `${role}-32`)
/** Everybody whose scope is province 32. */
export const IN_32 = [...PEOPLE, 'key-32', 'wall-32']
export const DEAD = ['nobody', 'logged-out', 'disabled', 'revoked key', 'revoked wall', 'forged key', 'forged wall', 'forged cookie']

/** A server over a database with marked rows of two provinces, and callers of every kind. */
export async function openScopeWorld(): Promise<void> {
  const base = await engineWorld(clock, [markedCity('32', MARK32), markedCity('33', MARK33)])
  own = await plant(base.pool, '32', MARK32, COUNT32, NOW)
  foreign = await plant(base.pool, '33', MARK33, COUNT33, NOW)
  await publish(base.pool, { topic: 'alert', regionCode: '00', regionPath: '/00/', payload: aCard('999', '00', MARK00) }, NOW)
  world = await serverWorld({ clock, world: base, env: { TOCSIN_TRUST_PROXY: '127.0.0.1' } })
  for (const role of ROLES) {
    for (const [code, suffix] of [['32', '32'], ['33', '33'], ['00', '00']] as const) {
      if (suffix === '33' && role !== 'duty_manager' && role !== 'admin') continue
      await world.addUser(`${role}-${suffix}`, role, code)
      callers.set(`${role}-${suffix}`, await world.signIn(`${role}-${suffix}`))
    }
  }
  for (const code of ['32', '33']) {
    callers.set(`key-${code}`, await world.addKey(code))
    callers.set(`wall-${code}`, await world.addWall(code))
  }
  await deadCallers()
}

async function deadCallers(): Promise<void> {
  callers.set('nobody', NOBODY)
  await world.addUser('gone-32', 'duty_manager', '32')
  const gone = await world.signIn('gone-32')
  await world.call(gone, 'POST', '/api/v1/logout')
  callers.set('logged-out', gone)
  const id = await world.addUser('disabled-32', 'admin', '32')
  callers.set('disabled', await world.signIn('disabled-32'))
  await world.pool.query("update app_user set disabled_at = '2026-01-01' where id = $1", [id])
  const [key, wall] = [await world.addKey('32'), await world.addWall('32')]
  await world.pool.query("update api_key set revoked_at = '2026-01-01' where id = $1", [key.id])
  await world.pool.query("update wall_device set revoked_at = '2026-01-01' where id = $1", [wall.id])
  callers.set('revoked key', key)
  callers.set('revoked wall', wall)
  callers.set('forged key', { headers: { authorization: `Bearer tk_${'a'.repeat(43)}` }, token: `tk_${'a'.repeat(43)}` })
  callers.set('forged wall', { headers: { authorization: `Bearer wd_${'a'.repeat(43)}` }, token: `wd_${'a'.repeat(43)}` })
  callers.set('forged cookie', { headers: { cookie: 'tocsin_session=abc.def', 'x-csrf-token': 'x' }, token: null })
}

/** Whatever only province 33 or the group has. */
const foreignMarks = [MARK33, MARK33.toLowerCase(), MARK00, String(COUNT33), '33X', '/00/33/']
/** Fails when a text holds anything of province 33 or of the group beside what was `asked` for by name. */
export function expectNothingForeign(text: string, what: string, asked: readonly string[] = []): void {
  for (const mark of [...foreignMarks, ...foreign.ids].filter((sign) => !asked.includes(sign))) expect(text.includes(mark), `${what} shows ${mark}: ${text.slice(0, 400)}`).toBe(false)
}
