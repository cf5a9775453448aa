import { codesOfPath, isWithin, overlaps } from '../region.ts'
import type { Instant } from '../time.ts'
import type { Level, RegionLevel, Severity } from '../vocabulary.ts'
import { judgeBatch } from './batch.ts'
import { type JoinableCase, mayJoin } from './joining.ts'
import { mayRelapse } from './judge-case.ts'
import { covers, isJoined, isSameMatter, type Matter } from './matter.ts'
import type { RiskParameters } from './reading.ts'

/** What belongs to a case by a person's word: a matter in a subtree, read by these rules, or by any where none is named (domain.md 5.1). */
export interface Claim {
  readonly matter: Matter
  readonly regionPath: string
  readonly ruleIds: readonly string[]
}

/** What a person has made of a case. */
export interface ByHand {
  readonly alertId: string
  readonly matter: Matter
  readonly regionPath: string
  /** The case it was split from: it takes in what it claims and nothing else. Null of every other case. */
  readonly splitFrom: string | null
  readonly claims: readonly Claim[]
}

/** What is asked after: a reading of a rule at a node, or a ticket (`ruleId` null). */
export interface Claimable {
  readonly matter: Matter
  readonly regionPath: string
  readonly ruleId: string | null
}

const isOfMatter = (claimed: Matter, matter: Matter, parameters: RiskParameters) =>
  isSameMatter(claimed, matter) || (matter.kind === 'phenomenon' && covers(claimed, matter.name, parameters))

const isOfRule = ({ ruleIds }: Claim, ruleId: string | null) => ruleIds.length === 0 || (ruleId !== null && ruleIds.includes(ruleId))

const claims = (claim: Claim, { matter, regionPath, ruleId }: Claimable, parameters: RiskParameters) =>
  isWithin(regionPath, claim.regionPath) && isOfRule(claim, ruleId) && isOfMatter(claim.matter, matter, parameters)

/** Order of claims on the same thing: the narrower place, then named rules, then the matter itself, then the case split off last. */
function byNearness(what: Claimable) {
  return (a: { held: ByHand; claim: Claim }, b: { held: ByHand; claim: Claim }): number =>
    b.claim.regionPath.length - a.claim.regionPath.length ||
    Number(b.claim.ruleIds.length > 0) - Number(a.claim.ruleIds.length > 0) ||
    Number(isSameMatter(b.claim.matter, what.matter)) - Number(isSameMatter(a.claim.matter, what.matter)) ||
    Number(BigInt(b.held.alertId) - BigInt(a.held.alertId))
}

/** The case split off by hand that this belongs to, in whatever order the cases come; undefined where none claims it (domain.md 5.1). */
export function claimantOf<C extends ByHand>(live: readonly C[], what: Claimable, parameters: RiskParameters): C | undefined {
  const found = live
    .filter(({ splitFrom }) => splitFrom !== null)
    .flatMap((held) => held.claims.filter((claim) => claims(claim, what, parameters)).map((claim) => ({ held, claim })))
  return found.sort(byNearness(what))[0]?.held
}

/**
 * Whether a finding that nobody claims belongs to a case: as {@link mayJoin}, or because a case that a person merged into it would have taken it in.
 * A case split off takes nothing in this way.
 */
export function takesIn(
  held: JoinableCase & ByHand,
  finding: { readonly matter: Matter; readonly regionPath: string; readonly ruleIds: readonly string[] },
  tickAt: Instant,
  parameters: RiskParameters,
): boolean {
  if (held.splitFrom !== null) return false
  if (mayJoin(held, finding.matter, finding.regionPath, tickAt, parameters)) return true
  if (held.mitigatedAt !== null && !mayRelapse(held.mitigatedAt, tickAt, parameters)) return false
  return held.claims.some(
    (claim) =>
      isJoined(claim.matter, finding.matter, parameters) &&
      overlaps(claim.regionPath, finding.regionPath) &&
      finding.ruleIds.every((ruleId) => isOfRule(claim, ruleId)),
  )
}

