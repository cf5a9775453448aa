import { request as plainRequest } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ManualClock } from '../../core/platform/clock.ts'
import { anEvent, atOnce } from '../support/an-event.ts'
import { serverWorld, type Caller, type ServerWorld } from '../support/server.ts'

const clock = new ManualClock(Date.UTC(2026, 5, 11, 12))
let world: ServerWorld
let key: Caller
const post = (body: unknown, headers: Record<string, string> = {}, caller: Caller = key) => world.call(caller, 'POST', '/api/v1/events', body, headers)

beforeAll(async () => {
  world = await serverWorld({ clock })
  key = await world.addKey('32')
})
afterAll(async () => { await world?.stop() })

const NDJSON = { 'content-type': 'application/x-ndjson' }
const GZIP = { 'content-encoding': 'gzip' }

describe('taking events in', () => {
  test('takes an array, one object, NDJSON, and all of them as gzip; a repetition is a duplicate', async () => {
    const [a, b, c, d] = [anEvent(), anEvent(), anEvent(), anEvent()]
    expect((await post([a, b])).body).toMatchObject({ accepted: 2, duplicate: 0, refused: 0, items: [{ index: 0, event_id: a['event_id'], outcome: 'accepted' }, { index: 1 }] })
    expect((await post(c)).body).toMatchObject({ accepted: 1 })
    expect((await post(`${JSON.stringify(a)}\n\n${JSON.stringify(d)}`, NDJSON)).body).toMatchObject({ accepted: 1, duplicate: 1, items: [{ index: 0, outcome: 'duplicate' }, { index: 1, outcome: 'accepted' }] })
    expect((await post(gzipSync(JSON.stringify([a, anEvent()])), GZIP)).body).toMatchObject({ accepted: 1, duplicate: 1 })
    expect((await post(gzipSync(JSON.stringify(anEvent())), { ...GZIP, ...NDJSON })).body).toMatchObject({ accepted: 1 })
    expect(world.bells).toContain('ingest')
  })

  test('answers 202 only for what is in the database', async () => {
    const event = anEvent()
    expect((await post(event)).status).toBe(202)
    const { rows } = await world.pool.query('select event_id from event where event_id = $1', [event['event_id']])
    expect(rows).toHaveLength(1)
  })

  test('refuses a bad item by index, field, expectation and mend, and takes the others in', async () => {
    const { status, body } = await post([anEvent(), { ...anEvent(), occurred_at: 'yesterday' }, anEvent({ province_code: '33' }), 7, anEvent()])
    expect(status).toBe(202)
    expect(body).toMatchObject({ accepted: 2, refused: 3 })
    expect(body.items.map((item: { outcome: string }) => item.outcome)).toEqual(['accepted', 'refused', 'refused', 'refused', 'accepted'])
    for (const item of body.items.filter(({ outcome }: { outcome: string }) => outcome === 'refused')) {
      expect(item).toMatchObject({ field: expect.any(String), expected: expect.any(String), mend: expect.any(String), quarantine_id: expect.stringMatching(/^\d+$/) })
    }
    expect(body.items[1].field).toBe('occurred_at')
  })

  test('refuses a broken NDJSON line by itself, with its line and column', async () => {
    const { status, body } = await post(`${JSON.stringify(anEvent())}\n{"event_id": }\n${JSON.stringify(anEvent())}\n`, NDJSON)
    expect(status).toBe(202)
    expect(body).toMatchObject({ accepted: 2, refused: 1, items: [{}, { outcome: 'refused', code: 'broken_json', expected: expect.stringContaining('line 2 breaks at column 14') }, {}] })
    const latin = Buffer.concat([Buffer.from(`${JSON.stringify(anEvent())}\n`), Buffer.from([0x22, 0xc3, 0xe9, 0x22])])
    expect((await post(latin, NDJSON)).body).toMatchObject({ accepted: 1, refused: 1, items: [{}, { code: 'broken_json', expected: 'UTF-8' }] })
  })

  test('names the place where a JSON array breaks, takes nothing in, and quotes nothing of it', async () => {
    const event = anEvent()
    const text = `[${JSON.stringify(event)},\n {"event_id": "secret",, }]`
    const { status, body, text: answer } = await post(text)
    expect(status).toBe(400)
    expect(body.error).toMatchObject({ code: 'broken_json', field: 'items[1]', messageEn: expect.stringContaining(`byte ${Buffer.byteLength(text.slice(0, text.indexOf(',,') + 1))} (line 2, column 24)`) })
    expect(answer).not.toContain('secret')
    expect((await world.pool.query('select from event where event_id = $1', [event['event_id']])).rowCount).toBe(0)
  })

  test.each([
    ['an empty array', '[]', {}, 400, 'empty_batch'],
    ['an empty body', '', {}, 400, 'empty_batch'],
    ['empty NDJSON', '\n\n', NDJSON, 400, 'empty_batch'],
    ['another media type', 'a,b', { 'content-type': 'text/csv' }, 415, 'media_type'],
    ['another charset', '[]', { 'content-type': 'application/json; charset=gbk' }, 415, 'charset'],
    ['another compression', '[]', { 'content-encoding': 'br' }, 415, 'encoding'],
    ['what is not gzip', 'plain text', GZIP, 400, 'broken_gzip'],
    ['GBK bytes', Buffer.from([0x5b, 0x22, 0xbf, 0xed, 0x22, 0x5d]), {}, 400, 'encoding'],
  ] as const)('refuses %s', async (_name, body, headers, status, code) => {
    const answer = await post(body, headers)
    expect([answer.status, answer.body?.error?.code]).toEqual([status, code])
    expect(answer.body.error).toMatchObject({ messageZh: expect.any(String), messageEn: expect.any(String) })
  })

  test('refuses a gzip that is cut short', async () => {
    const whole = gzipSync(JSON.stringify([anEvent()]))
    const answer = await post(whole.subarray(0, whole.length - 12), GZIP)
    expect([answer.status, answer.body.error.code]).toEqual([400, 'broken_gzip'])
  })

  test('cuts a gzip bomb off at 50 MB, and memory stays where it was', async () => {
    const bomb = gzipSync(Buffer.alloc(400 * 1024 * 1024, 0x20), { level: 9 })
    expect(bomb.length).toBeLessThan(1024 * 1024)
    const before = process.memoryUsage().rss
    const answer = await post(bomb, GZIP)
    expect([answer.status, answer.body.error.code]).toEqual([413, 'too_large'])
    expect(process.memoryUsage().rss - before).toBeLessThan(250 * 1024 * 1024)
    expect((await post(anEvent())).status).toBe(202)
  })

  test('refuses more than 10 MB on the wire, declared or chunked, and takes what is just below', async () => {
    const declared = await post(Buffer.alloc(10 * 1024 * 1024 + 1, 0x20))
    expect([declared.status, declared.body.error.code]).toEqual([413, 'too_large'])
    const chunked = await new Promise<number>((resolve, reject) => {
      const sent = plainRequest(`${world.url}/api/v1/events`, { method: 'POST', headers: { ...key.headers, 'content-type': 'application/json' } }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
      sent.on('error', (error: NodeJS.ErrnoException) => (error.code === 'EPIPE' || error.code === 'ECONNRESET' ? undefined : reject(error)))
      for (let n = 0; n < 11; n += 1) sent.write(Buffer.alloc(1024 * 1024, 0x20))
      sent.end()
    })
    expect(chunked).toBe(413)
    const event = JSON.stringify([anEvent()])
    expect((await post(Buffer.concat([Buffer.from(event), Buffer.alloc(10 * 1024 * 1024 - Buffer.byteLength(event), 0x20)]))).status).toBe(202)
  })

  test('answers each of a thousand single posts for itself, duplicates and faults included, in a few dozen transactions', async () => {
    const events = Array.from({ length: 1000 }, (_, n) => (n % 10 === 3 ? { ...anEvent(), occurred_at: 'never' } : anEvent()))
    const bells = world.bells.length
    const answers = await atOnce(100, events, (event) => post(event))
    for (const [n, { status, body }] of answers.entries()) {
      expect(status).toBe(202)
      expect(body.items).toHaveLength(1)
      expect(body.items[0]).toMatchObject({ index: 0, outcome: n % 10 === 3 ? 'refused' : 'accepted' })
    }
    // The bell rings once for each batch: posts that arrive while one is written make up the next.
    expect(world.bells.length - bells).toBeLessThan(300)
    const again = await Promise.all(events.slice(0, 20).map((event) => post(event)))
    expect(again.filter(({ body }) => body.duplicate === 1)).toHaveLength(18)
  })

  test('logs and stores neither numbers nor texts in the clear', async () => {
    await post([anEvent({ payload: { ...(anEvent()['payload'] as object), content_text: '打 13812345678 找我' } }), { note: '13887654321 李四' }])
    const kept = await world.pool.query(`select concat((select string_agg(e::text, chr(10)) from event e), (select string_agg(q::text, chr(10)) from quarantine q)) as text`)
    for (const text of [kept.rows[0].text as string, JSON.stringify(world.logged)]) expect(text).not.toMatch(/13812345678|13887654321|13900001111/)
    expect(JSON.stringify(world.logged)).not.toMatch(/宽带不通|correct horse|tk_[\w-]{20}/)
  })
})
