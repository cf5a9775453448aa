import { Type } from 'typebox'
import { CodeShown, LocalDay, QualityAnswer, QualityFinding } from '../../core/contract/quality.ts'
import { DAY, localDate } from '../../core/domain/time.ts'
import { loadQualityDays } from '../../core/engine/quality.ts'
import { loadFindings } from '../../core/store/quality-store.ts'
import { principalOf, regionInScope, type Api, type ApiDeps } from '../api.ts'
import { daysOf } from '../days.ts'
import { answers, NumberId } from '../openapi.ts'

const config = { access: { user: 'see_quarantine' } } as const
const tags = ['quality']
const Period = {
  from: Type.Optional(LocalDay),
  to: Type.Optional(LocalDay),
  province: Type.Optional(Type.String({ minLength: 1, maxLength: 12, description: '省代码；缺省为范围内全部 / province; all of your scope when left out' })),
}

/** How good the data is: scores, counts with numerator and denominator, examples. */
export function qualityRoutes(api: Api, { engine, clock }: ApiDeps): void {
  const lastWeek = () => ({ from: localDate(clock.now() - 6 * DAY, engine.zone), to: localDate(clock.now(), engine.zone) })

  api.get('/quality', {
    config,
    schema: {
      tags, summary: '数据质量评分 / Data quality by province and day',
      description: '缺省为近 7 天，最多 92 天。得分 = 100 − Σ 权重 × 失败率；没有数据则为 null。 / The last 7 days when left out, at most 92. Score = 100 − Σ weight × failure rate; null where there is no data.',
      querystring: Type.Object(Period), response: answers({ 200: QualityAnswer }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const principal = principalOf(request)
    const { province } = request.query
    const { from, to } = daysOf({ ...lastWeek(), ...request.query })
    const provinceCode = province === undefined ? null : regionInScope(engine, principal, province).code
    return loadQualityDays(engine, engine.pool, principal.scope, { fromDay: from, toDay: to, provinceCode }, clock.now())
  })

  api.get('/quality/findings', {
    config,
    schema: {
      tags, summary: '质量问题举例 / Findings', description: '每检查、省、日最多保留 200 条，计数始终精确；用 before 翻页。 / At most 200 of each check, province and day are kept, counts are always exact; page on with before.',
      querystring: Type.Object({
        ...Period,
        check: Type.Optional(Type.String({ pattern: '^DQ-[0-9]{2}$' })),
        state: Type.Unsafe<'standing' | 'all'>({ type: 'string', enum: ['standing', 'all'], default: 'standing' }),
        before: Type.Optional(NumberId),
        limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
      }),
      response: answers({ 200: Type.Object({ items: Type.Array(QualityFinding) }) }, 400, 401, 403, 404),
    },
  }, async (request) => {
    const principal = principalOf(request)
    const { province, check, state, before, limit } = request.query
    const { from, to } = daysOf({ ...lastWeek(), ...request.query })
    const items = await loadFindings(engine.pool, principal.scope, {
      fromDay: from, toDay: to, standingOnly: state === 'standing', limit,
      ...(province === undefined ? {} : { provinceCode: regionInScope(engine, principal, province).code }),
      ...(check === undefined ? {} : { checkId: check }),
      ...(before === undefined ? {} : { beforeId: before }),
    })
    return { items }
  })

  api.get('/dictionary', {
    config: { access: { user: 'signed_in', apiKey: true } },
    schema: {
      tags, summary: '字典 / Dictionaries in force', description: '每个字段的代码与名称。 / Codes and names by field.',
      response: answers({ 200: Type.Object({ version: Type.Integer(), strict: Type.Boolean(), fields: Type.Record(Type.String(), Type.Array(CodeShown)) }) }, 401, 403),
    },
  }, async () => {
    const { version, body } = (await engine.settings(clock.now())).dictionary
    const fields = Object.fromEntries(Object.entries(body.fields).map(([field, codes]) => [field, codes.map(({ code, zh, en }) => ({ code, zh, en }))]))
    return { version, strict: body.strict, fields }
  })
}
