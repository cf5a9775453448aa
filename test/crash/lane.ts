import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Actor } from '../../core/domain/alert/alert.ts'
import { DEFAULT_LADDERS } from '../../core/domain/escalation/default-ladders.ts'
import type { Ladder } from '../../core/domain/escalation/ladder.ts'
import { FIRST_GATHERING, MOST_SINGLY, STORM_WINDOW } from '../../core/domain/notification/storm.ts'
import { SECOND } from '../../core/domain/time.ts'
import type { LadderChannel } from '../../core/domain/vocabulary.ts'
import { sealContacts } from '../../core/engine/contacts.ts'
import { seedSettings } from '../../core/engine/settings.ts'
import { systemClock } from '../../core/platform/clock.ts'
import { createPool, inTransaction, type Pool } from '../../core/platform/database.ts'
import { seal } from '../../core/platform/seal.ts'
import { insertNextConfig } from '../../core/store/config-store.ts'
import { saveContact } from '../../core/store/contact-store.ts'
import { saveProvider } from '../../core/store/provider-store.ts'
import { importRegions } from '../../core/store/region-store.ts'
import { insertUsers } from '../../core/store/user-store.ts'
import { insertWebhook } from '../../core/store/webhook-store.ts'
import { aRegionTree } from '../support/builders.ts'
import { type Arrival, type Bounds, type Breach, delaysOf, type StormBounds, toldOf, type Wrong, wrongsOf, wrongsOfStorm } from './checker.ts'
import { fastClock, type Origin, realOf, SPEED } from './clock.ts'
import { Crew, STOPPED_MS } from './crew.ts'
import { type Listener, listen } from './listener.ts'
import { type CrashPlan, DELAY_MS } from './plan.ts'

const SECRET = 'a secret of crash tests, thirty-two letters'
/** Seconds of the fast clock at which the steps of the ladder are due. */
const STEPS = [0, 6, 12]
const CLAIM_MS = 20_000 / SPEED
/** The queue gives the call of a worker that died to another within 6 s (core/queue/queues.ts), on a machine that has just started a process for it and is busy with other lanes. */
export const BOUNDS: Bounds = { lateMs: CLAIM_MS + 8_000, ackMs: 200 }
const STORM_BOUNDS: StormBounds = { ...BOUNDS, singly: MOST_SINGLY, gatherMs: FIRST_GATHERING / SPEED, windowMs: STORM_WINDOW / SPEED }
/** A call that has not come by then is lost. */
const LOST_AFTER_MS = 45_000
const UNANSWERED = 2
const STORM_OF = MOST_SINGLY + 6

const ladderOf = (steps: readonly number[], channels: readonly LadderChannel[]): Ladder => ({
  ackMinutes: 60,
  handleMinutes: 240,
  steps: steps.map((seconds) => ({ afterMinutes: seconds / 60, targets: [{ role: 'duty_manager', at: 'province' }], channels })),
  // The checker knows steps; reminders have tests of their own (test/db/handling.test.ts).
  reminder: null,
  handlingOver: { kind: 'stalled' },
})

/** What is put in: an endpoint hears of everything by itself, and so does a person of what is orange; many of blue are told together. */
const BY_WEBHOOK = 2
const BY_MAIL = 3
const IN_STORM = 1
const LADDERS: Readonly<Record<typeof BY_WEBHOOK | typeof BY_MAIL | typeof IN_STORM, Ladder>> = {
  [BY_WEBHOOK]: ladderOf(STEPS, ['in_app', 'webhook']),
  [BY_MAIL]: ladderOf(STEPS, ['email']),
  [IN_STORM]: ladderOf([0], ['email']),
}

/** Two workers on a database of their own, with a provider, and runs one after the other. */
export interface Lane {
  readonly backend: 'PostgreSQL' | 'Redis'
  /** `judge` says what is wrong by what has been called so far: calls of a worker that was held may come when it wakes. */
  readonly run: (plan: CrashPlan, no: number) => Promise<{ readonly isHit: boolean; readonly judge: () => readonly Wrong[]; readonly delays: readonly number[] }>
  readonly listener: Listener
  readonly fallen: () => number
  readonly end: () => Promise<void>
}

