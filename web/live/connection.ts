import { io, type Socket } from 'socket.io-client'
import { type ClientToServer, type FeedRow, type Heartbeat, LIVE_VERSION, type ServerToClient, type WallSnapshot } from '../../core/contract/wall.ts'
import { type Freshness, judgeFreshness } from './freshness.ts'
import { readBeat, readResume, readRows } from './frame.ts'
import { readServerTime, type ServerClock, UNSET_CLOCK } from './server-clock.ts'
import { START, step, type Sync, type SyncEvent } from './sync.ts'
import type { WallState } from './wall-state.ts'

const JUDGE_MS = 250
const SNAPSHOT_MS = 5 * 60_000
const RESUME_TIMEOUT_MS = 5_000
/** A socket that brings no beat for this long is torn down even if it claims to be connected (a half-open line). */
const HALF_OPEN_MS = 8_000
/** At most one snapshot per this time is asked for because of bad frames. */
const MEND_MS = 5_000
const RETRY_MIN_MS = 1_000
const RETRY_MAX_MS = 10_000

/** Thrown by `fetchSnapshot` when the server answered that these credentials do not hold (401). */
export class Unauthorised extends Error {}

export interface LiveOptions {
  /** Device token of a wall; null: the session cookie speaks. */
  readonly token: string | null
  readonly fetchSnapshot: (signal: AbortSignal) => Promise<WallSnapshot>
  /** A new picture; called at once, several rows of one flush give one call. */
  readonly onState: (state: WallState) => void
  readonly onFreshness: (freshness: Freshness) => void
  /** New rows after they are in the state, each exactly once and in order. */
  readonly onRows: (rows: readonly FeedRow[]) => void
  /** The credentials hold no more: pair or sign in again. */
  readonly onRevoked: () => void
  /** The server speaks another version of the contract: load the new pages. */
  readonly onVersion: () => void
}

export interface LiveConnection {
  /** Server time now (epoch ms); the client's own clock until the first beat. */
  now(): number
  refresh(): void
  /** Tells the server that the in-app notification is on the screen. */
  received(notificationId: string): void
  /** Frames refused since the start. */
  refused(): number
  stop(): void
}

/** A wait before try number `attempt` (from 0): doubling from 1 s to 10 s, the second half of it random, so that a thousand walls do not return at once. */
export function retryDelay(attempt: number, random: number): number {
  const full = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.min(attempt, 10))
  return full * (0.5 + random / 2)
}

/** Keeps one live picture until stopped: snapshot, rows, resume, beats, staleness. Every timer it starts ends with `stop`. */
export function connectLive(options: LiveOptions): LiveConnection {
  return new Live(options)
}

class Live implements LiveConnection {
  private readonly options: LiveOptions
  private readonly socket: Socket<ServerToClient, ClientToServer>
  private readonly startedAt = performance.now()
  private readonly timers = new Set<ReturnType<typeof setInterval>>()
  private readonly abort = new AbortController()
  private sync: Sync = START
  private clock: ServerClock = UNSET_CLOCK
  private beat: { readonly at: number; readonly beat: Heartbeat } | null = null
  private freshness: Freshness = { kind: 'connecting' }
  private isStopped = false
  private refusedFrames = 0
  private mendedAt = Number.NEGATIVE_INFINITY
  private fetchTries = 0
  private connectTries = 0
  private fetchTimer: ReturnType<typeof setTimeout> | null = null
  private connectTimer: ReturnType<typeof setTimeout> | null = null

  constructor(options: LiveOptions) {
    this.options = options
    this.socket = io({
      forceNew: true,
      transports: ['websocket'],
      ...(options.token === null ? {} : { auth: { token: options.token } }),
      reconnection: false,
      timeout: 5_000,
    })
    this.listen()
    this.timers.add(setInterval(() => this.judge(), JUDGE_MS))
    this.timers.add(setInterval(() => this.refresh(), SNAPSHOT_MS))
    this.refresh()
  }

  now(): number {
    return this.clock.offset === null ? Date.now() : performance.now() + this.clock.offset
  }

  refresh(): void {
    this.take({ kind: 'refresh' })
  }

  refused(): number {
    return this.refusedFrames
  }

  received(notificationId: string): void {
    if (this.socket.connected) this.socket.emit('received', notificationId)
  }

  stop(): void {
    if (this.isStopped) return
    this.isStopped = true
    for (const timer of this.timers) clearInterval(timer)
    this.timers.clear()
    if (this.fetchTimer !== null) clearTimeout(this.fetchTimer)
    if (this.connectTimer !== null) clearTimeout(this.connectTimer)
    this.abort.abort()
    this.socket.off()
    this.socket.disconnect()
  }

