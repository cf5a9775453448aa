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

export const WRONGS = ['lost', 'early', 'late', 'unmarked repeat', 'called too often', 'after acknowledgement', 'two deliveries', 'unknown breach'] as const
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

function ofStep(breach: Breach, step: number, dueAt: number, calls: readonly Arrival[], bounds: Bounds): Wrong[] {
  const wrong = (kind: Wrong['kind'], detail: string): Wrong => ({ kind, ruleId: breach.ruleId, step, detail })
  const { ackedAt, ackAskedAt, heldMs } = breach
  const first = Math.min(...calls.map(({ at }) => at))
  const isAsked = ackAskedAt === null
  const after = ackedAt === null || heldMs > 0 ? [] : calls.filter(({ at }) => at > ackedAt + bounds.ackMs)
  return [
    ...(isAsked && calls.length === 0 ? [wrong('lost', 'never called')] : []),
    ...(first < dueAt - 1 ? [wrong('early', `${Math.round(dueAt - first)} ms before it was due`)] : []),
    ...(isAsked && calls.length > 0 && first > dueAt + bounds.lateMs + heldMs ? [wrong('late', `${Math.round(first - dueAt)} ms after it was due`)] : []),
    ...after.map(({ at }) => wrong('after acknowledgement', `${Math.round(at - (ackedAt ?? 0))} ms after it was committed`)),
    ...ofDelivery(breach, step, calls),
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

/** Deliveries that were called twice and said so. */
export const markedRepeats = (arrivals: readonly Arrival[]): number => arrivals.filter(({ isMarked }) => isMarked).length

/** How long after it was due each step that was called was first called, ms. */
export function delaysOf(breaches: readonly Breach[], arrivals: readonly Arrival[]): number[] {
  return breaches.flatMap(({ ruleId, dueAt }) =>
    dueAt.flatMap((due, step) => {
      const calls = arrivals.filter((arrival) => arrival.ruleId === ruleId && arrival.step === step)
      return calls.length === 0 ? [] : [Math.max(0, Math.min(...calls.map(({ at }) => at)) - due)]
    }),
  )
}
