import type { Instant } from '../time.ts'
import { type GramSet, jaccard } from './grams.ts'

/** A text as it is held against others. */
export interface TextFace {
  /** The key of its ticket. */
  readonly key: string
  /** When the ticket was accepted. */
  readonly at: Instant
  readonly grams: GramSet
}

/** What of a cluster a text is held against. */
export interface ClusterFace {
  readonly id: string
  readonly oldest: TextFace
  readonly medoid: TextFace
  /** When its first and its last text were accepted. */
  readonly firstAt: Instant
  readonly lastAt: Instant
}

/** By what a text is placed. */
export interface PlacingRule {
  readonly similarity: number
  readonly leastGrams: number
  /** ms. */
  readonly window: number
}

/** Where a text belongs, and why. */
export type Placement =
  | { readonly outcome: 'joins'; readonly clusterId: string; readonly to: 'oldest' | 'medoid'; readonly similarity: number }
  /** The nearest cluster was not near enough; null where none was held against it. */
  | { readonly outcome: 'opens'; readonly nearest: { readonly clusterId: string; readonly similarity: number } | null }
  | { readonly outcome: 'too_short'; readonly grams: number }

/** The order of acceptance; of two at one instant the lesser key is the older. */
export const byAge = (a: Pick<TextFace, 'at' | 'key'>, b: Pick<TextFace, 'at' | 'key'>): number => a.at - b.at || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)

/** Whether a text of that instant lies within the window of a cluster's texts, before them or after. */
const isWithReach = ({ firstAt, lastAt }: ClusterFace, at: Instant, window: number): boolean => at >= firstAt - window && at <= lastAt + window

/** Larger similarity first; of equal ones the cluster with the older oldest text. */
const isNearer = (similarity: number, cluster: ClusterFace, best: { similarity: number; cluster: ClusterFace } | null): boolean =>
  best === null || similarity > best.similarity || (similarity === best.similarity && byAge(cluster.oldest, best.cluster.oldest) < 0)

/**
 * Where a text belongs among the clusters that it may belong to, in whatever order they come (domain.md 5.3.2-2, 5.3.2-3): the one whose oldest
 * text or medoid it is nearest to, if that is near enough and the cluster has a text within the window; else one of its own.
 */
export function placeText(text: Omit<TextFace, 'key'>, clusters: Iterable<ClusterFace>, rule: PlacingRule): Placement {
  if (text.grams.length < rule.leastGrams) return { outcome: 'too_short', grams: text.grams.length }
  let best: { similarity: number; to: 'oldest' | 'medoid'; cluster: ClusterFace } | null = null
  for (const cluster of clusters) {
    if (!isWithReach(cluster, text.at, rule.window)) continue
    const toOldest = jaccard(text.grams, cluster.oldest.grams)
    const toMedoid = cluster.medoid === cluster.oldest ? toOldest : jaccard(text.grams, cluster.medoid.grams)
    const similarity = Math.max(toOldest, toMedoid)
    if (isNearer(similarity, cluster, best)) best = { similarity, to: toOldest >= toMedoid ? 'oldest' : 'medoid', cluster }
  }
  if (best === null) return { outcome: 'opens', nearest: null }
  const { similarity, to, cluster } = best
  if (similarity < rule.similarity) return { outcome: 'opens', nearest: { clusterId: cluster.id, similarity } }
  return { outcome: 'joins', clusterId: cluster.id, to, similarity }
}

/** Texts of a cluster that its medoid is chosen among. */
export const MOST_SAMPLED = 64

/** Whether the medoid is chosen anew when a cluster has grown to that size: at 4, 8, 16 … texts, so that all choices together cost what the texts cost. */
export const isMedoidDue = (size: number): boolean => size >= 4 && (size & (size - 1)) === 0

/** At most {@link MOST_SAMPLED} of a cluster's texts, spread evenly over them as they stand. */
export function sampleOf<T>(members: readonly T[]): readonly T[] {
  const step = Math.ceil(members.length / MOST_SAMPLED)
  return step <= 1 ? members : members.filter((_member, index) => index % step === 0)
}

/** The text that is nearest to all of the others together; of equally near ones the oldest. At least one text is needed. */
export function medoidOf<T extends TextFace>(texts: readonly T[]): T {
  const sums = new Float64Array(texts.length)
  for (let i = 0; i < texts.length; i++) {
    for (let j = i + 1; j < texts.length; j++) {
      const similarity = jaccard((texts[i] as T).grams, (texts[j] as T).grams)
      sums[i] = (sums[i] as number) + similarity
      sums[j] = (sums[j] as number) + similarity
    }
  }
  let best = 0
  for (let i = 1; i < texts.length; i++) {
    const [sum, most] = [sums[i] as number, sums[best] as number]
    if (sum > most || (sum === most && byAge(texts[i] as T, texts[best] as T) < 0)) best = i
  }
  return texts[best] as T
}
