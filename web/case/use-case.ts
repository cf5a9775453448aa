import type { Ref } from 'vue'
import type { CaseDetail } from '../../core/contract/cases.ts'
import { getCase } from '../api/api.ts'
import { useFollowed } from '../live/use-followed.ts'

/** What the case in the address has beside its alert, asked for anew when its card or its timeline changes. */
export const useCase = (id: Ref<string>) =>
  useFollowed<CaseDetail>(id, {
    fetch: getCase,
    isNamed: (row, caseId) => (row.topic === 'timeline' && row.payload.alertId === caseId) || (row.topic === 'alert' && row.payload.id === caseId),
    settleMs: 60,
    gapMs: 2_000,
  })
