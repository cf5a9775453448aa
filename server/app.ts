import { randomUUID } from 'node:crypto'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import csrf from '@fastify/csrf-protection'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import session from '@fastify/session'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { MINUTE } from '../core/domain/time.ts'
import type { Engine } from '../core/engine/context.ts'
import type { Clock } from '../core/platform/clock.ts'
import type { Config } from '../core/platform/config.ts'
import type { Logger } from '../core/platform/log.ts'
import { deleteExpiredSessions } from '../core/store/session-store.ts'
import { DOCS, requireAccess, type DeclaredRoute } from './access.ts'
import type { Api, ApiDeps } from './api.ts'
import { guard } from './auth.ts'
import { handleErrors, refusals } from './errors.ts'
import { Identity } from './identity.ts'
import { Live, type LiveServer } from './live.ts'
import { openApi } from './openapi.ts'
import { servePages } from './pages.ts'
import { healthRoutes } from './readiness.ts'
import { ackLinkRoutes } from './routes/ack-links.ts'
import { alertRoutes } from './routes/alerts.ts'
import { caseReportRoutes } from './routes/case-reports.ts'
import { caseRoutes } from './routes/cases.ts'
import { checkRoutes } from './routes/checks.ts'
import { apiKeyRoutes } from './routes/api-keys.ts'
import { auditRoutes } from './routes/audit.ts'
import { calendarRoutes } from './routes/calendar.ts'
import { eventRoutes } from './routes/events.ts'
import { explainRoutes } from './routes/explain.ts'
import { feishuCallbackRoutes } from './routes/feishu-callbacks.ts'
import { figureRoutes } from './routes/figures.ts'
import { heartbeatRoutes } from './routes/heartbeat.ts'
import { keywordHitRoutes } from './routes/keyword-hits.ts'
import { keywordRoutes } from './routes/keywords.ts'
import { holdRoutes } from './routes/holds.ts'
import { deliveryRoutes } from './routes/deliveries.ts'
import { handoverRoutes } from './routes/handovers.ts'
import { missedRiskRoutes } from './routes/missed-risks.ts'
import { proofRoutes } from './routes/proof.ts'
import { reviewRoutes } from './routes/reviews.ts'
import { noticeRoutes } from './routes/notices.ts'
import { dataRoutes } from './routes/mappings.ts'
import { qualityRoutes } from './routes/quality.ts'
import { quarantineRoutes } from './routes/quarantine.ts'
import { restatementRoutes } from './routes/restatements.ts'
import { riskRuleRoutes } from './routes/risk-rules.ts'
import { ruleTrialRoutes } from './routes/rule-trials.ts'
import { readinessRoutes } from './routes/readiness.ts'
import { rosterRoutes } from './routes/rosters.ts'
import { ruleRoutes } from './routes/rules.ts'
import { regionRoutes } from './routes/regions.ts'
import { ladderRoutes } from './routes/ladders.ts'
import { pushRoutes } from './routes/push.ts'
import { quietWindowRoutes } from './routes/quiet-windows.ts'
import { settingsRoutes } from './routes/settings.ts'
import { signInRoutes } from './routes/sign-in.ts'
import { textClusterRoutes } from './routes/text-clusters.ts'
import { backTestRoutes } from './routes/back-tests.ts'
import { ticketRoutes } from './routes/tickets.ts'
import { userRoutes } from './routes/users.ts'
import { wallDeviceRoutes } from './routes/wall-devices.ts'
import { contactRoutes } from './routes/contacts.ts'
import { providerRoutes } from './routes/providers.ts'
import { receiptRoutes } from './routes/receipts.ts'
import { replyRoutes } from './routes/replies.ts'
import { webhookRoutes } from './routes/webhooks.ts'
import { wecomCallbackRoutes } from './routes/wecom-callbacks.ts'
import { cookieSigner, sessionIdOf, sessionOptions, type Signer } from './session.ts'
import { compileValidator } from './validation.ts'

/** What a server process is made of. */
export interface AppDeps {
  readonly engine: Engine
  readonly config: Config
  readonly clock: Clock
  readonly log: Logger
  /** Folder of the built pages. */
  readonly webDir: string
}

const REQUESTS_A_MINUTE = 6_000

const CSP = {
  useDefaults: false,
  directives: {
    'default-src': ["'self'"], 'script-src': ["'self'"], 'style-src': ["'self'", "'unsafe-inline'"], 'img-src': ["'self'", 'data:'], 'font-src': ["'self'", 'data:'],
    'connect-src': ["'self'", 'ws:', 'wss:'], 'object-src': ["'none'"], 'base-uri': ["'none'"], 'form-action': ["'self'"], 'frame-ancestors': ["'self'"],
  },
}

function options({ config, log }: AppDeps): FastifyServerOptions {
  return {
    loggerInstance: log as FastifyBaseLogger,
    trustProxy: config.trustProxy,
    genReqId: () => randomUUID(),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 256 * 1024,
    requestTimeout: 2 * MINUTE,
    connectionTimeout: 0,
    keepAliveTimeout: 75_000,
    forceCloseConnections: true,
    return503OnClosing: true,
  }
}

