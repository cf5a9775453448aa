import { maskText } from '../core/domain/protect/mask.ts'
import { presentable } from '../core/engine/intake-hygiene.ts'
import { Refusal } from './errors.ts'

/** A reason as it goes on record: masked, and more than white space. @throws Refusal 400 where nothing is stated. */
export function statedReason(given: string): string {
  const reason = maskText(presentable(given)).trim()
  if (reason.length >= 2) return reason
  throw new Refusal(400, 'no_reason', '请说明理由', 'A reason is needed', { field: 'reason', expected: '至少 2 个字 / at least 2 letters', mend: '写明为何更改 / say why' })
}
