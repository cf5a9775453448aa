import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FeedRow, type Heartbeat, LIVE_VERSION } from '../../core/contract/wall.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { pruneFeed } from '../../core/store/feed-store.ts'
import { beat } from '../../core/store/pulse-store.ts'
import { publish } from '../support/planted-feed.ts'
import { type Caller, type LiveClient, serverWorld, type ServerWorld } from '../support/server.ts'

let world: ServerWorld
let wall: Caller & { readonly id: string }

beforeAll(async () => {
  world = await serverWorld()
  wall = await world.addWall('32')
  for (let n = 0; n < 25; n += 1) await world.addUser(`manager-${n}`, 'duty_manager', '32')
  await world.addUser('admin', 'admin', '00')
})
afterAll(async () => { await world?.stop() })

/** A socket with what it has heard. */
interface Ear {
  readonly socket: LiveClient
  readonly rows: FeedRow[]
  readonly beats: Heartbeat[]
  wasRevoked: boolean
}

async function listen(caller: Caller = wall, to: ServerWorld = world): Promise<Ear> {
  const ear: Ear = { socket: to.socket(caller), rows: [], beats: [], wasRevoked: false }
  ear.socket.on('rows', (rows) => ear.rows.push(...rows))
  ear.socket.on('beat', (heard) => ear.beats.push(heard))
  ear.socket.on('revoked', () => { ear.wasRevoked = true })
  await new Promise<void>((resolve, reject) => {
    ear.socket.on('connect', resolve)
    ear.socket.on('connect_error', reject)
  })
  return ear
}

let told = 0
/** Publishes a row for province 32 and returns its seq. */
const tell = (note = '') => publish(world.pool, { topic: 'timeline', regionCode: '32', regionPath: '/00/32/', payload: { alertId: String((told += 1)), note } }, systemClock.now())
const hears = (ear: Ear, seq: number, timeout = 5_000) => expect.poll(() => ear.rows.at(-1)?.seq, { timeout, interval: 10 }).toBe(seq)
const resume = (ear: Ear, lastSeq: unknown) => ear.socket.timeout(5_000).emitWithAck('resume', lastSeq as number)

/** Takes the database away from everybody, and gives it back. */
async function takeAway(): Promise<() => Promise<void>> {
  const { default: pg } = await import('pg')
  const url = new URL(world.database.url)
  url.pathname = '/postgres'
  const client = new pg.Client(url.href)
  await client.connect()
  await client.query(`alter database ${world.database.name} allow_connections false`)
  await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [world.database.name])
  return async () => {
    await client.query(`alter database ${world.database.name} allow_connections true`)
    await client.end()
  }
}

describe('rows', () => {
  test('reach a wall soon after their commit, in order, each once, whatever the number of walls', async () => {
    const ears = await Promise.all(Array.from({ length: 30 }, () => listen()))
    const started = performance.now()
    const first = await tell()
    await hears(ears[0]!, first)
    // The poll alone would take up to 500 ms; this machine may be busy, so the bound is a second.
    expect(performance.now() - started).toBeLessThan(1_000)
    const seqs: number[] = []
    for (let n = 0; n < 50; n += 1) seqs.push(await tell())
    for (const ear of ears) await hears(ear, seqs.at(-1)!)
    for (const ear of ears) expect(ear.rows.map(({ seq }) => seq)).toEqual([first, ...seqs])
    for (const { socket } of ears) socket.disconnect()
  })

  test('reach the walls of every server process: each reads the feed for itself', async () => {
    const other = await serverWorld({ world })
    const [here, there] = [await listen(), await listen(wall, other)]
    const seq = await tell()
    await hears(here, seq)
    await hears(there, seq)
    await other.stop()
  })

  test('arrive without the listening connection too, and it comes back', async () => {
    const ear = await listen()
    const listeners = async () => (await world.pool.query("select pid from pg_stat_activity where datname = current_database() and query = 'listen tocsin_feed'")).rows.map(({ pid }) => pid as number)
    const [pid] = await listeners()
    expect(pid).toBeDefined()
    await world.pool.query('select pg_terminate_backend($1)', [pid])
    await hears(ear, await tell())
    await expect.poll(async () => (await listeners()).filter((one) => one !== pid).length, { timeout: 5_000 }).toBeGreaterThan(0)
  })

  test('written while the database was away from the server are not lost, and the beat goes on meanwhile', async () => {
    await beat(world.pool, 'test', 1_234)
    const ear = await listen()
    await hears(ear, await tell())
    await sleep(1_500)
    const known = ear.beats.at(-1)?.engineBeatAt
    expect(known).toBeGreaterThanOrEqual(1_234)
    const giveBack = await takeAway()
    const before = ear.beats.length
    await sleep(4_500)
    const during = ear.beats.slice(before)
    await giveBack()
    expect(during.length).toBeGreaterThanOrEqual(3)
    expect(new Set(during.map(({ engineBeatAt }) => engineBeatAt))).toEqual(new Set([known]))
    expect(during.at(-1)!.serverTime - during[0]!.serverTime).toBeGreaterThan(1_500)
    expect(ear.socket.connected).toBe(true)
    const seq = await expect.poll(() => tell().catch(() => null), { timeout: 10_000 }).not.toBeNull().then(() => tell())
    await hears(ear, seq, 15_000)
  })
})

