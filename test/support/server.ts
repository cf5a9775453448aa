import { randomBytes, randomUUID } from 'node:crypto'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { io as connect, type Socket } from 'socket.io-client'
import type { ClientToServer, ServerToClient } from '../../core/contract/wall.ts'
import type { Role } from '../../core/domain/vocabulary.ts'
import { hashPassword } from '../../core/engine/password.ts'
import { type Clock, systemClock } from '../../core/platform/clock.ts'
import { loadConfig } from '../../core/platform/config.ts'
import { createPool, type Pool } from '../../core/platform/database.ts'
import { insertApiKey } from '../../core/store/api-key-store.ts'
import { beat } from '../../core/store/pulse-store.ts'
import { insertUsers } from '../../core/store/user-store.ts'
import type { DeclaredRoute } from '../../server/access.ts'
import { buildApp } from '../../server/app.ts'
import type { Live, LiveServer } from '../../server/live.ts'
import { hashToken } from '../../server/session.ts'
import { type EngineWorld, engineWorld, ROOT } from './engine-world.ts'

export const PASSWORD = 'correct horse battery'
let passwordHash: Promise<string> | undefined

/** Somebody who calls over real HTTP, with what he holds. */
export interface Caller {
  readonly headers: Readonly<Record<string, string>>
  /** For the socket's handshake. */
  readonly token: string | null
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly body: any
}

export type LiveClient = Socket<ServerToClient, ClientToServer>

/** A server that listens on a free port, over an {@link EngineWorld}. */
export interface ServerWorld extends EngineWorld {
  readonly app: FastifyInstance
  readonly io: LiveServer
  readonly live: Live
  readonly routes: readonly DeclaredRoute[]
  readonly url: string
  call(caller: Caller, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  addUser(login: string, role: Role, regionCode: string): Promise<string>
  signIn(login: string): Promise<Caller>
  addKey(regionCode: string): Promise<Caller & { readonly id: string }>
  addWall(regionCode: string): Promise<Caller & { readonly id: string }>
  /** A socket; not yet connected when `isLazy`. */
  socket(caller: Caller): LiveClient
  stop(): Promise<void>
}

export const NOBODY: Caller = { headers: {}, token: null }

export async function serverWorld(
  choice: { clock?: Clock; pool?: Pool; env?: Record<string, string>; world?: EngineWorld; webDir?: string } = {},
): Promise<ServerWorld> {
  const clock = choice.clock ?? systemClock
  const world = choice.world ?? (await engineWorld(clock))
  // The server's own pool, so that a test can take the database away from it alone.
  const pool = choice.pool ?? createPool(world.database.url, { applicationName: 'tocsin-test-server', max: 10 })
  const engine = { ...world.engine, pool }
  const config = loadConfig({ PORT: '0', TOCSIN_SECRET: engine.secret, DATABASE_URL: world.database.url, ...choice.env })
  const { app, io, live, routes } = await buildApp({ engine, config, clock, log: engine.log, webDir: choice.webDir ?? path.join(ROOT, 'web/dist') })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const address = app.server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  await beat(world.pool, 'test', clock.now())
  const sockets: LiveClient[] = []

  const call: ServerWorld['call'] = async (caller, method, route, body, headers = {}) => {
    const isRaw = body instanceof Uint8Array || typeof body === 'string'
    const given = body === undefined ? {} : { body: isRaw ? (body as string) : JSON.stringify(body) }
    const response = await fetch(`${url}${route}`, {
      method,
      redirect: 'manual',
      ...given,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...caller.headers, ...headers },
    })
    const text = await response.text()
    let parsed: unknown = null
    try {
      parsed = JSON.parse(text)
    } catch {
      // Not every answer is JSON.
    }
    return { status: response.status, headers: response.headers, text, body: parsed }
  }

  return {
    ...world,
    app,
    io,
    live,
    routes,
    url,
    call,
    async addUser(login, role, regionCode) {
      passwordHash ??= hashPassword(PASSWORD)
      const id = randomUUID()
      await insertUsers(
        world.pool,
        [{ id, login, displayName: `名 ${login}`, role, regionCode, passwordHash: await passwordHash, isDemo: false }],
        clock.now(),
      )
      return id
    },
    async signIn(login) {
      const answer = await call(NOBODY, 'POST', '/api/v1/login', { login, password: PASSWORD })
      if (answer.status !== 200) throw new Error(`login of ${login}: ${answer.text}`)
      const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
      return { headers: { cookie, 'x-csrf-token': answer.body.csrfToken as string }, token: null }
    },
    async addKey(regionCode) {
      const [id, key] = [randomUUID(), `tk_${randomBytes(32).toString('base64url')}`]
      await insertApiKey(world.pool, { id, name: `key ${regionCode}`, keyHash: hashToken(key), regionCode, createdBy: null }, clock.now())
      return { id, headers: { authorization: `Bearer ${key}` }, token: key }
    },
    async addWall(regionCode) {
      const [id, token] = [randomUUID(), `wd_${randomBytes(32).toString('base64url')}`]
      await world.pool.query(
        `insert into wall_device (id, claim_hash, token_hash, name, region_code, created_at, expires_at, confirmed_at, claimed_at)
         values ($1, 'x', $2, $3, $4, '2026-01-01', '2026-01-01', '2026-01-01', '2026-01-01')`,
        [id, hashToken(token), `wall ${regionCode}`, regionCode],
      )
      return { id, headers: { authorization: `Bearer ${token}` }, token }
    },
    socket(caller) {
      const { cookie } = caller.headers
      const socket: LiveClient = connect(url, {
        transports: ['websocket'],
        reconnection: false,
        forceNew: true,
        ...(caller.token === null ? {} : { auth: { token: caller.token } }),
        ...(cookie === undefined ? {} : { extraHeaders: { cookie } }),
      })
      sockets.push(socket)
      return socket
    },
    async stop() {
      for (const socket of sockets) socket.disconnect()
      await app.close()
      if (choice.pool === undefined) await pool.end()
    },
  }
}
