/** One breach as the runner put it in; times in ms of the runner's own clock. */
export interface Breach {
  readonly ruleId: string
  /** When each step of its ladder falls due. */
  readonly dueAt: readonly number[]
  /** From when on its acknowledgement is certainly committed; null: nobody answered. */
  readonly ackedAt: number | null
  /** From when on somebody may have been answering. */
  readonly ackAskedAt: number | null
  /** How long a worker was held still during this run: the rows that it had locked wait for it, and a call that it had begun may leave when it wakes. 0: not at all. */
  readonly heldMs: number
}

/** One request as a provider's listener saw it. */
export interface Arrival {
  readonly at: number
  readonly deliveryId: string
  readonly ruleId: string
  readonly step: number
  readonly isMarked: boolean
}

/** One message for several alerts, as a listener saw it. */
export interface Together {
  readonly at: number
  readonly deliveryId: string
  /** The storm that was on when it came. */
  readonly storm: number
  readonly alerts: number
  readonly isMarked: boolean
}

export const WRONGS = ['lost', 'early', 'late', 'unmarked repeat', 'called too often', 'after acknowledgement', 'two deliveries', 'unknown breach', 'told singly in a storm'] as const
export interface Wrong {
  readonly kind: (typeof WRONGS)[number]
  readonly ruleId: string
  readonly step: number
  readonly detail: string
}

export interface Bounds {
  /** A step that nobody answered is called at most this long after it was due: what a claim lasts, and until the queue gives a dead worker's call to another. */
  readonly lateMs: number
  /** Invariant 9. */
  readonly ackMs: number
}

function ofDelivery(breach: Breach, step: number, calls: readonly Arrival[]): Wrong[] {
  const wrong = (kind: Wrong['kind'], detail: string): Wrong => ({ kind, ruleId: breach.ruleId, step, detail })
  const ids = new Set(calls.map(({ deliveryId }) => deliveryId))
  const unmarked = calls.filter(({ isMarked }) => !isMarked).length
  return [
    ...(ids.size > 1 ? [wrong('two deliveries', [...ids].join(', '))] : []),
    ...(unmarked > 1 ? [wrong('unmarked repeat', `${unmarked} calls say nothing of a repeat`)] : []),
    ...(calls.length > 2 ? [wrong('called too often', `${calls.length} calls`)] : []),
  ]
}

/** What is wrong with the calls of a step however late they may be. */
function ofCalls(breach: Breach, step: number, dueAt: number, calls: readonly Arrival[], bounds: Bounds): Wrong[] {
  const wrong = (kind: Wrong['kind'], detail: string): Wrong => ({ kind, ruleId: breach.ruleId, step, detail })
  const { ackedAt, heldMs } = breach
  const first = Math.min(...calls.map(({ at }) => at))
  const after = ackedAt === null || heldMs > 0 ? [] : calls.filter(({ at }) => at > ackedAt + bounds.ackMs)
  return [
    ...(first < dueAt - 1 ? [wrong('early', `${Math.round(dueAt - first)} ms before it was due`)] : []),
    ...after.map(({ at }) => wrong('after acknowledgement', `${Math.round(at - (ackedAt ?? 0))} ms after it was committed`)),
    ...ofDelivery(breach, step, calls),
  ]
}

function ofStep(breach: Breach, step: number, dueAt: number, calls: readonly Arrival[], bounds: Bounds): Wrong[] {
  const wrong = (kind: Wrong['kind'], detail: string): Wrong => ({ kind, ruleId: breach.ruleId, step, detail })
  const first = Math.min(...calls.map(({ at }) => at))
  const isAsked = breach.ackAskedAt === null
  return [
    ...(isAsked && calls.length === 0 ? [wrong('lost', 'never called')] : []),
    ...(isAsked && calls.length > 0 && first > dueAt + bounds.lateMs + breach.heldMs ? [wrong('late', `${Math.round(first - dueAt)} ms after it was due`)] : []),
    ...ofCalls(breach, step, dueAt, calls, bounds),
  ]
}

/** What broke invariants 5 to 10, judged by nothing but the breaches put in, the ladder and what the providers' listeners saw. */
export function wrongsOf(breaches: readonly Breach[], arrivals: readonly Arrival[], bounds: Bounds): Wrong[] {
  const calls = new Map<string, Arrival[]>()
  for (const arrival of arrivals) {
    const key = `${arrival.ruleId} ${arrival.step}`
    calls.set(key, [...(calls.get(key) ?? []), arrival])
  }
  const known = new Set(breaches.flatMap(({ ruleId, dueAt }) => dueAt.map((_, step) => `${ruleId} ${step}`)))
  const strange = arrivals.filter(({ ruleId, step }) => !known.has(`${ruleId} ${step}`))
  return [
    ...strange.map(({ ruleId, step }): Wrong => ({ kind: 'unknown breach', ruleId, step, detail: 'nobody put it in' })),
    ...breaches.flatMap((breach) => breach.dueAt.flatMap((dueAt, step) => ofStep(breach, step, dueAt, calls.get(`${breach.ruleId} ${step}`) ?? [], bounds))),
  ]
}

