import { inTransaction } from '../platform/database.ts'
import { foldQuality } from '../store/quality-store.ts'
import type { Engine } from './context.ts'

const AT_ONCE = 10_000

/** Folds what batches have counted into the days' counts; what is left over waits for the next sweep, and is part of every answer meanwhile. */
export const foldQualityCounts = (engine: Engine): Promise<number> => inTransaction(engine.pool, (tx) => foldQuality(tx, AT_ONCE))
