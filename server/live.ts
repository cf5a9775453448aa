import type { IncomingMessage, Server as HttpServer } from 'node:http'
import { type DefaultEventsMap, Server, type Socket } from 'socket.io'
import { type ClientToServer, type Heartbeat, LIVE_VERSION, type ServerToClient } from '../core/contract/wall.ts'
import { isWithin } from '../core/domain/region.ts'
import { type Instant, SECOND } from '../core/domain/time.ts'
import type { Engine } from '../core/engine/context.ts'
import type { Clock } from '../core/platform/clock.ts'
import { isUnavailable } from '../core/platform/database.ts'
import type { Logger } from '../core/platform/log.ts'
import { latestSeq, loadFeedForScope, oldestSeq, type StoredFeedRow } from '../core/store/feed-store.ts'
import { markReceived } from '../core/store/notification-store.ts'
import { latestBeat } from '../core/store/pulse-store.ts'
import type { Principal } from './access.ts'
import { type Audience, audienceOf, onTheWire, parents, reaches, roomOf } from './audience.ts'
import { FeedPublisher, WINDOW_ROWS } from './feed-publisher.ts'
import type { Identity } from './identity.ts'

interface SocketData {
  principal: Principal
  audience: Audience
  /** Messages of the present second. */
  messages: number
}
export type LiveServer = Server<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>
type LiveSocket = Socket<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>
type ResumeAnswer = Parameters<Parameters<ClientToServer['resume']>[1]>[0]

export interface LiveDeps {
  readonly engine: Engine
  readonly clock: Clock
  readonly log: Logger
  readonly identity: Identity
  /** The session id of a Cookie header if its signature is ours. */
  readonly sessionIdOf: (cookieHeader: string | undefined) => string | null
}

const BEAT_MS = SECOND
const RECHECK_MS = 2 * SECOND
const SOCKETS_AT_ONCE = 5_000
/** Packets that a client has not taken yet: one that is further behind is let go and resumes when it can. */
const BACKLOG = 500
const MESSAGES_A_SECOND = 50