/** One line a request: which route, by whom (an id), the outcome; no body, no query, no name, no address. */
function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    const isQuiet = request.method === 'GET' || request.routeOptions.url === '/api/v1/events'
    const level = reply.statusCode >= 500 ? 'warn' : isQuiet ? 'debug' : 'info'
    const by = request.principal === null || request.principal === undefined ? null : `${request.principal.kind}:${request.principal.id}`
    const params = request.params as Record<string, unknown> | undefined
    request.log[level]({ method: request.method, route: request.routeOptions.url ?? null, id: params?.['id'] ?? null, status: reply.statusCode, ms: Math.round(reply.elapsedTime), by }, 'request')
    done()
  })
}

async function libraries(app: FastifyInstance): Promise<void> {
  // Plain HTTP is usual inside an operator's network: no HSTS, no upgrade of requests. TLS belongs to the proxy.
  await app.register(helmet, { contentSecurityPolicy: CSP, hsts: false, crossOriginEmbedderPolicy: false, referrerPolicy: { policy: 'same-origin' } })
  await app.register(rateLimit, { max: REQUESTS_A_MINUTE, timeWindow: MINUTE, errorResponseBuilder: (_request, { ttl }) => refusals.tooMany(Math.ceil(ttl / 1000)) })
  await app.register(cookie)
  await app.register(compress, { threshold: 2048, encodings: ['gzip', 'identity'], globalDecompression: false })
  await app.register(swagger, openApi)
  await app.register(swaggerUi, { routePrefix: DOCS, staticCSP: false })
}

async function api(app: FastifyInstance, deps: ApiDeps, config: Config, signer: Signer): Promise<void> {
  await app.register(async (scope) => {
    await scope.register(session, sessionOptions(deps.engine.pool, deps.clock, config, signer))
    await scope.register(csrf, { sessionPlugin: '@fastify/session', getToken: (request) => String(request.headers['x-csrf-token'] ?? '') })
    const routes = scope.withTypeProvider<TypeBoxTypeProvider>() as Api
    guard(routes, deps.identity)
    for (const add of [signInRoutes, ackLinkRoutes, alertRoutes, proofRoutes, deliveryRoutes, explainRoutes, backTestRoutes, checkRoutes, caseRoutes, caseReportRoutes, reviewRoutes, figureRoutes, missedRiskRoutes, regionRoutes, quarantineRoutes, userRoutes, apiKeyRoutes, wallDeviceRoutes, webhookRoutes, contactRoutes, providerRoutes, receiptRoutes, replyRoutes, auditRoutes, heartbeatRoutes, holdRoutes, noticeRoutes, calendarRoutes, rosterRoutes, readinessRoutes, handoverRoutes, qualityRoutes, dataRoutes, restatementRoutes, ruleRoutes, riskRuleRoutes, ruleTrialRoutes, settingsRoutes, ladderRoutes, quietWindowRoutes, textClusterRoutes, keywordRoutes, keywordHitRoutes, ticketRoutes]) add(routes, deps)
    pushRoutes(routes, deps, config.pushHosts)
    // Its own scope: it reads bodies by itself.
    await routes.register(async (own) => eventRoutes(own.withTypeProvider<TypeBoxTypeProvider>() as Api, deps))
    await routes.register(async (own) => feishuCallbackRoutes(own.withTypeProvider<TypeBoxTypeProvider>() as Api, deps))
    await routes.register(async (own) => wecomCallbackRoutes(own.withTypeProvider<TypeBoxTypeProvider>() as Api, deps))
  }, { prefix: '/api/v1' })
}

/**
 * The HTTP and socket server, ready to listen or to be injected into. Every route says who may call it; a route that does not cannot be registered.
 * Closing it ends sockets and timers; the pool stays its maker's.
 */
export async function buildApp(deps: AppDeps): Promise<{ app: FastifyInstance; io: LiveServer; live: Live; routes: readonly DeclaredRoute[] }> {
  const { engine, config, clock, log, webDir } = deps
  const app = fastify(options(deps)) as FastifyInstance
  app.setValidatorCompiler(compileValidator as never)
  // Answers are what typed handlers return; their schemas describe them, and the tests hold them to it.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  handleErrors(app)
  logRequests(app)
  const routes = requireAccess(app)
  await libraries(app)
  app.setNotFoundHandler(() => { throw refusals.notFound() })

  const signer = cookieSigner(engine.secret)
  const identity = new Identity(engine, clock)
  const live = new Live(app.server, { engine, clock, log, identity, sessionIdOf: (header) => sessionIdOf(header, signer) })
  await healthRoutes(app.withTypeProvider<TypeBoxTypeProvider>() as Api, engine, clock)
  await api(app, { engine, clock, identity, recheck: () => live.recheck() }, config, signer)
  await servePages(app, webDir)

  const sweeper = setInterval(() => void deleteExpiredSessions(engine.pool, clock.now()).catch(() => undefined), 10 * MINUTE)
  app.addHook('onReady', async () => live.start())
  app.addHook('preClose', async () => {
    clearInterval(sweeper)
    await live.close()
  })
  await app.ready()
  return { app, io: live.io, live, routes }
}
