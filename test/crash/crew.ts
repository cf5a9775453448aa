import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ask, Go, Word } from './messages.ts'
import type { CrashPlan } from './plan.ts'

/** Longer than a claim lasts. */
export const STOPPED_MS = 3_200
const ANSWER_WITHIN_MS = 20_000

type Given<T> = T extends unknown ? Omit<T, 'no'> : never

interface Hand {
  readonly child: ChildProcess
  readonly isWarm: Promise<unknown>
  isAlive: boolean
}

/** Two workers of a lane and a third that waits warm, so that one that was killed is followed at once. */
export class Crew {
  readonly #go: Go
  readonly #waiting = new Map<number, { readonly hand: Hand | undefined; readonly answer: (isOk: boolean | null) => void }>()
  #spare: Hand
  #workers: Hand[] = []
  #no = 0
  #isOver = false
  #plan: CrashPlan | null = null
  /** Whether the fault of the present plan has happened. */
  isHit = false
  /** Processes that ended though nobody killed them. */
  fallen = 0

  constructor(go: Go) {
    this.#go = go
    this.#spare = this.#spawn()
  }

  async start(): Promise<void> {
    await this.#replace()
    await this.#replace()
  }

  #spawn(): Hand {
    const child = spawn(process.execPath, ['--import', 'tsx', path.resolve(import.meta.dirname, 'worker.ts')], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const hand: Hand = {
      child,
      isAlive: true,
      isWarm: new Promise((resolve) => child.once('message', resolve)),
    }
    child.on('message', (word: Word) => this.#hear(hand, word))
    child.once('exit', () => {
      hand.isAlive = false
      this.#lost(hand)
    })
    return hand
  }

  #hear(hand: Hand, word: Word): void {
    if (word.kind === 'answer') this.#waiting.get(word.no)?.answer(word.isOk)
    if (word.kind !== 'hit') return
    this.isHit = true
    for (const other of this.#workers) if (other !== hand && other.isAlive) other.child.send({ kind: 'arm', plan: null }, () => undefined)
    if (this.#plan?.fault === 'stop') setTimeout(() => hand.child.kill('SIGCONT'), STOPPED_MS)
  }

  #lost(hand: Hand): void {
    if (this.#isOver || !this.#workers.includes(hand)) return
    if (hand.child.signalCode !== 'SIGKILL') this.fallen += 1
    this.#workers = this.#workers.filter((other) => other !== hand)
    for (const asked of this.#waiting.values()) if (asked.hand === hand) asked.answer(null)
    void this.#replace()
  }

  async #replace(): Promise<void> {
    const hand = this.#spare
    this.#spare = this.#spawn()
    await hand.isWarm
    const isReady = new Promise<void>((resolve) => {
      hand.child.on('message', (word: Word) => {
        if (word.kind === 'ready') resolve()
      })
    })
    hand.child.send(this.#go)
    await isReady
    this.#workers.push(hand)
  }

  /** Waits until both workers are at work. */
  async isWhole(): Promise<void> {
    while (this.#workers.length < 2) await sleep(20)
  }

  arm(plan: CrashPlan | null): void {
    this.#plan = plan
    this.isHit = false
    for (const { child, isAlive } of this.#workers) if (isAlive) child.send({ kind: 'arm', plan }, () => undefined)
  }

  /** What a worker answers; null when it died or was silent, and nobody knows whether it was done. */
  async ask(given: Given<Ask>, random: () => number): Promise<boolean | null> {
    while (this.#workers.length === 0) await sleep(20)
    const hand = this.#workers[Math.floor(random() * this.#workers.length)]
    const no = (this.#no += 1)
    const answered = new Promise<boolean | null>((resolve) => {
      this.#waiting.set(no, { hand, answer: resolve })
    })
    const limit = new AbortController()
    hand?.child.send({ ...given, no }, () => undefined)
    const late = sleep(ANSWER_WITHIN_MS, null, { signal: limit.signal }).catch(() => null)
    const answer = await Promise.race([answered, late])
    limit.abort()
    this.#waiting.delete(no)
    return answer
  }

  async end(): Promise<void> {
    this.#isOver = true
    const all = [...this.#workers, this.#spare].filter(({ isAlive }) => isAlive)
    for (const { child } of all) child.kill('SIGKILL')
    await Promise.all(all.map(({ child }) => new Promise((resolve) => (child.exitCode !== null || child.signalCode !== null ? resolve(null) : child.once('exit', resolve)))))
  }
}
