import { Type } from 'typebox'
import { AckLinkBody, AckLinkShown } from '../../core/contract/ack-links.ts'
import { type AckLinkResult, acknowledgeByLink, viewAckLink } from '../../core/engine/ack-links.ts'
import { inEngineTransaction } from '../../core/engine/transaction.ts'
import { ANYBODY } from '../access.ts'
import type { Api, ApiDeps } from '../api.ts'
import { Refusal, refusals } from '../errors.ts'
import { answers } from '../openapi.ts'
import { refused } from './alerts.ts'

const params = Type.Object({ token: Type.String({ maxLength: 60 }) })

function refusedLink(result: Extract<AckLinkResult, { ok: false }>): Refusal {
  switch (result.code) {
    case 'unknown':
      return refusals.notFound()
    case 'used':
      return new Refusal(409, 'link_used', '此链接已用过', 'This link has been used', { mend: '登录值班台处理 / use the desk' })
    case 'expired':
      return new Refusal(410, 'link_expired', '此链接已过期', 'This link has expired', { mend: '登录值班台处理 / use the desk' })
    case 'changed':
      return new Refusal(409, 'severity_changed', '级别已变，请看过新级别再确认', 'The colour has changed: look at it, then acknowledge', { field: 'severity', mend: '重新打开此页 / open the page again' })
    default:
      return refused(result)
  }
}

/** Acknowledging from a link that came with a page: opening it shows, only sending acts, so that mail scanners acknowledge nothing. */
export function ackLinkRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/ack/:token', {
    config: { access: ANYBODY },
    schema: {
      tags: ['alerts'], summary: '通知链接所指的预警 / What a page’s link is about', description: '持链接者可看，无需登录；只显示，不确认。 / For whoever holds the link, without a login; shows and changes nothing.',
      params, response: answers({ 200: AckLinkShown }, 404),
    },
  }, async (request) => {
    const shown = await viewAckLink(engine, engine.pool, request.params.token, clock.now())
    if (shown === undefined) throw refusals.notFound()
    return shown
  })

  api.post('/ack/:token', {
    config: { access: ANYBODY },
    schema: {
      tags: ['alerts'], summary: '以链接确认 / Acknowledge by a link', description: '以被通知人的身份确认，一链一次，24 小时内；先到先得，后者得 409 与先行者。 / As the person to whom the page was sent, once a link, within 24 h; the first wins, the second gets 409 and who was first.',
      params, body: AckLinkBody, response: answers({ 200: AckLinkShown }, 400, 403, 404, 409, 410),
    },
  }, async (request) => {
    const { token } = request.params
    return inEngineTransaction(engine, clock.now(), async (etx) => {
      const result = await acknowledgeByLink(etx, token, request.body.severity)
      if (!result.ok) throw refusedLink(result)
      const shown = await viewAckLink(engine, etx.tx, token, etx.now)
      if (shown === undefined) throw refusals.notFound()
      return shown
    })
  })
}
