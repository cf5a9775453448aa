import { isWithin } from '../domain/region.ts'
import type { Ticket } from '../domain/ticket/ticket.ts'
import type { UnitBook } from '../domain/ticket/unit-book.ts'
import { loadUnitRegions, loadUnits } from '../store/unit-store.ts'
import type { EngineTx } from './context.ts'

/** The units that these tickets have been with, in as many reads for any number of tickets. */
export async function unitBook(etx: EngineTx, tickets: readonly Ticket[]): Promise<UnitBook> {
  const { tree } = etx.engine
  const paths = (await loadUnitRegions(etx.tx)).map((code) => tree.get(code)?.path ?? '').filter((path) => path !== '')
  const isLoaded = (provinceCode: string) => {
    const province = tree.get(provinceCode)
    return province !== undefined && paths.some((path) => isWithin(path, province.path))
  }
  const codes = tickets.flatMap(({ provinceCode, legs }) => (isLoaded(provinceCode) ? legs.flatMap(({ unitId }) => unitId ?? []) : []))
  const units = new Map((await loadUnits(etx.tx, [...new Set(codes)])).map((unit) => [unit.code, unit]))
  return {
    isLoaded,
    isKnown: (code, at) => {
      const unit = units.get(code)
      return unit !== undefined && (unit.validFrom ?? at) <= at && (unit.validTo === null || at < unit.validTo)
    },
    closesAt: (code) => units.get(code)?.validTo,
  }
}
