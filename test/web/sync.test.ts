import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FeedRow, WallSnapshot } from '../../core/contract/wall.ts'
import { START, step, type Sync, type SyncEvent } from '../../web/live/sync.ts'
import { fromSnapshot, type WallState } from '../../web/live/wall-state.ts'
import { card, Feed, figures, someFact } from './live-fixtures.ts'

/**
 * A far side and the network between: HTTP answers and socket messages each keep their own order, but overtake one another freely;
 * a cut loses what is on the socket, and a snapshot shows the world as of the moment it was cut, not of its arrival.
 */
class World {
  readonly feed = new Feed()
  sync: Sync = START
  readonly heard: FeedRow[] = []
  #socket: SyncEvent[] = []
  #http: WallSnapshot[] = []
  /** Resumes that the server is still looking up; live rows pass them. */
  #asked: { readonly number: number; readonly after: number }[] = []
  #isUp = false
  #now = 0

  take(event: SyncEvent): void {
    const next = step(this.sync, event)
    this.sync = next.sync
    this.heard.push(...next.rows)
    if (next.fetch) this.#http.push(this.feed.snapshot())
    if (next.resume && this.#isUp) this.#asked.push(next.resume)
  }

  publish(fact: Parameters<Feed['add']>[0]): void {
    const row = this.feed.add(fact)
    if (this.#isUp) this.#socket.push({ kind: 'rows', rows: [row] })
  }

  connect(): void {
    if (this.#isUp) return
    this.#isUp = true
    this.take({ kind: 'connected' })
  }

  cut(): void {
    if (!this.#isUp) return
    this.#isUp = false
    this.#socket = []
    this.#asked = []
    this.take({ kind: 'disconnected' })
  }

  deliverSocket(): void {
    const event = this.#socket.shift()
    if (event) this.take(event)
  }

  answerResume(): void {
    const asked = this.#asked.shift()
    if (asked) this.#socket.push({ kind: 'resumed', number: asked.number, rows: this.feed.after(asked.after) })
  }

  deliverHttp(): void {
    const snapshot = this.#http.shift()
    if (snapshot) this.take({ kind: 'snapshot', snapshot })
  }

  beat(): void {
    this.#now += 1_000
    if (this.#isUp) this.#socket.push({ kind: 'beat', lastSeq: this.feed.rows.at(-1)?.seq ?? 0, at: this.#now })
  }

  /** Everything under way arrives and the line stays up. */
  settle(): void {
    this.connect()
    for (let turn = 0; turn < 8; turn += 1) {
      this.beat()
      while (this.#socket.length + this.#http.length + this.#asked.length > 0) {
        this.deliverHttp()
        this.answerResume()
        this.deliverSocket()
      }
    }
  }
}

const picture = (state: WallState | null) => (state ? { figures: Object.fromEntries([...state.figures].sort()), alerts: Object.fromEntries([...state.alerts].sort()) } : null)

type Act = 'connect' | 'cut' | 'socket' | 'http' | 'answer' | 'beat' | 'refresh' | 'publish'
const someActs = fc.array(fc.tuple(fc.constantFrom<Act>('connect', 'cut', 'socket', 'socket', 'http', 'answer', 'beat', 'refresh', 'publish', 'publish'), someFact), { maxLength: 60 })

function play(world: World, acts: readonly (readonly [Act, Parameters<Feed['add']>[0]])[]): void {
  world.take({ kind: 'refresh' })
  for (const [act, fact] of acts) {
    if (act === 'connect') world.connect()
    else if (act === 'cut') world.cut()
    else if (act === 'socket') world.deliverSocket()
    else if (act === 'http') world.deliverHttp()
    else if (act === 'answer') world.answerResume()
    else if (act === 'beat') world.beat()
    else if (act === 'refresh') world.take({ kind: 'refresh' })
    else world.publish(fact)
  }
}

describe('keeping in step with the server', () => {
  it('ends in the server’s picture after any cuts, overtaking and delays', () => {
    fc.assert(
      fc.property(someActs, (acts) => {
        const world = new World()
        play(world, acts)
        world.settle()
        expect(picture(world.sync.state)).toEqual(picture(fromSnapshot(world.feed.snapshot())))
      }),
      { numRuns: 800 },
    )
  })

  it('never shows an older picture than it has shown before', () => {
    fc.assert(
      fc.property(someActs, (acts) => {
        const world = new World()
        const seqs: number[] = []
        const take = world.take.bind(world)
        world.take = (event) => {
          take(event)
          seqs.push(world.sync.state?.seq ?? 0)
        }
        play(world, acts)
        world.settle()
        expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
      }),
      { numRuns: 400 },
    )
  })

  it('hands every row to the listeners at most once and in order', () => {
    fc.assert(
      fc.property(someActs, (acts) => {
        const world = new World()
        play(world, acts)
        world.settle()
        const seqs = world.heard.map(({ seq }) => seq)
        expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b))
      }),
      { numRuns: 400 },
    )
  })

  it('does not let a live row overtake the rows of an unanswered resume', () => {
    const world = new World()
    world.publish({ topic: 'figures', payload: figures('32', 1) })
    world.take({ kind: 'refresh' })
    world.deliverHttp()
    world.publish({ topic: 'alert', payload: card({ id: '7' }) })
    const resumed = step(world.sync, { kind: 'connected' })
    const early = step(resumed.sync, { kind: 'rows', rows: [{ seq: 3, at: 3, topic: 'figures', payload: figures('32', 3) }] })
    expect(early.sync.state?.seq).toBe(1)
    const answered = step(early.sync, { kind: 'resumed', number: resumed.resume?.number ?? 0, rows: world.feed.after(1) })
    expect([...(answered.sync.state?.alerts.keys() ?? [])]).toEqual(['7'])
    expect(answered.sync.state?.figures.get('32')?.acceptedToday).toBe(3)
  })

  it('fetches a snapshot when beats name a higher seq for more than two seconds, and not sooner', () => {
    const fresh = step({ ...START, state: fromSnapshot(new Feed().snapshot()), isConnected: true }, { kind: 'beat', lastSeq: 4, at: 0 })
    expect(fresh.fetch).toBe(false)
    const later = step(fresh.sync, { kind: 'beat', lastSeq: 4, at: 2_000 })
    expect(later.fetch).toBe(false)
    expect(step(later.sync, { kind: 'beat', lastSeq: 4, at: 2_001 }).fetch).toBe(true)
    const healed = step(later.sync, { kind: 'beat', lastSeq: 0, at: 2_001 })
    expect(healed.fetch).toBe(false)
    expect(step(healed.sync, { kind: 'beat', lastSeq: 4, at: 4_500 }).fetch).toBe(false)
  })

  it('fetches a snapshot when the rows it missed are no longer kept', () => {
    const behind: Sync = { ...START, state: fromSnapshot(new Feed().snapshot()) }
    const asked = step(behind, { kind: 'connected' })
    expect(asked.resume).toEqual({ number: 1, after: 0 })
    expect(step(asked.sync, { kind: 'resnapshot', number: 1 }).fetch).toBe(true)
    expect(step(asked.sync, { kind: 'resnapshot', number: 9 }).fetch).toBe(false)
  })
})