describe('beats', () => {
  test('come every second with the server’s time, the engine’s beat and the last seq of the room', async () => {
    const ear = await listen()
    const at = systemClock.now()
    await beat(world.pool, 'test', at)
    const seq = await tell()
    await publish(world.pool, { topic: 'timeline', regionCode: '33', regionPath: '/00/33/', payload: { alertId: 'x' } }, at)
    await sleep(4_200)
    expect(ear.beats.length).toBeGreaterThanOrEqual(4)
    expect(ear.beats.length).toBeLessThanOrEqual(6)
    expect(ear.beats.at(-1)).toMatchObject({ version: LIVE_VERSION, lastSeq: seq, engineBeatAt: at })
    expect(Math.abs(ear.beats.at(-1)!.serverTime - systemClock.now())).toBeLessThan(2_500)
  })
})

describe('resume', () => {
  test('gives what was missed in between, and an empty answer when nothing was', async () => {
    const ear = await listen()
    const seq = await tell()
    await hears(ear, seq)
    ear.socket.disconnect()
    const missed = [await tell(), await tell(), await tell()]
    const again = await listen()
    await expect.poll(async () => (await resume(again, seq)).rows?.map((row: FeedRow) => row.seq), { timeout: 5_000 }).toEqual(missed)
    expect(await resume(again, missed.at(-1))).toEqual({ kind: 'rows', rows: [] })
  })

  test('asks for a new snapshot when rows are gone, are too many, or the place is of another database', async () => {
    const ear = await listen()
    const latest = await tell()
    await hears(ear, latest)
    expect(await resume(ear, latest + 1_000_000)).toEqual({ kind: 'resnapshot' })
    await world.pool.query(
      `insert into feed (seq, at, topic, region_code, region_path, payload) select nextval('feed_seq'), to_timestamp(${systemClock.now() / 1000}), 'timeline', '32', '/00/32/', '{"alertId":"1"}' from generate_series(1, 11000)`)
    const late = await serverWorld({ world })
    const lateEar = await listen(wall, late)
    await expect.poll(() => late.live.windowStart, { timeout: 10_000 }).toBeGreaterThan(latest)
    expect(await resume(lateEar, latest), 'more than 5,000 rows').toEqual({ kind: 'resnapshot' })
    const few = await resume(lateEar, latest + 11_000 - 10)
    expect(few.rows).toHaveLength(10)
    await pruneFeed(world.pool, systemClock.now() + 1_000)
    expect(await resume(lateEar, 5), 'rows are gone').toEqual({ kind: 'resnapshot' })
    await late.stop()
  })
})

