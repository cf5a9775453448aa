import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { Type, type TSchema } from 'typebox'
import { ErrorBody } from '../core/contract/errors.ts'
import type { Access } from './access.ts'

const WHY: Readonly<Record<number, string>> = {
  400: '请求不合规 / the request does not fit',
  401: '未登录或密钥无效 / not signed in, or a bad key',
  403: '无权，或缺少 x-csrf-token / not allowed, or x-csrf-token missing',
  404: '不存在或不在范围内 / does not exist, or not in your scope',
  409: '状态已变，附先行者 / the state has changed; names who was first',
  413: '请求体过大 / the body is too large',
  415: '媒体类型或编码不支持 / media type or encoding not taken',
  422: '缺少必要内容 / something needed is missing',
  429: '过于频繁，见 retry-after / too many, see retry-after',
  503: '数据库暂不可用，见 retry-after / the database is away, see retry-after',
}

const described = (schema: TSchema, description: string) => ({ ...schema, description })

/** The answers of a route: what it gives when all is well, and the refusals that it may give (503 always may). */
export function answers<T extends Record<number, TSchema>>(good: T, ...refused: number[]): T {
  const bad = Object.fromEntries([...refused, 503].map((status) => [status, described(ErrorBody, WHY[status] ?? '')]))
  const named = Object.fromEntries(Object.entries(good).map(([status, schema]) => [status, 'description' in schema ? schema : described(schema, '成功 / done')]))
  // The refusals are thrown, never returned: only the good answers type the handler.
  return { ...named, ...bad } as unknown as T
}

/** An id of the database, as the path and the answers carry it. */
export const NumberId = Type.String({ pattern: '^[0-9]{1,18}$', description: '编号 / id' })
export const Uuid = Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$', description: 'UUID' })

const SCHEMES: Readonly<Record<string, keyof Access>> = { session: 'user', apiKey: 'apiKey', wallDevice: 'wall' }

function securityOf(access: Access | undefined): Record<string, string[]>[] {
  if (access === undefined || access.anybody === true) return []
  return Object.entries(SCHEMES).filter(([, key]) => access[key] !== undefined).map(([name]) => ({ [name]: [] }))
}

/** The description of the API, made of the very schemas that validate; who may call a route comes from the route's own declaration. */
export const openApi: FastifyDynamicSwaggerOptions = {
  hideUntagged: true,
  openapi: {
    openapi: '3.1.0',
    info: {
      title: '警钟 Tocsin', version: '1',
      description: '投诉监控与升级调度。错误体各处相同：稳定代码、中英文说明、如何改正。 / Complaint monitoring and escalation. One error body everywhere: a stable code, both languages, what to mend.',
    },
    tags: [
      { name: 'events', description: '接入与隔离区 / taking events in, quarantine' },
      { name: 'quality', description: '数据质量、映射、单位、对账 / data quality, mappings, units, reconciliation' },
      { name: 'alerts', description: '预警与处置 / alerts and acts on them' },
      { name: 'rosters', description: '排班：各岗位谁在岗 / rosters: who is on for a position' },
      { name: 'figures', description: '大屏、指标、区域 / wall, indicators, regions' },
      { name: 'access', description: '登录、账户、密钥、大屏设备 / login, accounts, keys, walls' },
      { name: 'audit', description: '审计 / audit' },
      { name: 'keeping', description: '保存期限与诉讼保全 / keeping times and litigation holds' },
      { name: 'configuration', description: '配置：日历 / configuration: the calendar' },
      { name: 'health', description: '存活与就绪 / liveness and readiness' },
    ],
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'tocsin_session', description: '浏览器会话；写操作另需 x-csrf-token / browser session; writing also needs x-csrf-token' },
        apiKey: { type: 'http', scheme: 'bearer', description: 'tk_…：接口密钥 / integrator key' },
        wallDevice: { type: 'http', scheme: 'bearer', description: 'wd_…：大屏令牌 / wall token' },
      },
    },
  },
  refResolver: { buildLocalReference: (json, _base, _fragment, index) => (typeof json['$id'] === 'string' ? json['$id'] : `Schema${index}`) },
  transform: ({ schema, url, route }) => ({ schema: { ...schema, security: securityOf(route.config?.access) }, url }),
}
