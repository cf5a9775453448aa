import { type Action, may } from '../core/domain/access.ts'
import type { Engine } from '../core/engine/context.ts'
import type { Principal } from './access.ts'
import { Refusal } from './errors.ts'

/** Whether a caller may change what holds for everybody: only people of the root region whose role does such things. */
export const mayForAll = ({ tree }: Engine, principal: Principal, action: Action): boolean =>
  principal.kind === 'user' && may(principal.role, action) && principal.region.code === tree.root.code

/** @throws Refusal 403, naming what holds for everybody (`zh`, `en`), where it is not the caller's to change. */
export function requireForAll(engine: Engine, principal: Principal, action: Action, zh: string, en: string): void {
  if (mayForAll(engine, principal, action)) return
  throw new Refusal(403, 'whole_tree_only', `${zh}对全网生效，须由根区域的人员更改`, `${en} for everybody: only people of the root region may change that`)
}
