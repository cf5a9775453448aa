import type { MatterKind } from '../vocabulary.ts'
import type { RiskParameters } from './reading.ts'

/** What a case is about, beside its place (domain.md 5.1): with a place, what joins. `name` is a phenomenon, a product, an item; empty where the kind says it all. */
export interface Matter {
  readonly kind: MatterKind
  readonly name: string
}

/** The matter of a second-level phenomenon; of an empty one: tickets of which nobody said what they are about. */
export const phenomenonMatter = (name: string): Matter => ({ kind: 'phenomenon', name })

/** Equal for equal matters. */
export const matterKey = ({ kind, name }: Matter): string => `${kind}\u001f${name}`

export const isSameMatter = (a: Matter, b: Matter): boolean => a.kind === b.kind && a.name === b.name

/** Whether tickets of a phenomenon are about this matter: it is theirs, or that of the product (domain.md 5.1 "the mapped incident product"). */
export function covers({ kind, name }: Matter, phenomenon: string, { outage }: Pick<RiskParameters, 'outage'>): boolean {
  if (kind === 'phenomenon') return name === phenomenon
  return kind === 'product' && phenomenon !== '' && (outage.phenomena[name] ?? []).includes(phenomenon)
}

/** Whether a case of this matter takes its hours out of what is usual of a phenomenon: it is about it, or the data itself was missing (domain.md 5.1 Baseline hygiene). */
export const spoils = (matter: Matter, phenomenon: string, parameters: Pick<RiskParameters, 'outage'>): boolean =>
  matter.kind === 'feed' || covers(matter, phenomenon, parameters)

/** Whether two matters belong into one case (domain.md 5.1 Joining). */
export function isJoined(a: Matter, b: Matter, parameters: Pick<RiskParameters, 'outage'>): boolean {
  if (isSameMatter(a, b)) return true
  if (a.kind === 'phenomenon') return b.kind === 'product' && covers(b, a.name, parameters)
  return b.kind === 'phenomenon' && covers(a, b.name, parameters)
}

/** The matters that {@link isJoined} joins with one, itself first. */
export function joinedWith(matter: Matter, { outage }: Pick<RiskParameters, 'outage'>): Matter[] {
  const { kind, name } = matter
  if (kind === 'product') return [matter, ...[...new Set(outage.phenomena[name] ?? [])].filter((one) => one !== '').map(phenomenonMatter)]
  if (kind !== 'phenomenon' || name === '') return [matter]
  const products = Object.keys(outage.phenomena).filter((product) => outage.phenomena[product]?.includes(name))
  return [matter, ...products.map((product): Matter => ({ kind: 'product', name: product }))]
}