export interface StormBounds extends Bounds {
  /** So many alerts are told one person singly; the others go together, the first message `gatherMs` after the next one came, any other `windowMs` later. */
  readonly singly: number
  readonly gatherMs: number
  readonly windowMs: number
}

/** When each alert of a storm, or several of them, were first told. */
function tellings(arrivals: readonly Arrival[], together: readonly Together[]): { readonly at: number; readonly alerts: number }[] {
  const singles = new Map<string, number>()
  for (const { ruleId, at } of arrivals) singles.set(ruleId, Math.min(at, singles.get(ruleId) ?? Infinity))
  return [...[...singles.values()].map((at) => ({ at, alerts: 1 })), ...together].toSorted((a, b) => a.at - b.at)
}

/** How many alerts of a storm were told so far, one that was told twice counted twice. */
export const toldOf = (arrivals: readonly Arrival[], together: readonly Together[]): number => tellings(arrivals, together).reduce((sum, { alerts }) => sum + alerts, 0)

function ofTogether(ruleId: string, together: readonly Together[]): Wrong[] {
  const wrong = (kind: Wrong['kind'], detail: string): Wrong => ({ kind, ruleId, step: 0, detail })
  const messages = [...new Set(together.map(({ deliveryId }) => deliveryId))].map((id) => together.filter(({ deliveryId }) => deliveryId === id))
  return messages.flatMap((calls) => [
    ...(calls.filter(({ isMarked }) => !isMarked).length > 1 ? [wrong('unmarked repeat', `a message for ${calls[0]?.alerts} says nothing of a repeat`)] : []),
    ...(calls.length > 2 ? [wrong('called too often', `a message for ${calls[0]?.alerts}, ${calls.length} calls`)] : []),
  ])
}

/**
 * The same of a storm (domain.md 7.4), alerts of one step for one person at one instant. A message that says several names none of them: how many were told must
 * add up, by at least all that nobody answered, and without repeats by no more than were put in.
 */
export function wrongsOfStorm(breaches: readonly Breach[], arrivals: readonly Arrival[], together: readonly Together[], bounds: StormBounds): Wrong[] {
  const { ruleId = '', heldMs = 0 } = breaches[0] ?? {}
  const wrong = (kind: Wrong['kind'], detail: string): Wrong => ({ kind, ruleId, step: 0, detail })
  const putAt = Math.min(...breaches.flatMap(({ dueAt }) => dueAt))
  // The eleventh is looked at when the tenth has been, which may be some time after all were put in.
  const singles = tellings(arrivals, []).slice(0, bounds.singly)
  const startedAt = Math.max(putAt, singles.at(-1)?.at ?? putAt)
  const lateMs = bounds.gatherMs + bounds.lateMs + heldMs
  const asked = breaches.filter(({ ackAskedAt }) => ackAskedAt === null).length
  const singly = tellings(arrivals.filter(({ at }) => at <= putAt + bounds.windowMs), []).length
  const told = toldOf(arrivals, together)
  const toldOnce = toldOf(arrivals.filter(({ isMarked }) => !isMarked), together.filter(({ isMarked }) => !isMarked))
  const firstTogether = Math.min(...together.map(({ at }) => at))
  const last = tellings(arrivals, together).at(-1)?.at ?? startedAt
  return [
    ...(told < asked ? [wrong('lost', `${told} of ${asked} alerts were told`)] : []),
    ...(toldOnce > breaches.length ? [wrong('unmarked repeat', `${toldOnce} of ${breaches.length} alerts were told without a word of a repeat`)] : []),
    ...(singly > bounds.singly ? [wrong('told singly in a storm', `${singly} alerts`)] : []),
    ...(together.length > 0 && firstTogether > startedAt + lateMs ? [wrong('late', `the first message for several ${Math.round(firstTogether - startedAt)} ms after the storm began`)] : []),
    ...(last > startedAt + bounds.windowMs + lateMs ? [wrong('late', `the last alert was told ${Math.round(last - startedAt)} ms after the storm began`)] : []),
    ...ofTogether(ruleId, together),
    ...breaches.flatMap((breach) => breach.dueAt.flatMap((dueAt, step) => ofCalls(breach, step, dueAt, arrivals.filter((call) => call.ruleId === breach.ruleId && call.step === step), bounds))),
  ]
}

/** Deliveries that were called twice and said so. */
export const markedRepeats = (arrivals: readonly Pick<Arrival, 'isMarked'>[]): number => arrivals.filter(({ isMarked }) => isMarked).length

/** How long after it was due each step that was called was first called, ms. */
export function delaysOf(breaches: readonly Breach[], arrivals: readonly Arrival[]): number[] {
  return breaches.flatMap(({ ruleId, dueAt }) =>
    dueAt.flatMap((due, step) => {
      const calls = arrivals.filter((arrival) => arrival.ruleId === ruleId && arrival.step === step)
      return calls.length === 0 ? [] : [Math.max(0, Math.min(...calls.map(({ at }) => at)) - due)]
    }),
  )
}
