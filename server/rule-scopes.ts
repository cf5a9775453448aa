import type { RuleScopeShown } from '../core/contract/rules.ts'
import { may } from '../core/domain/access.ts'
import { GROUP, type RuleScope } from '../core/domain/abnormal/scopes.ts'
import type { RegionNode } from '../core/domain/region.ts'
import type { RuleReader } from '../core/engine/abnormal-rules.ts'
import type { Engine } from '../core/engine/context.ts'
import type { Principal } from './access.ts'
import { Refusal, refusals } from './errors.ts'

/** The places whose rules a caller may look at: the group, and his own province; whoever stands at the root, all. */
function scopesOf({ tree }: Engine, principal: Principal): RuleScopeShown[] {
  const isAtRoot = principal.region.code === tree.root.code
  const own = tree.atLevel(principal.region.code, 'province')
  const provinces = isAtRoot ? tree.all().filter(({ level }) => level === 'province') : own?.level === 'province' ? [own] : []
  const isKeeper = principal.kind === 'user' && may(principal.role, 'manage_rules')
  const shown = ({ code, nameZh, nameEn }: RegionNode): RuleScopeShown => ({ code, nameZh, nameEn, mayChange: isKeeper && (isAtRoot || principal.region.code === code) })
  return [shown(tree.root), ...provinces.map(shown)]
}

/**
 * How a caller reads the rules: of the scope asked for, else of his own province, else of the group.
 * @throws Refusal 404 for a place that is none or lies outside of what he may look at.
 */
export function ruleReader(engine: Engine, principal: Principal, code?: string): RuleReader {
  const { tree } = engine
  const scopes = scopesOf(engine, principal)
  const asked = code ?? (principal.region.code === tree.root.code ? tree.root.code : (scopes.at(-1)?.code ?? tree.root.code))
  if (!scopes.some((scope) => scope.code === asked)) throw refusals.noRegion()
  return { tree, scopes, scope: asked === tree.root.code ? GROUP : asked }
}

/** The scope that a caller is about to change the rules of. @throws Refusal 403 where it is not his to change, 404 where there is none. */
export function changedScope(engine: Engine, principal: Principal, code: string | undefined): RuleScope {
  const reader = ruleReader(engine, principal, code ?? engine.tree.root.code)
  const asked = reader.scope ?? engine.tree.root.code
  if (reader.scopes.some((scope) => scope.code === asked && scope.mayChange)) return reader.scope
  if (reader.scope === GROUP) {
    throw new Refusal(403, 'whole_tree_only', '规则对全网生效，须由根区域的人员更改', 'The rules hold for everybody: only people of the root region may change them', {
      field: 'scope', mend: '省级人员请指定本省 scope / people of a province name it as scope',
    })
  }
  throw new Refusal(403, 'own_province_only', '省参数须由本省或根区域的人员更改', 'A province’s parameters are changed by people of the province or of the root region', { field: 'scope' })
}