/** A page of another site must not open a socket with our visitor's cookie; browsers say which page asks. */
function isOwnPage({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers
  if (origin === undefined) return true
  const asked = URL.canParse(origin) ? new URL(origin).host : ''
  return asked !== '' && (asked === host || asked === headers['x-forwarded-host'])
}

/**
 * The live push: rooms by scope, rows in the order of the feed, a beat every second, resume by seq. The snapshot is the truth and this is a
 * hint (invariant 11). Connection state recovery stays off and no adapter is used: clients resume by seq, every process reads the feed itself.
 */
export class Live {
  readonly io: LiveServer
  readonly #deps: LiveDeps
  readonly #publisher: FeedPublisher
  readonly #parentOf: (code: string) => string | null
  /** Rooms with somebody in them, and the highest seq that reached them. */
  readonly #rooms = new Map<string, { audience: Audience; lastSeq: number }>()
  readonly #timers: NodeJS.Timeout[] = []
  #engineBeatAt: Instant | null = null
  #isAskingBeat = false
  #rechecking: Promise<void> | null = null
  #isRecheckWanted = false
  /** Messages that were not taken: malformed, unknown or too many. */
  refused = 0

  constructor(server: HttpServer, deps: LiveDeps) {
    this.#deps = deps
    this.#parentOf = parents((code) => deps.engine.tree.get(code))
    this.#publisher = new FeedPublisher(deps.engine.pool, deps.log, (rows) => this.#publish(rows))
    this.io = new Server(server, {
      transports: ['websocket'], pingInterval: 5 * SECOND, pingTimeout: 5 * SECOND, perMessageDeflate: false, serveClient: false, maxHttpBufferSize: 16_384,
      allowRequest: (request, answer) => answer(null, isOwnPage(request)),
    })
    this.io.use((socket, next) => void this.#admit(socket).then(() => next(), (error: Error) => next(error)))
    this.io.on('connection', (socket) => this.#welcome(socket))
  }

  /** Seq from which on rows are held in memory. */
  get windowStart(): number {
    return this.#publisher.window.floor
  }

  start(): void {
    this.#publisher.start()
    this.#timers.push(setInterval(() => this.#beat(), BEAT_MS), setInterval(() => this.recheck(), RECHECK_MS))
  }

  /** Looks now whether everybody connected still may be. */
  recheck(): void {
    this.#isRecheckWanted = true
    this.#rechecking ??= this.#recheckAll().finally(() => { this.#rechecking = null })
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.io.disconnectSockets(true)
    this.io.engine.close()
    await this.#publisher.close()
  }

  async #admit(socket: LiveSocket): Promise<void> {
    if (this.io.engine.clientsCount > SOCKETS_AT_ONCE) throw new Error('busy')
    const { token } = socket.handshake.auth as { token?: unknown }
    const principal = await this.#identify(token, socket.handshake.headers.cookie).catch((error: unknown) => {
      throw new Error(isUnavailable(error) ? 'unavailable' : 'failed', { cause: error })
    })
    if (principal === null || principal.kind === 'api_key') throw new Error('unauthorized')
    socket.data = { principal, audience: audienceOf(principal), messages: 0 }
  }

  async #identify(token: unknown, cookie: string | undefined): Promise<Principal | null> {
    const { identity, sessionIdOf } = this.#deps
    if (token !== undefined) return typeof token === 'string' ? identity.ofToken(token) : null
    const sid = sessionIdOf(cookie)
    return sid === null ? null : identity.ofSession(sid)
  }

  #welcome(socket: LiveSocket): void {
    const { principal, audience } = socket.data
    const room = this.#rooms.get(audience.room) ?? { audience, lastSeq: this.#publisher.window.newest((row) => reaches(row, audience, this.#parentOf))?.seq ?? 0 }
    this.#rooms.set(audience.room, room)
    void socket.join(audience.room)
    if (principal.kind === 'user') void socket.join(roomOf(principal.id))
    // A packet that cannot be read ends in 'error' and nowhere else.
    socket.on('error', () => { this.refused += 1 })
    socket.use((_message, next) => {
      socket.data.messages += 1
      if (socket.data.messages <= MESSAGES_A_SECOND) return next()
      this.refused += 1
      if (socket.data.messages > 4 * MESSAGES_A_SECOND) socket.disconnect(true)
    })
    socket.on('resume', (lastSeq: unknown, answer: unknown) => {
      if (!Number.isSafeInteger(lastSeq) || (lastSeq as number) < 0 || typeof answer !== 'function') this.refused += 1
      else void this.#resume(socket, lastSeq as number).then((result) => answer(result))
    })
    socket.on('received', (id: unknown) => {
      if (typeof id !== 'string' || !/^\d{1,18}$/.test(id) || principal.kind !== 'user') this.refused += 1
      else void this.#received(id, principal.id)
    })
    socket.emit('beat', this.#heartbeat(room.lastSeq))
  }

  async #received(id: string, userId: string): Promise<void> {
    const { engine, clock, log } = this.#deps
    try {
      await markReceived(engine.pool, id, userId, clock.now())
    } catch (error) {
      log.debug({ err: error }, 'a receipt was not kept')
    }
  }

  /** Rows of the feed as one caller may see them. */
  #seen(rows: readonly StoredFeedRow[], { principal, audience }: SocketData): StoredFeedRow[] {
    const isHis = (row: StoredFeedRow) => row.userId === principal.id && isWithin(row.regionPath, principal.scope.path)
    return rows.filter((row) => (row.userId === null ? reaches(row, audience, this.#parentOf) : isHis(row)))
  }

  async #resume(socket: LiveSocket, lastSeq: number): Promise<ResumeAnswer> {
    const { window } = this.#publisher
    const recent = lastSeq <= window.last ? window.after(lastSeq) : null
    try {
      const rows = recent ?? (await this.#stored(socket.data.principal, lastSeq))
      return rows === null ? { kind: 'resnapshot' } : { kind: 'rows', rows: this.#seen(rows, socket.data).map(onTheWire) }
    } catch (error) {
      this.#deps.log.debug({ err: error }, 'a resume could not be read')
      return { kind: 'resnapshot' }
    }
  }

  /** What the window does not hold; null when rows are gone, are too many, or the client's place is of another database. */
  async #stored(principal: Principal, lastSeq: number): Promise<readonly StoredFeedRow[] | null> {
    const { pool } = this.#deps.engine
    const [oldest, latest] = [await oldestSeq(pool), await latestSeq(pool)]
    if (lastSeq > latest || (lastSeq < latest && (oldest === null || oldest > lastSeq + 1))) return null
    const rows = await loadFeedForScope(pool, principal.scope, principal.kind === 'user' ? principal.id : null, lastSeq, WINDOW_ROWS + 1)
    return rows.length > WINDOW_ROWS ? null : rows
  }

  /** Hands rows to everybody they are for. Runs of rows for all and rows for one take turns, so that every client gets its rows in order. */
  #publish(rows: readonly StoredFeedRow[]): void {
    for (let start = 0; start < rows.length; ) {
      const userId = rows[start]?.userId ?? null
      let end = start
      while (end < rows.length && rows[end]?.userId === userId) end += 1
      const run = rows.slice(start, end)
      if (userId === null) this.#toRooms(run)
      else this.#toPerson(userId, run)
      start = end
    }
  }

  #toRooms(run: readonly StoredFeedRow[]): void {
    for (const [name, room] of this.#rooms) {
      const seen = run.filter((row) => reaches(row, room.audience, this.#parentOf))
      if (seen.length === 0) continue
      room.lastSeq = seen.at(-1)?.seq ?? room.lastSeq
      this.io.to(name).emit('rows', seen.map(onTheWire))
    }
  }

  #toPerson(userId: string, run: readonly StoredFeedRow[]): void {
    for (const id of this.io.sockets.adapter.rooms.get(roomOf(userId)) ?? []) {
      const socket = this.io.sockets.sockets.get(id)
      const seen = socket === undefined ? [] : this.#seen(run, socket.data)
      if (seen.length > 0) socket?.emit('rows', seen.map(onTheWire))
    }
  }

  #heartbeat(lastSeq: number): Heartbeat {
    return { version: LIVE_VERSION, serverTime: this.#deps.clock.now(), lastSeq, engineBeatAt: this.#engineBeatAt }
  }

  #beat(): void {
    this.#askEngineBeat()
    for (const [name, room] of this.#rooms) {
      if (this.io.sockets.adapter.rooms.has(name)) this.io.to(name).volatile.emit('beat', this.#heartbeat(room.lastSeq))
      else this.#rooms.delete(name)
    }
    for (const socket of this.io.sockets.sockets.values()) {
      socket.data.messages = 0
      const { writeBuffer } = socket.conn as unknown as { writeBuffer?: readonly unknown[] }
      if ((writeBuffer?.length ?? 0) > BACKLOG) socket.disconnect(true)
    }
  }

  /** The beat goes out whatever the database does: with the last engine beat known. */
  #askEngineBeat(): void {
    if (this.#isAskingBeat) return
    this.#isAskingBeat = true
    latestBeat(this.#deps.engine.pool)
      .then((at) => { this.#engineBeatAt = at }, () => undefined)
      .finally(() => { this.#isAskingBeat = false })
  }

  async #recheckAll(): Promise<void> {
    while (this.#isRecheckWanted) {
      this.#isRecheckWanted = false
      const sockets = [...this.io.sockets.sockets.values()]
      if (sockets.length === 0) continue
      try {
        const holding = new Set((await this.#deps.identity.stillHolding(sockets.map(({ data }) => data.principal))).map(mark))
        for (const socket of sockets) if (!holding.has(mark(socket.data.principal))) revoke(socket)
      } catch (error) {
        this.#deps.log.debug({ err: error }, 'rights could not be looked up just now')
      }
    }
  }
}

/** What must stay as it was at the handshake: who, by which session, in which role, where. */
function mark(principal: Principal): string {
  const who = principal.kind === 'user' ? `${principal.sidHash} ${principal.role}` : principal.id
  return `${principal.kind} ${who} ${principal.region.path}`
}

function revoke(socket: LiveSocket): void {
  socket.emit('revoked')
  socket.disconnect(true)
}
