import type { EngineTx } from '../../core/engine/context.ts'

/** The same engine transaction, and the number of statements sent through it so far. */
export function countStatements(etx: EngineTx): { readonly etx: EngineTx; readonly count: () => number } {
  let count = 0
  const query = (...args: [string]) => {
    count += 1
    return etx.tx.query(...args)
  }
  return { etx: { ...etx, tx: Object.create(etx.tx, { query: { value: query } }) as EngineTx['tx'] }, count: () => count }
}
