import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FeedRow } from '../../core/contract/wall.ts'
import { ROLES } from '../../core/domain/vocabulary.ts'
import { aCard, publish, someFigures } from '../support/planted-feed.ts'
import { as, clock, COUNT33, DEAD, expectNothingForeign, MARK00, MARK32, MARK33, NOW, openScopeWorld, PEOPLE, world } from '../support/scope-world.ts'
import { type LiveClient, serverWorld, type ServerWorld } from '../support/server.ts'

beforeAll(openScopeWorld, 180_000)
afterAll(async () => { await world?.stop() })

describe('the socket', () => {
  const rowsOf = new Map<string, FeedRow[]>()
  const sockets: LiveClient[] = []
  const open = (name: string) => new Promise<LiveClient>((resolve, reject) => {
    const socket = world.socket(as(name))
    sockets.push(socket)
    rowsOf.set(name, [])
    socket.on('rows', (rows) => rowsOf.get(name)?.push(...rows))
    socket.on('connect', () => resolve(socket))
    socket.on('connect_error', reject)
  })
  afterAll(() => { for (const socket of sockets) socket.disconnect() })

  test('lets in people and walls, and neither keys nor the dead', async () => {
    for (const name of [...DEAD, 'key-32']) await expect(open(name), name).rejects.toThrow('unauthorized')
    for (const name of [...PEOPLE, 'wall-32', 'duty_manager-33', 'wall-33', 'group_ops-00']) expect((await open(name)).connected, name).toBe(true)
  })

  test('carries every topic to those it is for, in the order of the feed, and to nobody else', async () => {
    const manager32 = (await world.pool.query("select id from app_user where login = 'duty_manager-32'")).rows[0].id as string
    const manager33 = (await world.pool.query("select id from app_user where login = 'duty_manager-33'")).rows[0].id as string
    const paths = new Map([['32', '/00/32/'], ['32X', '/00/32/32X/'], ['33', '/00/33/'], ['33X', '/00/33/33X/'], ['00', '/00/']])
    const at = (place: string) => ({ regionCode: place, regionPath: paths.get(place) ?? '' })
    const seqs: Record<string, number> = {}
    const put = async (name: string, row: { topic: string; regionCode: string; regionPath: string; userId?: string; payload: unknown }) => { seqs[name] = await publish(world.pool, row, NOW) }
    for (const place of ['32', '32X', '33', '33X', '00'] as const) {
      const mark = place.startsWith('32') ? MARK32 : place.startsWith('33') ? MARK33 : MARK00
      await put(`alert ${place}`, { topic: 'alert', ...at(place), payload: aCard('1', place, mark) })
      await put(`timeline ${place}`, { topic: 'timeline', ...at(place), payload: { alertId: mark } })
      await put(`figures ${place}`, { topic: 'figures', ...at(place), payload: someFigures(place, place.startsWith('33') ? COUNT33 : 1, NOW) })
    }
    await put('mine 32', { topic: 'notification', ...at('32'), userId: manager32, payload: { notificationId: '1', alertId: '1', severity: 2, step: 0 } })
    await put('mine 33', { topic: 'notification', ...at('33'), userId: manager33, payload: { notificationId: MARK33, alertId: MARK33, severity: 2, step: 0 } })
    await put('strayed', { topic: 'notification', ...at('33'), userId: manager32, payload: { notificationId: MARK33, alertId: MARK33, severity: 2, step: 0 } })
    await put('day 00', { topic: 'day', ...at('00'), payload: {} })
    await put('unknown topic', { topic: 'secret', ...at('32'), payload: { note: 'x' } })
    await put('last 32', { topic: 'figures', ...at('32'), payload: someFigures('32', 2, NOW) })
    await expect.poll(() => rowsOf.get('wall-32')?.at(-1)?.seq, { timeout: 10_000 }).toBe(seqs['last 32'])
    await sleep(300)

    const namesOf = (caller: string) => (rowsOf.get(caller) ?? []).map(({ seq }) => Object.entries(seqs).find(([, known]) => known === seq)?.[0] ?? `? ${seq}`)
    const alerts32 = ['alert 32', 'timeline 32', 'figures 32', 'alert 32X', 'timeline 32X', 'figures 32X', 'day 00', 'last 32']
    const figures32 = ['figures 32', 'figures 32X', 'day 00', 'last 32']
    for (const role of ROLES) {
      const wanted = role === 'exec' || role === 'admin' ? figures32 : role === 'duty_manager' ? alerts32.toSpliced(6, 0, 'mine 32') : alerts32
      expect(namesOf(`${role}-32`), role).toEqual(wanted)
    }
    expect(namesOf('wall-32')).toEqual(alerts32)
    expect(namesOf('duty_manager-33')).toEqual(['alert 33', 'timeline 33', 'figures 33', 'alert 33X', 'timeline 33X', 'figures 33X', 'mine 33', 'day 00'])
    // The root's wall shows itself and the provinces; a city's figures are not among them.
    expect(namesOf('group_ops-00')).toEqual([
      'alert 32', 'timeline 32', 'figures 32', 'alert 32X', 'timeline 32X', 'alert 33', 'timeline 33', 'figures 33', 'alert 33X', 'timeline 33X', 'alert 00', 'timeline 00', 'figures 00', 'day 00', 'last 32',
    ])
    for (const name of [...PEOPLE, 'wall-32']) expectNothingForeign(JSON.stringify(rowsOf.get(name)), `socket of ${name}`)
  })

  test('gives on resume what live push would have given, from memory and from the database alike', async () => {
    const answers = new Map<string, string>()
    const resumeAll = async (label: string, to: ServerWorld) => {
      for (const name of [...PEOPLE, 'wall-32', 'duty_manager-33']) {
        const socket = to.socket(as(name))
        await new Promise<void>((resolve) => { socket.on('connect', resolve) })
        const answer = await socket.timeout(5_000).emitWithAck('resume', label === 'memory' ? 1 : 0)
        const seqs = answer.kind === 'rows' ? answer.rows.map(({ seq }: FeedRow) => seq) : answer.kind
        if (name.endsWith('-32')) expectNothingForeign(JSON.stringify(answer), `resume of ${name} from ${label}`)
        const live = (rowsOf.get(name) ?? []).map(({ seq }) => seq)
        expect(Array.isArray(seqs) && seqs.slice(-live.length), `${name} from ${label}`).toEqual(live)
        expect(JSON.stringify(seqs)).toBe(answers.get(name) ?? JSON.stringify(seqs))
        answers.set(name, JSON.stringify(seqs))
        socket.disconnect()
      }
    }
    await resumeAll('memory', world)
    // A feed longer than the window: what is asked for now lies in the database only.
    await world.pool.query(
      `insert into feed (seq, at, topic, region_code, region_path, payload) select nextval('feed_seq'), '2026-06-11', 'timeline', '34', '/00/34/', '{"alertId":"1"}' from generate_series(1, 6000)`)
    const late = await serverWorld({ clock, world })
    await expect.poll(() => late.live.windowStart, { timeout: 10_000 }).toBeGreaterThan(100)
    await resumeAll('memory', late)
    await late.stop()
  }, 180_000)

  test('a beat names no more than the caller could have seen', async () => {
    const socket = world.socket(as('wall-32'))
    const first = await new Promise<{ lastSeq: number; engineBeatAt: number | null }>((resolve) => { socket.on('beat', resolve) })
    expect(first.lastSeq).toBe(rowsOf.get('wall-32')?.at(-1)?.seq)
    socket.disconnect()
  })
})
