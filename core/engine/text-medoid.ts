import type { BandedText } from '../domain/near-duplicate/cluster-book.ts'
import { byAge, medoidOf, sampleOf } from '../domain/near-duplicate/cluster.ts'
import type { TextReader } from '../domain/near-duplicate/reading.ts'
import type { Instant } from '../domain/time.ts'
import type { Tx } from '../platform/database.ts'
import { loadSaid } from '../store/text-signature-store.ts'

interface Held {
  readonly key: string
  readonly at: Instant
  readonly face?: BandedText
}

/**
 * The oldest text of a cluster and its medoid: the one that is kept, if given, else the best among an even sample of its texts, of which only those
 * are read. `stored` are its texts in the database, `held` those that are on their way there.
 */
export async function medoidAmong(
  tx: Tx,
  reader: TextReader,
  stored: readonly { readonly key: string; readonly at: Instant }[],
  kept: string | null,
  held: readonly { readonly face: BandedText }[] = [],
): Promise<readonly [oldest: BandedText, medoid: BandedText]> {
  const members: Held[] = [...stored, ...held.map(({ face }) => ({ key: face.key, at: face.at, face }))].sort(byAge)
  const [first] = members
  if (first === undefined) throw new RangeError('a cluster has at least one text')
  const sample = kept === null ? sampleOf(members) : members.filter(({ key }) => key === kept)
  const wanted = [first, ...sample]
  const said = await loadSaid(
    tx,
    wanted.filter(({ face }) => face === undefined).map(({ key }) => key),
  )
  const faceOf = ({ key, at, face }: Held) => face ?? reader.face(key, at, said.get(key) ?? '')
  const oldest = faceOf(first)
  return [oldest, medoidOf(sample.map((one) => (one.key === oldest.key ? oldest : faceOf(one))))]
}
