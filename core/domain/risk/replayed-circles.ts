import { isWithin, type RegionTree } from '../region.ts'
import type { Instant } from '../time.ts'
import { joinedWith, type Matter, matterKey } from './matter.ts'
import { pathsAround } from './placed-matters.ts'
import type { RiskParameters, RiskReading } from './reading.ts'
import { byOpening, type LastLooks, type Look, type ReplayedCase, ReplayedCases } from './replayed-cases.ts'
import { chooseFindings } from './scope.ts'

/** Readings and cases that can meet: of matters that join, within the topmost place in which they have been. */
interface Circle {
  readonly kin: string
  readonly path: string
  readonly readings: Map<string, RiskReading>
  readonly cases: ReplayedCases
  hasChanged: boolean
}

/** By matter one name for all that join it, and those that join these. */
class Kins {
  readonly #parameters: Pick<RiskParameters, 'outage'>
  readonly #known = new Map<string, string>()

  constructor(parameters: Pick<RiskParameters, 'outage'>) {
    this.#parameters = parameters
  }

  of(matter: Matter): string {
    const key = matterKey(matter)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const all = new Map([[key, matter]])
    for (const one of all.values()) for (const joined of joinedWith(one, this.#parameters)) all.set(matterKey(joined), joined)
    const name = [...all.keys()].sort()[0] ?? key
    // Matters that stand alone come without end.
    if (all.size > 1) for (const one of all.keys()) this.#known.set(one, name)
    return name
  }
}

const isAlike = (a: RiskReading, b: RiskReading) => a.level === b.level && a.regionCode === b.regionCode && matterKey(a.matter) === matterKey(b.matter)

/**
 * The cases of one rule over a replayed clock, as {@link ReplayedCases} has them of all findings at every look, without judging every one at each: what cannot meet is judged apart, and
 * where no reading has changed its colour and no clock of a case has run out, nothing is judged (docs/adr/0022). Counts of customers tell no places apart in it.
 */
export class ReplayedCircles {
  readonly #tree: RegionTree
  readonly #parameters: RiskParameters
  readonly #kins: Kins
  readonly #all: ReplayedCase[] = []
  /** By kin and path. No two of a kin overlap. */
  readonly #circles = new Map<string, Map<string, Circle>>()
  /** True readings by their names, and the circle of each. */
  readonly #placed = new Map<string, { readonly reading: RiskReading; readonly circle: Circle }>()
  #last: LastLooks = { any: Number.NEGATIVE_INFINITY, all: Number.NEGATIVE_INFINITY }

  constructor(tree: RegionTree, parameters: RiskParameters) {
    this.#tree = tree
    this.#parameters = parameters
    this.#kins = new Kins(parameters)
  }

  /** What is read under a name from the next look on; null or no colour: nothing is true there any more. */
  put(name: string, reading: RiskReading | null): void {
    const before = this.#placed.get(name)
    const now = reading !== null && reading.level > 0 ? reading : null
    if (before === undefined ? now === null : now !== null && isAlike(before.reading, now)) return
    if (before !== undefined) {
      before.circle.readings.delete(name)
      before.circle.hasChanged = true
      this.#placed.delete(name)
    }
    if (now === null) return
    const circle = this.#circleOf(now)
    circle.readings.set(name, now)
    circle.hasChanged = true
    this.#placed.set(name, { reading: now, circle })
  }

  /** One look at all that has been put. Instants come in their order. */
  look(at: Instant, look: Look): void {
    for (const circles of this.#circles.values()) for (const circle of circles.values()) if (circle.hasChanged || at >= circle.cases.restsUntil) this.#judge(circle, at, look)
    this.#last = { any: at, all: look === 'all' ? at : this.#last.all }
  }

  /** All cases so far, in the order in which they opened. */
  get all(): readonly ReplayedCase[] {
    for (const circles of this.#circles.values()) for (const { cases } of circles.values()) cases.keepTrue(this.#last)
    this.#all.sort(byOpening)
    for (const [place, one] of this.#all.entries()) one.alertId = String(place + 1)
    return this.#all
  }

  #judge(circle: Circle, at: Instant, look: Look): void {
    const { kin, path, cases, readings } = circle
    circle.hasChanged = false
    cases.keepTrue(this.#last)
    cases.tick(at, chooseFindings([...readings.values()], this.#tree, () => 0, this.#parameters), look)
    if (!cases.isEmpty || readings.size > 0) return
    const circles = this.#circles.get(kin)
    circles?.delete(path)
    if (circles?.size === 0) this.#circles.delete(kin)
  }

  /** The circle that holds a place, or a new one that takes in those that lie in it. */
  #circleOf({ matter, regionCode }: RiskReading): Circle {
    const kin = this.#kins.of(matter)
    const path = this.#tree.get(regionCode)?.path ?? ''
    const circles = this.#circles.get(kin) ?? new Map<string, Circle>()
    this.#circles.set(kin, circles)
    for (const around of pathsAround(path)) {
      const held = circles.get(around)
      if (held !== undefined) return held
    }
    const made: Circle = { kin, path, readings: new Map(), cases: new ReplayedCases(this.#tree, this.#parameters, this.#all), hasChanged: true }
    for (const inner of circles.values()) if (isWithin(inner.path, path)) this.#takeIn(made, inner)
    circles.set(path, made)
    return made
  }

  #takeIn(outer: Circle, inner: Circle): void {
    outer.cases.absorb(inner.cases)
    for (const [name, reading] of inner.readings) {
      outer.readings.set(name, reading)
      this.#placed.set(name, { reading, circle: outer })
    }
    this.#circles.get(inner.kin)?.delete(inner.path)
  }
}