/** Whether a ticket counts for the case that asks, at a node of it: not where a case split off below that node has it. */
export function isAway(live: readonly ByHand[], nodePath: string, ticket: Omit<Claimable, 'ruleId'>, parameters: RiskParameters): boolean {
  return live.some(
    ({ splitFrom, claims: own }) =>
      splitFrom !== null &&
      own.some(
        (claim) => claim.regionPath !== nodePath && isWithin(claim.regionPath, nodePath) && claims(claim, { ...ticket, ruleId: null }, parameters),
      ),
  )
}

/** Why one case cannot go into another by hand. */
export type MergeFault = 'same_case' | 'members_stay' | 'other_province' | 'ended' | 'mitigated'

type MergeSide = Pick<ByHand, 'alertId' | 'matter' | 'regionPath'> & { readonly isEnded: boolean; readonly isMitigated: boolean }

const isOfGroup = (path: string) => codesOfPath(path).length === 1

/**
 * Whether `from` may be merged into `into` by hand, or why not (domain.md 5.1, 7.8): within one province or into a case of the group; never a case over
 * provinces (MR-18), whose members stay where they are; nothing that still is true into what is over.
 */
export function mergeFault(from: MergeSide, into: MergeSide): MergeFault | null {
  if (from.alertId === into.alertId) return 'same_case'
  if (from.isEnded || into.isEnded) return 'ended'
  if (from.matter.kind === 'cross_province' || into.matter.kind === 'cross_province') return 'members_stay'
  if (!isOfGroup(into.regionPath) && codesOfPath(from.regionPath)[1] !== codesOfPath(into.regionPath)[1]) return 'other_province'
  return into.isMitigated && !from.isMitigated ? 'mitigated' : null
}

/** Whether the claim says anything that the case would not take in anyway. */
export const isClaimNeeded = (into: Pick<ByHand, 'matter' | 'regionPath'>, claim: Claim, parameters: RiskParameters): boolean =>
  !isJoined(into.matter, claim.matter, parameters) || !isWithin(claim.regionPath, into.regionPath)

/** What `from` brings along when it goes into another case: its own matter and place, and what had been merged into it or split off with it. */
export const broughtAlong = (from: ByHand): Claim[] =>
  from.splitFrom === null ? [{ matter: from.matter, regionPath: from.regionPath, ruleIds: [] }, ...from.claims] : [...from.claims]

/** What a person picks out of a case. */
export interface Choice {
  readonly regionPaths: readonly string[]
  readonly phenomena: readonly string[]
  readonly ruleIds: readonly string[]
}

/** What a case split off claims: every chosen matter in every chosen place; of single tickets nothing. */
export function claimsOf(held: ByHand, { regionPaths, phenomena, ruleIds }: Choice): Claim[] {
  if (regionPaths.length + phenomena.length + ruleIds.length === 0) return []
  const places = regionPaths.length > 0 ? regionPaths : [held.regionPath]
  const named = phenomena.map((name): Matter => ({ kind: 'phenomenon', name }))
  const all = [held.matter, ...held.claims.map(({ matter }) => matter)]
  const own = all.filter((matter, index) => all.findIndex((other) => isSameMatter(other, matter)) === index)
  return places.flatMap((regionPath) => (named.length > 0 ? named : own).map((matter) => ({ matter, regionPath, ruleIds })))
}

/** Claims of a case that a split takes away altogether: the opposite of the merge that brought them. */
export const isTakenAway = (held: Claim, taken: readonly Claim[], parameters: RiskParameters): boolean =>
  taken.some(
    (claim) =>
      claim.ruleIds.length === 0 && claims(claim, { matter: held.matter, regionPath: held.regionPath, ruleId: held.ruleIds[0] ?? null }, parameters),
  )

/**
 * The colour in which a case split off starts: the highest that is known of its own part, by the readings that go with it and by MR-01 for its customers
 * of the window; at least blue, never above the case it comes from.
 */
export function colourOfPart(
  from: Severity,
  levels: readonly Level[],
  counts: readonly { readonly regionLevel: RegionLevel; readonly customers: number }[],
  { batch }: Pick<RiskParameters, 'batch'>,
): Severity {
  const counted = batch.enabled ? counts.map(({ regionLevel, customers }) => judgeBatch(customers, regionLevel, batch)?.level ?? 0) : []
  return Math.min(from, Math.max(1, ...levels, ...counted)) as Severity
}
