import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ManualClock } from '../../core/platform/clock.ts'
import { T } from '../support/alert-builders.ts'
import { browserAt } from '../support/push-service.ts'
import { type Caller, NOBODY, serverWorld, type ServerWorld } from '../support/server.ts'

const clock = new ManualClock(T)
const as: Record<string, Caller> = {}
let world: ServerWorld
beforeAll(async () => {
  world = await serverWorld({ clock })
  for (const [login, region] of [['manager-32', '32'], ['other-32', '32']] as const) {
    await world.addUser(login, 'duty_manager', region)
    as[login] = await world.signIn(login)
  }
}, 120_000)
afterAll(async () => { await world?.stop() })

const call = (who: string, method: string, route: string, body?: unknown) => world.call(as[who] as Caller, method, `/api/v1${route}`, body)
const ENDPOINT = 'https://fcm.googleapis.com/fcm/send/secret-capability'
const audits = async () => JSON.stringify((await world.pool.query('select * from audit_log')).rows)

test('a browser is registered by its person, shown without its address, and taken out again by him alone', async () => {
  const { publicKey, items } = (await call('manager-32', 'GET', '/me/push')).body
  expect(publicKey).toMatch(/^[\w-]{87}$/)
  expect(items).toEqual([])
  const { subscription } = browserAt(ENDPOINT)
  const made = await call('manager-32', 'POST', '/me/push', subscription)
  expect([made.status, made.body]).toEqual([201, { id: expect.any(String), host: 'fcm.googleapis.com', createdAt: T, removedAt: null, removedWhy: null }])
  const listed = await call('manager-32', 'GET', '/me/push')
  expect(listed.body.items).toEqual([made.body])
  for (const text of [made.text, listed.text, await audits(), JSON.stringify((await world.pool.query('select * from push_subscription')).rows)]) {
    for (const secret of ['secret-capability', subscription.keys.auth, subscription.keys.p256dh]) expect(text).not.toContain(secret)
  }
  expect((await call('other-32', 'DELETE', `/me/push/${made.body.id}`)).status).toBe(404)
  expect((await call('manager-32', 'DELETE', `/me/push/${made.body.id}`)).body).toMatchObject({ removedAt: T, removedWhy: 'by_person' })
  expect((await call('manager-32', 'DELETE', `/me/push/${made.body.id}`)).status).toBe(404)
  expect(await audits()).toMatch(/push_added.*push_removed/s)
})

test('a browser that another person registers next shows what he is told, and no longer what the first is', async () => {
  const { subscription } = browserAt(`${ENDPOINT}-shared`)
  await call('manager-32', 'POST', '/me/push', subscription)
  await call('other-32', 'POST', '/me/push', subscription)
  const active = async (who: string) => (await call(who, 'GET', '/me/push')).body.items.filter(({ removedAt }: { removedAt: number | null }) => removedAt === null)
  expect([await active('manager-32'), await active('other-32')]).toMatchObject([[], [{ host: 'fcm.googleapis.com' }]])
})

test('an address that is none of a push service, and keys that cannot be encrypted for, are refused by their field', async () => {
  const { subscription } = browserAt(ENDPOINT)
  for (const endpoint of ['https://127.0.0.1/push', 'https://169.254.169.254/latest', 'http://fcm.googleapis.com/x', 'https://fcm.googleapis.com.evil.example/x', 'https://intranet.example/x'])
    expect(await call('manager-32', 'POST', '/me/push', { ...subscription, endpoint })).toMatchObject({ status: 400, body: { error: { code: 'bad_subscription', field: 'endpoint' } } })
  expect(await call('manager-32', 'POST', '/me/push', { ...subscription, keys: { ...subscription.keys, p256dh: 'A'.repeat(87) } })).toMatchObject({ status: 400, body: { error: { field: 'keys.p256dh' } } })
  expect((await call('manager-32', 'POST', '/me/push', { ...subscription, keys: { ...subscription.keys, auth: 'short' } })).status).toBe(400)
  expect((await world.call(NOBODY, 'POST', '/api/v1/me/push', subscription)).status).toBe(401)
})

test('ten browsers are the most', async () => {
  const add = (index: number) => call('other-32', 'POST', '/me/push', browserAt(`${ENDPOINT}-${index}-${randomUUID()}`).subscription)
  const answers = []
  for (let index = 0; index < 10; index += 1) answers.push((await add(index)).status)
  expect(answers).toEqual([201, 201, 201, 201, 201, 201, 201, 201, 201, 409])
})

test('a receipt with a token that is none is taken and known to nobody; another status is refused', async () => {
  const receipt = (body: object) => world.call(NOBODY, 'POST', '/api/v1/push-receipts', body)
  expect(await receipt({ token: 'x', status: 'shown' })).toMatchObject({ status: 200, body: { known: false } })
  expect((await receipt({ token: 'x', status: 'swallowed' })).status).toBe(400)
})
