import { outcome, type TicketCheck } from './quality-check.ts'

/** Every unit that had the ticket exists and was open then. Where no unit of the province is loaded nothing is checked. */
export const KNOWN_UNITS: TicketCheck = {
  id: 'DQ-06',
  nameZh: '单位存在',
  nameEn: 'Units exist',
  whatZh: '经办单位在单位表中且当时有效；该省未导入单位则不检查',
  whatEn: 'Units in charge exist and were open then; not checked where the province has loaded none',
  reaction: 'alert',
  weight: 6,
  judgeTicket: ({ ticket, units }) => {
    if (ticket.legs.length === 0 || !units.isLoaded(ticket.provinceCode)) return []
    const orphan = ticket.legs.find(({ unitId, receivedAt }) => unitId === null || !units.isKnown(unitId, receivedAt))
    return [
      outcome(
        'DQ-06',
        orphan === undefined
          ? null
          : orphan.unitId === null
            ? `${orphan.legId} 无单位 / ${orphan.legId} without a unit`
            : `leg ${orphan.legId}: ${orphan.unitId}`,
      ),
    ]
  },
}
