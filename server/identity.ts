import { MINUTE, SECOND, type Instant } from '../core/domain/time.ts'
import type { Engine } from '../core/engine/context.ts'
import type { Clock } from '../core/platform/clock.ts'
import { findApiKey, touchApiKey } from '../core/store/api-key-store.ts'
import { extendSession, loadSessionOwners, type SessionOwner } from '../core/store/session-store.ts'
import { findWallDevice, loadLiveWallDevices, touchWallDevices } from '../core/store/wall-device-store.ts'
import { placed, type KeyPrincipal, type Principal, type UserPrincipal, type WallPrincipal } from './access.ts'
import { hashToken, SESSION_MS } from './session.ts'

/** How long a key may work on in other servers after it was revoked in one: saves one query per single post. */
const KEY_KEPT_MS = SECOND
const KEYS_KEPT = 1_000

/** Turns what a caller holds into who he is. Unknown, expired, disabled and revoked are all null. */
export class Identity {
  readonly #engine: Engine
  readonly #clock: Clock
  readonly #keys = new Map<string, { principal: KeyPrincipal; until: Instant }>()

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine
    this.#clock = clock
  }

  /** The person of a session id; using it moves its end. */
  async ofSession(sid: string): Promise<UserPrincipal | null> {
    const now = this.#clock.now()
    const sidHash = hashToken(sid)
    const owner = (await loadSessionOwners(this.#engine.pool, [sidHash], now))[0]
    if (owner === undefined) return null
    if (owner.expiresAt < now + SESSION_MS - MINUTE) await extendSession(this.#engine.pool, sidHash, now + SESSION_MS)
    return this.#person(owner)
  }

  /** The key or wall of a bearer token. */
  async ofToken(token: string): Promise<KeyPrincipal | WallPrincipal | null> {
    if (token.startsWith('tk_')) return this.#key(hashToken(token))
    if (token.startsWith('wd_')) return this.#wall(hashToken(token))
    return null
  }

  /** Those of the given principals that still hold, as they are now. Keys have no lasting connections and are not among them. */
  async stillHolding(principals: readonly Principal[]): Promise<Principal[]> {
    const { pool } = this.#engine
    const now = this.#clock.now()
    const sessions = principals.flatMap((principal) => (principal.kind === 'user' ? [principal.sidHash] : []))
    const walls = principals.flatMap((principal) => (principal.kind === 'wall' ? [principal.id] : []))
    const owners = sessions.length === 0 ? [] : await loadSessionOwners(pool, sessions, now)
    const devices = walls.length === 0 ? [] : await loadLiveWallDevices(pool, walls)
    if (devices.length > 0) await touchWallDevices(pool, devices.map(({ id }) => id), now)
    return [...owners.map((owner) => this.#person(owner)), ...devices.map((device) => this.#device(device))].filter((principal) => principal !== null)
  }

  /** A key was revoked here: it must not be taken for good a moment longer. */
  forgetKeys(): void {
    this.#keys.clear()
  }

  async #key(hash: string): Promise<KeyPrincipal | null> {
    const now = this.#clock.now()
    const held = this.#keys.get(hash)
    if (held !== undefined && held.until > now) return held.principal
    const row = await findApiKey(this.#engine.pool, hash)
    const region = row === null ? undefined : this.#engine.tree.get(row.regionCode)
    if (row === null || region === undefined) return null
    if ((row.lastUsedAt ?? 0) < now - MINUTE) await touchApiKey(this.#engine.pool, row.id, now)
    const principal: KeyPrincipal = { kind: 'api_key', id: row.id, name: row.name, ...placed(region) }
    if (this.#keys.size >= KEYS_KEPT) this.#keys.clear()
    this.#keys.set(hash, { principal, until: now + KEY_KEPT_MS })
    return principal
  }

  async #wall(hash: string): Promise<WallPrincipal | null> {
    const row = await findWallDevice(this.#engine.pool, hash)
    if (row === null) return null
    await touchWallDevices(this.#engine.pool, [row.id], this.#clock.now())
    return this.#device(row)
  }

  #device(row: { id: string; name: string; regionCode: string }): WallPrincipal | null {
    const region = this.#engine.tree.get(row.regionCode)
    return region === undefined ? null : { kind: 'wall', id: row.id, name: row.name, ...placed(region) }
  }

  #person(owner: SessionOwner): UserPrincipal | null {
    const region = this.#engine.tree.get(owner.regionCode)
    if (region === undefined) return null
    const { userId: id, login, displayName: name, role, isDemo, sidHash } = owner
    return { kind: 'user', id, login, name, role, isDemo, sidHash, ...placed(region) }
  }
}
