import type { ReadinessShown } from '../contract/readiness.ts'
import { channelsOfPosition, type ColourChannels } from '../domain/escalation/channels-of-position.ts'
import type { LadderSet } from '../domain/escalation/ladder.ts'
import type { Position } from '../domain/escalation/position.ts'
import type { Means } from '../domain/notification/choose-channels.ts'
import { PROVIDER_KINDS } from '../domain/notification/contact.ts'
import { type ChannelProof, type PersonReadiness, readinessOf } from '../domain/oncall/readiness.ts'
import type { RegionTree } from '../domain/region.ts'
import type { Instant } from '../domain/time.ts'
import type { ChannelName } from '../domain/vocabulary.ts'
import type { Sql } from '../platform/database.ts'
import { loadContactTimes, loadKindsInUse, loadProofs } from '../store/readiness-store.ts'
import { loadLeaves } from '../store/roster-store.ts'
import { loadReachable } from './contacts.ts'
import type { Engine } from './context.ts'
import { keyOf } from './roster-books.ts'

/** What readiness is judged by and as of when. */
export interface ReadinessTerms extends Pick<Engine, 'secret' | 'tree'> {
  readonly sql: Sql
  readonly ladders: LadderSet
  readonly now: Instant
}

/** The terms upon the engine's pool, or in a transaction, as of `now`. */
export async function readinessTerms(engine: Engine, now: Instant, sql: Sql = engine.pool): Promise<ReadinessTerms> {
  const { ladders } = await engine.settings(now)
  return { sql, secret: engine.secret, tree: engine.tree, ladders: ladders.body, now }
}

/** Remembers by what the ladders call a position: asked again for everybody who holds it. */
export function usesOf(ladders: LadderSet, tree: RegionTree): (position: Position) => ColourChannels {
  const known = new Map<string, ColourChannels>()
  return (position) => {
    const found = known.get(keyOf(position)) ?? channelsOfPosition(ladders, position, tree)
    known.set(keyOf(position), found)
    return found
  }
}

/** The channels for which providers are in use, by region; of a region without any, none. */
export async function loadMeansOf(sql: Sql, regionCodes: readonly string[]): Promise<(regionCode: string) => Means> {
  const means = new Map<string, Set<(typeof PROVIDER_KINDS)[keyof typeof PROVIDER_KINDS]>>()
  for (const { regionCode, kind } of await loadKindsInUse(sql, [...new Set(regionCodes)])) {
    means.set(regionCode, (means.get(regionCode) ?? new Set()).add(PROVIDER_KINDS[kind]))
  }
  return (regionCode) => means.get(regionCode) ?? new Set()
}

async function loadLastProofs(sql: Sql, userIds: readonly string[]): Promise<(userId: string) => ReadonlyMap<ChannelName, ChannelProof>> {
  const proofs = new Map<string, Map<ChannelName, ChannelProof>>()
  for (const { userId, channel, at, how } of await loadProofs(sql, userIds)) {
    const own = proofs.get(userId) ?? new Map<ChannelName, ChannelProof>()
    const held = own.get(channel)
    if (held === undefined || held.at < at) own.set(channel, { at, how })
    proofs.set(userId, own)
  }
  return (userId) => proofs.get(userId) ?? new Map()
}

/** A person at a position at which he is, or could be, called. */
export interface ReadyAt extends Position {
  readonly userId: string
  /** On duty at the time that is looked at: somebody on leave is never put on by a roster, so that a leave of now says nothing of it. */
  readonly isOn: boolean
}

/** How each of these would be reached, in their order (docs/adr/0038). For people that the reader was shown to own, or for the engine. */
export async function loadReadiness({ sql, secret, tree, ladders, now }: ReadinessTerms, asked: readonly ReadyAt[]): Promise<PersonReadiness[]> {
  const userIds = [...new Set(asked.map(({ userId }) => userId))]
  const reachable = await loadReachable(sql, { secret }, userIds)
  const proofs = await loadLastProofs(sql, userIds)
  const changed = await loadContactTimes(sql, userIds)
  const means = await loadMeansOf(sql, asked.map(({ regionCode }) => regionCode))
  const leaves = await loadLeaves(sql, userIds, now, now + 1)
  const away = new Set(leaves.flatMap(({ body }) => (body.kind === 'leave' ? [body.userId] : [])))
  const uses = usesOf(ladders, tree)
  return asked.map(({ userId, role, regionCode, isOn }) => readinessOf({
    uses: uses({ role, regionCode }), person: reachable(userId), means: means(regionCode), proofs: proofs(userId),
    contactsChangedAt: changed.get(userId) ?? null, isOnLeave: !isOn && away.has(userId),
  }, now))
}

/** As it is given out. */
export const shownReadiness = ({ colours, channels, ...rest }: PersonReadiness): ReadinessShown => ({
  ...rest,
  colours: colours.map(({ uses, missing, ...colour }) => ({ ...colour, uses: [...uses], missing: [...missing] })),
  channels: channels.map(({ proof, ...channel }) => ({ ...channel, proof: proof === null ? null : { ...proof } })),
})