async function furnish(pool: Pool, { url, mailUrl }: Listener): Promise<Actor> {
  const now = systemClock.now()
  const user = { id: randomUUID(), login: 'duty', displayName: 'duty', role: 'duty_manager' as const, regionCode: '32', passwordHash: 'none', isDemo: false }
  await inTransaction(pool, async (tx) => {
    await importRegions(tx, aRegionTree().all())
    await seedSettings(tx, now)
    const body = { ...DEFAULT_LADDERS, risk: { ...DEFAULT_LADDERS.risk, ...LADDERS } }
    await insertNextConfig(tx, { kind: 'ladders', body, author: 'test', reason: 'a ladder of seconds', effectiveFrom: 1 }, now)
  })
  await insertUsers(pool, [user], now)
  const id = randomUUID()
  await insertWebhook(pool, { id, regionCode: '32', url, secretSealed: seal(SECRET, id, 'the endpoint and we know this'), createdBy: null }, now)
  await saveContact(pool, { userId: user.id, sealed: sealContacts(SECRET, user.id, { email: 'duty@staff.example' }), preferredIm: null, updatedAt: now })
  const mail = randomUUID()
  const provider = { id: mail, kind: 'smtp' as const, regionCode: '00', url: mailUrl, account: '', sender: 'tocsin@staff.example', perMinute: 6_000, isEnabled: true, takesAnswers: false }
  await inTransaction(pool, (tx) => saveProvider(tx, { ...provider, secretsSealed: seal(SECRET, mail, '{}') }, now))
  return { kind: 'user', userId: user.id, name: 'duty', role: 'duty_manager', regionPath: '/00/32/' }
}

/** Two workers at a database of their own, with a provider that listens. */
export interface Scene {
  readonly pool: Pool
  readonly crew: Crew
  readonly origin: Origin
  readonly actor: Actor
  readonly random: () => number
  readonly listener: Listener
  readonly end: () => Promise<void>
}

async function idOf(pool: Pool, ruleId: string): Promise<string | null> {
  const { rows } = await pool.query<{ id: string }>('select id::text from alert where rule_id = $1', [ruleId])
  return rows[0]?.id ?? null
}

/** Opens a breach through a worker; where nobody knows whether that was committed, looks, and opens it again if not. */
export async function open({ pool, crew, origin, random }: Scene, ruleId: string, openedAt: number, severity: keyof typeof LADDERS = BY_WEBHOOK): Promise<{ id: string; dueAt: number[] }> {
  const spec = {
    kind: 'risk', ruleId, severity, ticketKey: null, regionCode: '320500', facts: { value: 31 }, parameters: {}, ruleVersion: 1, openedAt, suppressedBy: null,
  } as const
  for (let id = await idOf(pool, ruleId); ; id = await idOf(pool, ruleId)) {
    if (id !== null) return { id, dueAt: LADDERS[severity].steps.map(({ afterMinutes }) => realOf(origin, openedAt + afterMinutes * 60 * SECOND)) }
    await crew.ask({ kind: 'open', spec }, random)
  }
}

/** Answers a breach through a worker until that is certainly committed; since when it was asked and since when it is certain. */
async function acknowledge({ crew, actor, random }: Scene, alertId: string): Promise<{ ackAskedAt: number; ackedAt: number }> {
  const ackAskedAt = systemClock.now()
  while ((await crew.ask({ kind: 'ack', alertId, actor }, random)) !== true) await sleep(50)
  return { ackAskedAt, ackedAt: systemClock.now() }
}

/** Waits until every step that nobody answered was called, 45 s at most. */
export async function arrived(listener: Listener, breaches: readonly Breach[]): Promise<void> {
  const deadline = systemClock.now() + LOST_AFTER_MS
  for (;;) {
    const seen = new Set(listener.arrivals.map(({ ruleId, step }) => `${ruleId} ${step}`))
    const isAll = breaches.every(({ ruleId, dueAt, ackAskedAt }) => ackAskedAt !== null || dueAt.every((_, step) => seen.has(`${ruleId} ${step}`)))
    if (isAll || systemClock.now() > deadline) return
    await sleep(25)
  }
}

