import { Type } from 'typebox'
import { MappingBody, MappingShown, ReconciliationBody, UnitBody, UnmappedCodeShown } from '../../core/contract/quality.ts'
import { isDictionaryField } from '../../core/domain/dictionary/dictionary.ts'
import { maskText } from '../../core/domain/protect/mask.ts'
import { isWithin, type RegionNode } from '../../core/domain/region.ts'
import { presentable } from '../../core/engine/intake-hygiene.ts'
import { mendMappings } from '../../core/engine/mend-mappings.ts'
import { saveUnitTable } from '../../core/engine/units.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { insertMapping, listMappings, listUnmappedCodes, type MappingRow } from '../../core/store/mapping-store.ts'
import { saveReconciliation } from '../../core/store/reconciliation-store.ts'
import { listUnits } from '../../core/store/unit-store.ts'
import { actorOf } from '../access.ts'
import { audit, principalOf, regionInScope, type Api, type ApiDeps } from '../api.ts'
import { realDay } from '../days.ts'
import { Refusal } from '../errors.ts'
import { answers, NumberId } from '../openapi.ts'

const tags = ['quality']
const seeing = { access: { user: 'see_quarantine' } } as const
const managing = { access: { user: 'manage_data' } } as const
/** Steps that whoever adds a mapping waits for; the sweep goes on with the rest. */
const STEPS_AT_ONCE = 4

const shown = ({ regionPath: _, ...row }: MappingRow) => row

async function refuseUnknownCode({ engine, clock }: ApiDeps, body: MappingBody, region: RegionNode): Promise<void> {
  const { field, code } = body
  const isKnown = isDictionaryField(field)
    ? (await engine.settings(clock.now())).dictionary.body.fields[field].some((held) => held.code === code)
    : isWithin(engine.tree.get(code)?.path ?? '', region.path)
  if (isKnown) return
  throw new Refusal(400, 'unknown_code', '目标代码不在字典或区域树中', 'The code is in no dictionary and no tree', {
    field: 'code', expected: field === 'region' ? `${region.code} 之内的区域代码 / a region within ${region.code}` : `GET /api/v1/dictionary 的 ${field} / a code of ${field}`,
    mend: '改用已有代码，或先扩充字典 / use a known code, or extend the dictionary first',
  })
}

function placeOf({ engine }: ApiDeps, principal: ReturnType<typeof principalOf>, code: string | undefined): RegionNode {
  const node = code === undefined ? principal.region : regionInScope(engine, principal, code)
  if (node.level === 'province' || node.level === 'group') return node
  throw new Refusal(400, 'region_too_fine', '映射按省或集团生效', 'A mapping is for a province or the group', { field: 'regionCode', expected: '省或集团代码 / a province or the group' })
}

function mappingRoutes(api: Api, deps: ApiDeps): void {
  const { engine, clock } = deps
  api.get('/mappings', {
    config: seeing,
    schema: {
      tags, summary: '代码映射 / Mappings', description: '从新到旧，含重放与更正的进度；unmapped 为待映射的代码。 / Newest first, with progress; unmapped are codes that wait for one.',
      querystring: Type.Object({ before: Type.Optional(NumberId), limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }) }),
      response: answers({ 200: Type.Object({ items: Type.Array(MappingShown), unmapped: Type.Array(UnmappedCodeShown) }) }, 400, 401, 403),
    },
  }, async (request) => {
    const { scope } = principalOf(request)
    const items = (await listMappings(engine.pool, scope, request.query.before ?? null, request.query.limit)).map(shown)
    return { items, unmapped: await listUnmappedCodes(engine.pool, scope, 200) }
  })

  api.post('/mappings', {
    config: managing,
    schema: {
      tags, summary: '新增映射 / Add a mapping',
      description: '随即重放隔离区中该代码的条目，并以引擎更正事件修正已入库的工单；数量大时由后台继续，进度见列表。 / Refused items with that code are replayed and stored tickets corrected by events of the engine’s own; large numbers go on in the background, the list shows how far.',
      body: MappingBody, response: answers({ 201: MappingShown }, 400, 401, 403, 404, 409),
    },
  }, async (request, reply) => {
    const principal = principalOf(request)
    const { body } = request
    const region = placeOf(deps, principal, body.regionCode)
    await refuseUnknownCode(deps, body, region)
    const from = body.effectiveFrom ?? 0
    if (body.effectiveTo != null && body.effectiveTo <= from) throw new Refusal(400, 'bad_period', '止不晚于起', 'It ends before it begins', { field: 'effectiveTo', expected: '> effectiveFrom' })
    const clean = (text: string) => maskText(presentable(text)).trim()
    const mapping = {
      sourceSystem: presentable(body.sourceSystem).trim(), field: body.field, sourceCode: clean(body.sourceCode), code: body.code, regionCode: region.code, regionPath: region.path,
      effectiveFrom: from, effectiveTo: body.effectiveTo ?? null, createdBy: actorOf(principal), reason: clean(body.reason),
    }
    const id = await inTransaction(engine.pool, async (tx) => {
      const made = await insertMapping(tx, mapping, clock.now())
      if (made === null) throw new Refusal(409, 'mapping_exists', '该代码在此时刻已有映射', 'The code has a mapping from that instant', { field: 'effectiveFrom', mend: '给出更晚的生效时间 / give a later effectiveFrom' })
      await audit(tx, request, clock, { action: 'mapping_made', subject: `${mapping.sourceSystem} ${mapping.field} ${mapping.sourceCode} → ${mapping.code}`, regionPath: region.path, detail: { id: made, reason: mapping.reason } })
      return made
    })
    await mendMappings(engine, clock.now(), { mappingId: id, most: STEPS_AT_ONCE })
    const row = (await listMappings(engine.pool, principal.scope, String(BigInt(id) + 1n), 1))[0] as MappingRow
    return reply.code(201).send(shown(row))
  })
}

function unitRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/units', {
    config: seeing,
    schema: {
      tags, summary: '单位 / Units', description: '按代码排序；用 after 翻页。 / By code; page on with after.',
      querystring: Type.Object({ after: Type.String({ default: '', maxLength: 64 }), limit: Type.Integer({ minimum: 1, maximum: 1000, default: 500 }) }),
      response: answers({ 200: Type.Object({ items: Type.Array(Type.Required(UnitBody)) }) }, 400, 401, 403),
    },
  }, async (request) => ({ items: await listUnits(engine.pool, principalOf(request).scope, request.query.after, request.query.limit) }))

  api.post('/units', {
    config: managing,
    schema: {
      tags, summary: '导入单位 / Load units', description: '同代码者替换。一省导入单位后，其工单才检查 DQ-06 与 AT-20，未结工单随即重新判定。 / Replaces those of the same code. DQ-06 and AT-20 look at a province once it has units; its open tickets are judged again.',
      body: Type.Object({ units: Type.Array(UnitBody, { minItems: 1, maxItems: 2000 }) }, { additionalProperties: false }),
      response: answers({ 200: Type.Object({ saved: Type.Integer() }) }, 400, 401, 403, 404, 409),
    },
  }, async (request) => {
    const principal = principalOf(request)
    const units = [...new Map(request.body.units.map((unit) => [unit.code, { ...unit, name: maskText(presentable(unit.name)), deptCode: unit.deptCode ?? null, validFrom: unit.validFrom ?? null, validTo: unit.validTo ?? null }])).values()]
    for (const { regionCode } of units) regionInScope(engine, principal, regionCode)
    await inTransaction(engine.pool, async (tx) => {
      const saved = new Set(await saveUnitTable(tx, engine.tree, principal.scope, units, clock.now()))
      const taken = units.find(({ code }) => !saved.has(code))
      if (taken !== undefined) throw new Refusal(409, 'unit_taken', '单位代码已被占用', 'The unit code is taken', { field: 'code', mend: `改用其他代码：${taken.code} / use another code` })
      await audit(tx, request, clock, { action: 'units_loaded', subject: `${units.length} units` })
    })
    return { saved: units.length }
  })
}

/** What people give the engine to judge and read data by: mappings, units, the sources' own counts. */
export function dataRoutes(api: Api, deps: ApiDeps): void {
  const { engine, clock } = deps
  mappingRoutes(api, deps)
  unitRoutes(api, deps)

  api.post('/reconciliations', {
    config: { access: { user: 'manage_data', apiKey: true } },
    schema: {
      tags, summary: '报送来源计数 / Report a source’s counts', description: '按类别给出某省某日受理的有效工单数；重报即替换。 / Valid tickets accepted in a province on a day, by kind; sent again it replaces.',
      body: ReconciliationBody, response: answers({ 202: Type.Object({ kinds: Type.Integer() }) }, 400, 401, 403, 404),
    },
  }, async (request, reply) => {
    const principal = principalOf(request)
    const { province, counts } = request.body
    const node = regionInScope(engine, principal, province)
    if (node.level !== 'province') throw new Refusal(400, 'not_a_province', '须为省级代码', 'It must be a province', { field: 'province', expected: '省级代码 / the code of a province' })
    const day = realDay('day', request.body.day)
    await inTransaction(engine.pool, (tx) => saveReconciliation(tx, { provinceCode: node.code, day, counts: counts as Record<string, number>, by: actorOf(principal) }, clock.now()))
    return reply.code(202).send({ kinds: Object.keys(counts).length })
  })
}
