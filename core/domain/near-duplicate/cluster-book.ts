import type { Instant } from '../time.ts'
import { byAge, type ClusterFace, type Placement, type PlacingRule, placeText, type TextFace } from './cluster.ts'
import { keysWithin } from './signature.ts'

/** A text with the numbers of its bands. */
export interface BandedText extends TextFace {
  readonly bands: Int32Array
}

/** A cluster as it is stored. */
export interface Cluster extends ClusterFace {
  readonly oldest: BandedText
  readonly medoid: BandedText
  /** How many texts it has. */
  readonly size: number
  /** The stretches of time, each as long as the window, in which it is found: the newest that hold a text of it, in rising order. */
  readonly buckets: readonly number[]
  /** By what it is found: {@link clusterKeys}. */
  readonly keys: readonly number[]
}

/** A cluster that stays open for longer is found in its newest stretches only. */
export const MOST_BUCKETS = 8

/** Which stretch an instant lies in. */
const bucketOf = (at: Instant, window: number): number => Math.floor(at / window)

/** By what a text of that instant finds clusters that have a text within the window: the stretch it lies in and its two neighbours. */
export function lookupKeys({ at, bands }: Pick<BandedText, 'at' | 'bands'>, window: number): number[] {
  const bucket = bucketOf(at, window)
  return keysWithin(bands, [bucket - 1, bucket, bucket + 1])
}

/** The bands of a cluster's oldest text and of its medoid, in each of its stretches. */
export function clusterKeys({ oldest, medoid, buckets }: Pick<Cluster, 'oldest' | 'medoid' | 'buckets'>): readonly number[] {
  const keys = keysWithin(oldest.bands, buckets)
  return oldest.key === medoid.key ? keys : [...new Set([...keys, ...keysWithin(medoid.bands, buckets)])]
}

const withBucket = (buckets: readonly number[], bucket: number): readonly number[] =>
  buckets.includes(bucket) ? buckets : [...buckets, bucket].sort((a, b) => a - b).slice(-MOST_BUCKETS)

function newCluster(id: string, text: BandedText, window: number): Cluster {
  const named = { oldest: text, medoid: text, buckets: [bucketOf(text.at, window)] }
  return { id, ...named, firstAt: text.at, lastAt: text.at, size: 1, keys: clusterKeys(named) }
}

/** A cluster under other names: whatever it is found by follows. */
export function renamed(cluster: Cluster, names: Partial<Pick<Cluster, 'oldest' | 'medoid' | 'buckets'>>): Cluster {
  const named = { ...cluster, ...names }
  const isSame = named.oldest === cluster.oldest && named.medoid === cluster.medoid && named.buckets === cluster.buckets
  return isSame ? named : { ...named, keys: clusterKeys(named) }
}

/** A cluster with one more text. */
function withText(cluster: Cluster, text: BandedText, window: number): Cluster {
  const grown = { ...cluster, firstAt: Math.min(cluster.firstAt, text.at), lastAt: Math.max(cluster.lastAt, text.at), size: cluster.size + 1 }
  const oldest = byAge(text, cluster.oldest) < 0 ? text : cluster.oldest
  return renamed(grown, { oldest, buckets: withBucket(cluster.buckets, bucketOf(text.at, window)) })
}

/** A text placed: its cluster as it is now (null: too short for any), and how many clusters it was held against. */
export interface Placed {
  readonly placement: Placement
  readonly cluster: Cluster | null
  readonly compared: number
}

const NONE: readonly string[] = []

/**
 * The clusters that some texts may belong to, while these are placed one after the other. Texts placed at once and texts placed one by one, each
 * with the clusters that its own keys find, come to the same.
 */
export class ClusterBook {
  private readonly clusters = new Map<string, Cluster>()
  private readonly found = new Map<number, readonly string[]>()

  constructor(stored: Iterable<Cluster>) {
    for (const cluster of stored) this.put(cluster)
  }

  /** @throws RangeError for a cluster that is not in the book. */
  get(id: string): Cluster {
    const cluster = this.clusters.get(id)
    if (cluster === undefined) throw new RangeError(`no cluster ${id} in the book`)
    return cluster
  }

  /** Enters a cluster as it is now. */
  put(cluster: Cluster): void {
    const before = this.clusters.get(cluster.id)
    this.clusters.set(cluster.id, cluster)
    if (before?.keys === cluster.keys) return
    for (const key of before?.keys ?? []) this.found.set(key, this.foundBy(key).filter((id) => id !== cluster.id))
    for (const key of cluster.keys) this.found.set(key, [...this.foundBy(key), cluster.id])
  }

  private foundBy(key: number): readonly string[] {
    return this.found.get(key) ?? NONE
  }

  private candidates(keys: readonly number[]): Cluster[] {
    const ids = new Set<string>()
    for (const key of keys) for (const id of this.foundBy(key)) ids.add(id)
    return [...ids].map((id) => this.get(id))
  }

  /** Places a text, and enters what that makes of its cluster; `newId` names one that it opens. */
  place(text: BandedText, rule: PlacingRule, newId: () => string): Placed {
    const candidates = this.candidates(lookupKeys(text, rule.window))
    const placement = placeText(text, candidates, rule)
    if (placement.outcome === 'too_short') return { placement, cluster: null, compared: 0 }
    const cluster =
      placement.outcome === 'joins' ? withText(this.get(placement.clusterId), text, rule.window) : newCluster(newId(), text, rule.window)
    this.put(cluster)
    return { placement, cluster, compared: candidates.length }
  }
}
