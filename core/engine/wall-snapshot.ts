import { Value } from 'typebox/value'
import { type DayCurve, LIVE_VERSION, NodeFigures, type NodeInfo, type WallSnapshot } from '../contract/wall.ts'
import { isWithin, type RegionNode, type Scope } from '../domain/region.ts'
import { dayStart, type Instant, localDate, MINUTE, shiftDays } from '../domain/time.ts'
import { inTransaction, type Tx } from '../platform/database.ts'
import { hasDemoUsers, loadPublished, loadSteps } from '../store/figure-store.ts'
import { latestSeq } from '../store/feed-store.ts'
import { latestBeat } from '../store/pulse-store.ts'
import { loadCards } from './alert-card.ts'
import type { Engine } from './context.ts'
import { type DayBaseline, dayBaseline, FIGURE_KIND } from './day-baseline.ts'
import { computeFigures } from './figures.ts'

const STEP = 30 * MINUTE

const infoOf = ({ code, parentCode, level, nameZh, nameEn, shortZh, tile }: RegionNode): NodeInfo => ({
  code,
  parentCode,
  level,
  nameZh,
  nameEn,
  shortZh,
  tile,
})

/** The figures last published of these nodes; what was never published today is computed now. */
async function figuresOf(engine: Engine, tx: Tx, nodes: readonly RegionNode[], usual: DayBaseline, now: Instant): Promise<NodeFigures[]> {
  const today = localDate(now, engine.zone)
  const published = new Map(
    (
      await loadPublished<NodeFigures>(
        tx,
        nodes.map((node) => node.code),
      )
    ).map((figure) => [figure.regionCode, figure]),
  )
  // What a version before this one published is counted anew, until the engine publishes it again.
  const isCurrent = (figure: NodeFigures | undefined) => figure !== undefined && Value.Check(NodeFigures, figure) && localDate(figure.asOf, engine.zone) === today
  const missing = nodes.filter((node) => !isCurrent(published.get(node.code)))
  const computed = missing.length === 0 ? [] : await computeFigures(engine, tx, missing, usual, now)
  const byCode = new Map([...published, ...computed.map((figure): [string, NodeFigures] => [figure.regionCode, figure])])
  return nodes.flatMap((node) => byCode.get(node.code) ?? [])
}

/** Today's cumulative complaints at each half hour gone by, and the usual ones of the whole day. */
async function curveOf(engine: Engine, tx: Tx, node: RegionNode, usual: DayBaseline, now: Instant): Promise<DayCurve> {
  const dayStartAt = dayStart(now, engine.zone)
  const dayEndAt = shiftDays(dayStartAt, 1, engine.zone)
  const regionCodes =
    node.parentCode === null
      ? null
      : engine.tree
          .all()
          .filter((other) => isWithin(other.path, node.path))
          .map((other) => other.code)
  const steps = await loadSteps(tx, { kind: FIGURE_KIND, from: dayStartAt, to: dayEndAt, stepMs: STEP, regionCodes })
  const perStep = new Map(steps.map(({ step, n }) => [step, n]))
  const points = (until: Instant) => Array.from({ length: Math.floor((until - dayStartAt) / STEP) + 1 }, (_, index) => index)
  let sum = 0
  const today = points(now).map((index) => {
    sum += index === 0 ? 0 : (perStep.get(index - 1) ?? 0)
    return sum
  })
  const baseline = points(dayEndAt).map((index) => {
    const at = dayStartAt + index * STEP
    return at < dayEndAt ? usual.upTo(node.code, at) : usual.wholeDay(node.code)
  })
  return { dayStartAt, stepMs: STEP, today, baseline }
}

/**
 * Everything a wall or desk starts from, as of one moment: feed rows with a seq above its `seq` bring it up to date, none is lost between
 * (invariant 11; seqs are drawn in commit order, and all of this is one snapshot of the database).
 */
export async function loadWallSnapshot(engine: Engine, scope: Scope, now: Instant): Promise<WallSnapshot> {
  const node = engine.tree.get(scope.regionCode) ?? engine.tree.root
  const children = engine.tree.children(node.code)
  const usual = await dayBaseline(engine, now)
  return inTransaction(
    engine.pool,
    async (tx) => ({
      version: LIVE_VERSION,
      seq: await latestSeq(tx),
      serverTime: now,
      zone: engine.zone,
      isDemo: await hasDemoUsers(tx),
      scope: infoOf(node),
      children: children.map(infoOf),
      figures: await figuresOf(engine, tx, [node, ...children], usual, now),
      curve: await curveOf(engine, tx, node, usual, now),
      alerts: await loadCards(tx, scope, { isLive: true }),
      engineBeatAt: await latestBeat(tx),
    }),
    { isolation: 'repeatable read' },
  )
}