  private listen(): void {
    this.socket.on('connect', () => {
      this.connectTries = 0
      this.take({ kind: 'connected' })
    })
    this.socket.on('disconnect', () => {
      this.take({ kind: 'disconnected' })
      this.reconnectLater()
    })
    this.socket.on('connect_error', () => this.reconnectLater())
    this.socket.on('rows', (frame: unknown) => {
      const read = readRows(frame)
      if (read.rows.length > 0) this.take({ kind: 'rows', rows: read.rows })
      this.refuse(read.refused)
    })
    this.socket.on('beat', (frame: unknown) => this.onBeat(frame))
    this.socket.on('revoked', () => this.end(this.options.onRevoked))
  }

  private onBeat(frame: unknown): void {
    const beat = readBeat(frame)
    if (!beat) return this.refuse(1)
    if (beat.version !== LIVE_VERSION) return this.options.onVersion()
    const at = performance.now()
    this.beat = { at, beat }
    this.clock = readServerTime(this.clock, beat.serverTime, at)
    this.take({ kind: 'beat', lastSeq: beat.lastSeq, at })
    this.judge()
  }

  /** Counts what did not fit; what it may have held is healed by a snapshot. */
  private refuse(count: number): void {
    if (count === 0) return
    this.refusedFrames += count
    if (performance.now() - this.mendedAt < MEND_MS) return
    this.mendedAt = performance.now()
    this.refresh()
  }

  private end(then: () => void): void {
    this.stop()
    then()
  }

  private take(event: SyncEvent): void {
    if (this.isStopped) return
    const before = this.sync.state
    const next = step(this.sync, event)
    this.sync = next.sync
    if (next.sync.state && next.sync.state !== before) this.options.onState(next.sync.state)
    if (next.rows.length > 0) this.options.onRows(next.rows)
    if (next.fetch) void this.fetch()
    if (next.resume) this.resume(next.resume.number, next.resume.after)
  }

  private async fetch(): Promise<void> {
    try {
      const snapshot = await this.options.fetchSnapshot(this.abort.signal)
      this.fetchTries = 0
      if (snapshot.version !== LIVE_VERSION) return this.options.onVersion()
      if (this.clock.offset === null) this.clock = readServerTime(UNSET_CLOCK, snapshot.serverTime, performance.now())
      this.take({ kind: 'snapshot', snapshot })
    } catch (error) {
      if (this.isStopped) return
      this.take({ kind: 'snapshot_failed' })
      if (error instanceof Unauthorised) return this.end(this.options.onRevoked)
      this.fetchTimer = setTimeout(() => this.refresh(), retryDelay(this.fetchTries++, Math.random()))
    }
  }

  private resume(number: number, after: number): void {
    this.socket.timeout(RESUME_TIMEOUT_MS).emit('resume', after, (error: unknown, frame: unknown) => {
      const answer = error ? ({ kind: 'resnapshot' } as const) : readResume(frame)
      if (answer.kind === 'resnapshot') return this.take({ kind: 'resnapshot', number })
      this.take({ kind: 'resumed', number, rows: answer.rows })
      this.refuse(answer.refused)
    })
  }

  private reconnectLater(): void {
    if (this.isStopped || this.connectTimer !== null) return
    this.connectTimer = setTimeout(() => {
      this.connectTimer = null
      if (this.isStopped || this.socket.connected) return
      // Only HTTP can say "not you" for certain; the socket's refusal may be a restart.
      if (this.connectTries % 5 === 4) this.refresh()
      this.socket.connect()
    }, retryDelay(this.connectTries++, Math.random()))
  }

  private judge(): void {
    const now = performance.now()
    const silent = now - (this.beat?.at ?? this.startedAt)
    if (silent > HALF_OPEN_MS && this.socket.connected) this.socket.disconnect()
    const freshness = judgeFreshness({
      now,
      startedAt: this.startedAt,
      beatAt: this.beat?.at ?? null,
      beatServerTime: this.beat?.beat.serverTime ?? null,
      engineBeatAt: this.beat?.beat.engineBeatAt ?? null,
      serverNow: this.clock.offset === null ? null : now + this.clock.offset,
    })
    if (JSON.stringify(freshness) === JSON.stringify(this.freshness)) return
    this.freshness = freshness
    this.options.onFreshness(freshness)
  }
}