describe('rights that end', () => {
  const gone = (ear: Ear, timeout: number) => expect.poll(() => [ear.wasRevoked, ear.socket.connected], { timeout }).toEqual([true, false])

  test('close the sockets of a disabled person and of a revoked wall within five seconds, also when another process ended them', async () => {
    const caller = await world.signIn('manager-19')
    const revoked = await world.addWall('32')
    const [person, device, other] = [await listen(caller), await listen(revoked), await listen()]
    await world.pool.query("update app_user set disabled_at = '2026-01-01' where login = 'manager-19'")
    await world.pool.query("update wall_device set revoked_at = '2026-01-01' where id = $1", [revoked.id])
    await gone(person, 5_000)
    await gone(device, 5_000)
    expect(other.socket.connected).toBe(true)
  })

  test('close the sockets of one’s own session at logout at once, and not those of another session', async () => {
    const [one, two] = [await world.signIn('manager-18'), await world.signIn('manager-18')]
    const [first, second] = [await listen(one), await listen(two)]
    await world.call(one, 'POST', '/api/v1/logout')
    await gone(first, 1_500)
    expect(second.socket.connected).toBe(true)
  })

  test('close the sockets of whoever was given another role or place', async () => {
    const ear = await listen(await world.signIn('manager-17'))
    await world.pool.query("update app_user set region_code = '33' where login = 'manager-17'")
    await gone(ear, 5_000)
  })
})

describe('bad company', () => {
  test('malformed and unknown messages are counted and change nothing for anybody', async () => {
    const [rude, polite] = [await listen(await world.signIn('manager-1')), await listen()]
    const before = world.live.refused
    const emit = (...message: unknown[]) => (rude.socket as unknown as { emit: (...args: unknown[]) => void }).emit(...message)
    for (const message of [['resume'], ['resume', 'x'], ['resume', -1, () => undefined], ['resume', {}, 7], ['received'], ['received', { id: 1 }], ['received', "1' or 1=1"]]) emit(...message)
    await expect.poll(() => world.live.refused - before, { timeout: 5_000 }).toBe(7)
    emit('unknown', 'x'.repeat(1_000))
    emit('received', '999999999')
    const seq = await tell()
    await hears(polite, seq)
    await hears(rude, seq)
    expect(await resume(rude, seq)).toEqual({ kind: 'rows', rows: [] })
  })

  test('a flood ends the connection of whoever makes it', async () => {
    const [rude, polite] = [await listen(), await listen()]
    for (let n = 0; n < 2_000; n += 1) rude.socket.emit('received', 'x')
    await expect.poll(() => rude.socket.connected, { timeout: 5_000 }).toBe(false)
    await hears(polite, await tell())
  })

  test('a packet that is too large ends the connection of whoever sends it', async () => {
    const [rude, polite] = [await listen(), await listen()]
    rude.socket.emit('received', 'x'.repeat(100_000))
    await expect.poll(() => rude.socket.connected, { timeout: 5_000 }).toBe(false)
    await hears(polite, await tell())
  })

  test('a client that stops reading is let go, and the others do not wait for it', async () => {
    const [slow, quick] = [await listen(), await listen()]
    const wire = (slow.socket.io.engine as unknown as { transport: { ws: { _socket: { pause: () => void; destroy: () => void } } } }).transport.ws._socket
    wire.pause()
    const id = slow.socket.id ?? ''
    let seq = 0
    for (let n = 0; n < 60; n += 1) seq = await tell('x'.repeat(100_000))
    await hears(quick, seq, 10_000)
    await expect.poll(() => world.io.sockets.sockets.has(id), { timeout: 20_000 }).toBe(false)
    expect(quick.socket.connected).toBe(true)
    wire.destroy()
  })

  test('a page of another site cannot open a socket with a visitor’s cookie', async () => {
    const { headers } = await world.signIn('manager-2')
    const { io } = await import('socket.io-client')
    const from = (origin: string) => new Promise<string>((resolve) => {
      const socket = io(world.url, { transports: ['websocket'], reconnection: false, forceNew: true, extraHeaders: { cookie: headers['cookie'] ?? '', origin } })
      socket.on('connect', () => { socket.disconnect(); resolve('in') })
      socket.on('connect_error', () => resolve('out'))
    })
    expect(await from('https://evil.example')).toBe('out')
    expect(await from('null')).toBe('out')
    expect(await from(world.url)).toBe('in')
  })
})
