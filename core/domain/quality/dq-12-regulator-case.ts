import { outcome, type TicketCheck } from './quality-check.ts'

/** An appeal names the regulator's case. */
export const REGULATOR_CASE: TicketCheck = {
  id: 'DQ-12',
  nameZh: '申诉编号',
  nameEn: 'Regulator case number',
  whatZh: '申诉单带有监管申诉编号',
  whatEn: 'An appeal names the regulator’s case',
  reaction: 'list',
  weight: 4,
  judgeTicket: ({ ticket }) => {
    if (ticket.kind !== 'appeal') return []
    const caseNo = ticket.regulatorCaseNo ?? ticket.appeal?.regulatorCaseNo ?? null
    return [outcome('DQ-12', caseNo === null ? 'no regulator_case_no' : null)]
  },
}
