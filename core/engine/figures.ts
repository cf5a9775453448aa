import type { NodeFigures } from '../contract/wall.ts'
import { rollUp } from '../domain/count/roll-up.ts'
import { depthOf, type RegionNode } from '../domain/region.ts'
import { dayStart, floorTo, type Instant, localDate, SECOND } from '../domain/time.ts'
import type { Sql } from '../platform/database.ts'
import { loadAcceptedOfDay, loadPresent, loadPublished, savePublished } from '../store/figure-store.ts'
import { loadTickSlot, takeTickSlot } from '../store/tick-slot-store.ts'
import type { Engine } from './context.ts'
import { type DayBaseline, dayBaseline, FIGURE_KIND, loadPlacedFeeds } from './day-baseline.ts'
import { shownFeed } from './feeds.ts'
import { inEngineTransaction } from './transaction.ts'

/** Raised when the meaning of a figure on the wall changes. */
const FORMULA_VERSION = 1
/** Figures of the country and the provinces are published this often even if no number changed: their age is shown. */
const REFRESH_AFTER = 30 * SECOND
const FIGURES_SLOT = 'figures'
/** Figures are published at most this often, ms: a quarter of a second is at once for an eye, and its cost stays small under load. */
export const FIGURES_EVERY = 250

/** Nodes that have figures: the country, the provinces, the cities. */
export const figureNodes = (engine: Engine): RegionNode[] => engine.tree.all().filter((node) => depthOf(node.level) <= depthOf('city'))

/** The present figures of these nodes, all complaints (domain.md K-01, K-22, K-23): cells of today and of the present, nothing older. */
export async function computeFigures(
  engine: Engine,
  sql: Sql,
  nodes: readonly RegionNode[],
  usual: DayBaseline,
  now: Instant,
): Promise<NodeFigures[]> {
  const accepted = rollUp(await loadAcceptedOfDay(sql, FIGURE_KIND, dayStart(now, engine.zone)), engine.tree)
  const present = await loadPresent(sql, FIGURE_KIND)
  const rolled = (state: 'open' | 'overdue') =>
    rollUp(
      present.map(({ regionCode, [state]: n }) => ({ regionCode, n })),
      engine.tree,
    )
  const open = rolled('open')
  const overdue = rolled('overdue')
  const feeds = new Map((await loadPlacedFeeds(engine, sql)).map((feed) => [feed.provinceCode, feed]))
  return nodes.map(({ code, level }) => {
    const feed = level === 'province' ? shownFeed(feeds.get(code), code, usual, now) : null
    return {
      regionCode: code,
      // A silent province's figures are as old as the last thing heard of it (domain.md S-9).
      asOf: feed?.state === 'stale' ? (feed.lastReceivedAt ?? now) : now,
      formulaVersion: FORMULA_VERSION,
      acceptedToday: accepted.get(code) ?? 0,
      baselineToday: usual.upTo(code, now),
      baselineBasis: usual.basis,
      baselineDays: usual.days(code),
      open: open.get(code) ?? 0,
      overdue: overdue.get(code) ?? 0,
      feed,
    }
  })
}

/**
 * Everything a figure says besides when, and besides T of its feed, which follows the hour and is no news by itself. Field by field: what
 * comes back from jsonb has its fields in another order.
 */
const newsOf = ({ formulaVersion, acceptedToday, baselineToday, baselineBasis, baselineDays, open, overdue, feed }: NodeFigures): string =>
  JSON.stringify([
    formulaVersion,
    acceptedToday,
    baselineToday,
    baselineBasis,
    baselineDays,
    open,
    overdue,
    feed?.state,
    feed?.lastOccurredAt,
    feed?.lastReceivedAt,
  ])

function isNews(fresh: NodeFigures, published: NodeFigures | undefined, refreshes: boolean): boolean {
  if (published === undefined || (refreshes && fresh.asOf - published.asOf >= REFRESH_AFTER)) return true
  return newsOf(fresh) !== newsOf(published)
}

/** What a run of the figures published. */
export interface FiguresReport {
  /** Nodes of which a row was published. */
  readonly published: number
  /** A new local day began: screens are asked to start again from a snapshot. */
  readonly isNewDay: boolean
}

/**
 * Publishes the figures that changed since they were last published, as one feed row per node, and a `day` row when the local day has
 * turned. Runs once per {@link FIGURES_EVERY} of `now`, whoever calls; its cost does not grow with the history.
 */
export async function publishFigures(engine: Engine, now: Instant): Promise<FiguresReport> {
  const usual = await dayBaseline(engine, now)
  return inEngineTransaction(engine, now, async ({ tx, feed }) => {
    const before = await loadTickSlot(tx, FIGURES_SLOT)
    if (!(await takeTickSlot(tx, FIGURES_SLOT, floorTo(now, FIGURES_EVERY)))) return { published: 0, isNewDay: false }
    const nodes = figureNodes(engine)
    const published = new Map((await loadPublished<NodeFigures>(tx, null)).map((figure) => [figure.regionCode, figure]))
    const fresh = await computeFigures(engine, tx, nodes, usual, now)
    const news = fresh.filter((figure, index) => isNews(figure, published.get(figure.regionCode), nodes[index]?.level !== 'city'))
    await savePublished(tx, news)
    for (const figure of news) {
      const path = engine.tree.get(figure.regionCode)?.path ?? ''
      feed.add({ topic: 'figures', regionCode: figure.regionCode, regionPath: path, payload: figure })
    }
    const isNewDay = before !== null && localDate(before, engine.zone) !== localDate(now, engine.zone)
    const { root } = engine.tree
    if (isNewDay) feed.add({ topic: 'day', regionCode: root.code, regionPath: root.path, payload: {} })
    return { published: news.length, isNewDay }
  })
}
