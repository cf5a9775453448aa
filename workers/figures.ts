import type { Engine } from '../core/engine/context.ts'
import { type FiguresReport, publishFigures } from '../core/engine/figures.ts'
import type { Instant } from '../core/domain/time.ts'

/** Publishes the figures that changed (core/engine/figures.ts). */
export async function runFigures(engine: Engine, now: Instant): Promise<FiguresReport> {
  return publishFigures(engine, now)
}
