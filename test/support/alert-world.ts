import { randomUUID } from 'node:crypto'
import type { Actor, Alert, MoveRequest, TransitionResult } from '../../core/domain/alert/alert.ts'
import type { Instant } from '../../core/domain/time.ts'
import type { Role } from '../../core/domain/vocabulary.ts'
import { moveAlert, openAlert } from '../../core/engine/alert-life.ts'
import type { AlertSpec } from '../../core/engine/new-alert.ts'
import type { Bell, Engine } from '../../core/engine/context.ts'
import { hashKeysOf } from '../../core/engine/protect-keys.ts'
import { seedSettings, settingsCache } from '../../core/engine/settings.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { ManualClock } from '../../core/platform/clock.ts'
import { inTransaction, type Pool } from '../../core/platform/database.ts'
import { createLogger } from '../../core/platform/log.ts'
import { importRegions } from '../../core/store/region-store.ts'
import { aRegionTree } from './builders.ts'
import { BY_DEADLINE, setRules } from './abnormal.ts'
import { usePlainLadders } from './ladders.ts'
import { testDatabase } from './database.ts'

const SECRET = 'a secret for tests, thirty-two characters'

export type Person = Extract<Actor, { kind: 'user' }>

/** A database with the small tree, version 1 of every setting, and an engine that remembers which bells it rang. */
export interface AlertWorld {
  readonly pool: Pool
  readonly engine: Engine
  readonly clock: ManualClock
  readonly bells: Bell[]
  /** Makes an account and returns it as an actor. */
  readonly user: (role: Role, regionCode: string, name?: string) => Promise<Person>
  /** Raises a yellow case of city 320500 at the clock's time unless the spec says otherwise. */
  readonly raise: (spec?: Partial<AlertSpec>) => Promise<Alert>
  readonly move: (alertId: string, request: Partial<MoveRequest> & Pick<MoveRequest, 'move'>, actor?: Actor) => Promise<TransitionResult>
  readonly rows: <T extends object>(text: string, values?: unknown[]) => Promise<T[]>
}

export const SPEC: AlertSpec = {
  kind: 'risk',
  ruleId: 'MR-01',
  severity: 2,
  ticketKey: null,
  regionCode: '320500',
  facts: { value: 31 },
  parameters: { window: 60 },
  ruleVersion: 1,
  openedAt: 0,
  suppressedBy: null,
}

/** Somebody who can act, and cannot sign in. */
export async function insertUser(pool: Pool, user: Person, regionCode: string, at: Instant): Promise<void> {
  await pool.query(
    `insert into app_user (id, login, display_name, role, region_code, password_hash, created_at)
     values ($1, $2, $3, $4, $5, 'none', to_timestamp($6::float8 / 1000))`,
    [user.userId, `u-${user.userId}`, user.name, user.role, regionCode, at],
  )
}

export async function alertWorld(start: Instant): Promise<AlertWorld> {
  const { pool } = await testDatabase()
  const tree = aRegionTree()
  const clock = new ManualClock(start)
  await inTransaction(pool, async (tx) => {
    await importRegions(tx, tree.all())
    await seedSettings(tx, start)
    await usePlainLadders(tx)
    await setRules(tx, BY_DEADLINE)
  })
  const bells: Bell[] = []
  const engine: Engine = {
    pool,
    tree,
    zone: 'Asia/Shanghai',
    secret: SECRET,
    hashKeys: hashKeysOf(SECRET, null),
    log: createLogger('silent'),
    settings: settingsCache(pool),
    ring: (bell) => bells.push(bell),
  }
  return {
    pool,
    engine,
    clock,
    bells,
    async user(role, regionCode, name = `${role} of ${regionCode}`) {
      const person: Person = { kind: 'user', userId: randomUUID(), name, role, regionPath: tree.get(regionCode)?.path ?? '/nowhere/' }
      await insertUser(pool, person, regionCode, start)
      return person
    },
    raise: (spec = {}) => inEngineTransaction(engine, clock.now(), (etx) => openAlert(etx, { ...SPEC, openedAt: clock.now(), ...spec })),
    move: (alertId, request, actor = { kind: 'engine' }) =>
      inEngineTransaction(engine, clock.now(), (etx) => moveAlert(etx, alertId, { reason: '原因 reason', ...request }, actor, 'test')),
    rows: async <T extends object>(text: string, values: unknown[] = []) => (await pool.query<T>(text, values)).rows,
  }
}
