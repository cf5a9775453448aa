import { Type } from 'typebox'
import { NodeInfo } from '../../core/contract/wall.ts'
import { isWithin } from '../../core/domain/region.ts'
import { principalOf, type Api, type ApiDeps } from '../api.ts'
import { answers } from '../openapi.ts'

/** The caller's part of the regional tree. */
export function regionRoutes(api: Api, { engine }: ApiDeps): void {
  api.get('/regions', {
    config: { access: { user: 'signed_in', apiKey: true, wall: true } },
    schema: {
      tags: ['figures'], summary: '区域树 / Regions', description: '您管辖范围内的节点，父在子前。 / The nodes of your scope, parents before children.',
      response: answers({ 200: Type.Object({ items: Type.Array(NodeInfo) }) }, 401, 403),
    },
  }, async (request) => {
    const { scope } = principalOf(request)
    const nodes = engine.tree.all().filter((node) => isWithin(node.path, scope.path)).toSorted((a, b) => (a.path < b.path ? -1 : 1))
    return { items: nodes.map(({ code, parentCode, level, nameZh, nameEn, shortZh, tile }) => ({ code, parentCode, level, nameZh, nameEn, shortZh, tile })) }
  })
}
