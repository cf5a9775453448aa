import type { Ref } from 'vue'
import type { TicketDetail } from '../../core/contract/tickets.ts'
import { getTicket } from '../api/api.ts'
import { useFollowed } from '../live/use-followed.ts'

/** The ticket in the address, asked for anew when one of its alerts changes. */
export const useTicket = (key: Ref<string>) =>
  useFollowed<TicketDetail>(key, {
    fetch: getTicket,
    isNamed: (row, ticketKey) => row.topic === 'alert' && row.payload.ticketKey === ticketKey,
    settleMs: 0,
    gapMs: 5_000,
  })