/** Puts `count` breaches in at one instant, of which the last is answered at some time within `answeredWithinMs`. */
async function putIn(scene: Scene, plan: CrashPlan, count: number, severityOf: () => keyof typeof LADDERS, answeredWithinMs: number, no: number): Promise<Breach[]> {
  const { crew, origin, random, listener } = scene
  await crew.isWhole()
  listener.hangUps = plan.hangsUp ? 1 : 0
  crew.arm(plan)
  const openedAt = fastClock(origin).now()
  const heldMs = plan.fault === 'stop' ? STOPPED_MS : plan.fault === 'delay' && plan.point === 'notify.before_call' ? DELAY_MS : 0
  const names = Array.from({ length: count }, (_, index) => `R${no}-${index}`)
  return Promise.all(
    names.map(async (ruleId, index): Promise<Breach> => {
      const { id, dueAt } = await open(scene, ruleId, openedAt, severityOf())
      if (index < count - 1) return { ruleId, dueAt, ackedAt: null, ackAskedAt: null, heldMs }
      await sleep(random() * answeredWithinMs)
      return { ruleId, dueAt, heldMs, ...(await acknowledge(scene, id)) }
    }),
  )
}

/** What was put in, and how it is judged by what the listeners have seen so far. */
interface Put {
  readonly breaches: readonly Breach[]
  readonly judge: () => readonly Wrong[]
}

function ofThese({ arrivals }: Listener, breaches: readonly Breach[]): Arrival[] {
  const own = new Set(breaches.map(({ ruleId }) => ruleId))
  return arrivals.filter(({ ruleId }) => own.has(ruleId))
}

async function putLadders(scene: Scene, plan: CrashPlan, no: number): Promise<Put> {
  const { listener, random } = scene
  const breaches = await putIn(scene, plan, UNANSWERED + 1, () => (random() < 0.5 ? BY_WEBHOOK : BY_MAIL), 1_500, no)
  await arrived(listener, breaches)
  return { breaches, judge: () => wrongsOf(breaches, ofThese(listener, breaches), BOUNDS) }
}

async function putStorm(scene: Scene, plan: CrashPlan, no: number): Promise<Put> {
  const { listener, pool } = scene
  // As if nobody had been told anything for longer than a storm lasts.
  await pool.query('delete from page_storm')
  await pool.query('delete from send_limit')
  listener.storm += 1
  const { storm } = listener
  const deadline = systemClock.now() + STORM_BOUNDS.windowMs + LOST_AFTER_MS
  const breaches = await putIn(scene, plan, STORM_OF, () => IN_STORM, STORM_BOUNDS.gatherMs * 1.2, no)
  const together = () => listener.together.filter((message) => message.storm === storm)
  while (toldOf(ofThese(listener, breaches), together()) < STORM_OF - 1 && systemClock.now() < deadline) await sleep(25)
  return { breaches, judge: () => wrongsOfStorm(breaches, ofThese(listener, breaches), together(), STORM_BOUNDS) }
}

/** Furnishes an empty, migrated database and puts two workers to work at it. */
export async function makeScene(url: string, redisUrl: string | null, random: () => number): Promise<Scene> {
  const pool = createPool(url, { max: 4, applicationName: 'tocsin-crash' })
  const listener = await listen()
  const actor = await furnish(pool, listener)
  const now = systemClock.now()
  const origin = { real: now, logical: now }
  const crew = new Crew({ kind: 'go', url, redisUrl, origin, secret: SECRET })
  await crew.start()
  const end = async () => {
    await crew.end()
    listener.close()
    await pool.end()
  }
  return { pool, crew, origin, actor, random, listener, end }
}

/** Makes a lane on an empty, migrated database. */
export async function makeLane(url: string, redisUrl: string | null, random: () => number): Promise<Lane> {
  const scene = await makeScene(url, redisUrl, random)
  const { crew, listener } = scene
  return {
    backend: redisUrl === null ? 'PostgreSQL' : 'Redis',
    listener,
    fallen: () => crew.fallen,
    async run(plan, no) {
      const { breaches, judge } = await (plan.put === 'storm' ? putStorm : putLadders)(scene, plan, no)
      const isHit = crew.isHit
      crew.arm(null)
      if (plan.fault === 'stop' && isHit) await sleep(CLAIM_MS)
      // What a storm tells together waits by intent, and says not for whom it is.
      return { isHit, judge, delays: plan.put === 'storm' ? [] : delaysOf(breaches, ofThese(listener, breaches)) }
    },
    end: scene.end,
  }
}
