import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { CalendarTagBody, CalendarYearAnswer, CalendarYearBody, ConfigurationAlertRow } from '../../core/contract/calendar.ts'
import type { CalendarBody, CalendarFault } from '../../core/domain/calendar.ts'
import { CALENDAR_TAGS } from '../../core/domain/calendar-tags.ts'
import { dateOfDay, dayNumber } from '../../core/domain/time.ts'
import type { Versioned } from '../../core/engine/context.ts'
import { type CalendarEntry, putCalendarTag, putCalendarYear, viewYear, type YearView } from '../../core/engine/calendar-year.ts'
import { inTransaction, type Tx } from '../../core/platform/database.ts'
import { loadConfigurationAlerts } from '../../core/store/configuration-alert-store.ts'
import { actorOf } from '../access.ts'
import { audit, principalOf, userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal } from '../errors.ts'
import { answers } from '../openapi.ts'
import { statedReason } from '../stated-reason.ts'
import { mayForAll, requireForAll } from '../whole-tree.ts'

const config = { access: { user: 'signed_in' } } as const
const tags = ['configuration']

const TAG_KINDS = Object.entries(CALENDAR_TAGS).map(([tag, names]) => ({ tag, ...names }))

const answered = (view: YearView, mayChange: boolean): CalendarYearAnswer => ({
  ...view,
  mayChange,
  tagKinds: TAG_KINDS,
  off: [...view.off],
  worked: [...view.worked],
  loadedYears: [...view.loadedYears],
  tagged: view.tagged.map(({ date, tags: held }) => ({ date, tags: [...held] })),
})

/** One change of the calendar: what to put in, the year that the answer shows, and what the audit says. */
interface Change {
  readonly year: number
  readonly action: string
  readonly subject: string
  readonly reason: string
  readonly detail: Readonly<Record<string, unknown>>
  readonly put: (tx: Tx, entry: CalendarEntry) => Promise<CalendarFault | Versioned<CalendarBody>>
}

/** The calendar of workdays and what is amiss with the configuration: the same for the whole deployment, without any customer's data. */
export function calendarRoutes(api: Api, { engine, clock }: ApiDeps): void {
  const apply = async (request: FastifyRequest, { year, action, subject, reason: given, detail, put }: Change): Promise<CalendarYearAnswer> => {
    const user = userOf(request)
    requireForAll(engine, user, 'manage_calendar', '日历', 'The calendar holds')
    const reason = statedReason(given)
    return inTransaction(engine.pool, async (tx) => {
      const held = await put(tx, { author: actorOf(user), reason, now: clock.now() })
      if ('field' in held) throw new Refusal(400, 'bad_calendar', `日历不合规：${held.field}`, `The calendar does not fit: ${held.field}`, { ...held })
      await audit(tx, request, clock, { action, subject, detail: { ...detail, version: held.version, reason } })
      return answered(viewYear(held, year), true)
    })
  }

  api.get('/configuration-alerts', {
    config: { access: { user: 'signed_in', wall: true } },
    schema: {
      tags, summary: '配置告警 / Configuration alerts', description: '需要有人补正的配置，如尚未载入的日历年份、无人值班的班次。 / What somebody has to mend, such as a calendar year that is not loaded or a shift with nobody on.',
      response: answers({ 200: Type.Object({ items: Type.Array(ConfigurationAlertRow) }) }, 401, 403),
    },
  }, async (request) => ({ items: await loadConfigurationAlerts(engine.pool, principalOf(request).scope) }))

  api.get('/calendar', {
    config,
    schema: {
      tags, summary: '工作日历 / Calendar', description: '一年的节假日与调休；默认今年。 / Holidays and make-up days of a year, this one by default.',
      querystring: Type.Object({ year: Type.Optional(Type.Integer({ minimum: 2015, maximum: 2100 })) }),
      response: answers({ 200: CalendarYearAnswer }, 400, 401, 403),
    },
  }, async (request) => {
    const now = clock.now()
    const year = request.query.year ?? Number(dateOfDay(dayNumber(now, engine.zone)).slice(0, 4))
    return answered(viewYear((await engine.settings(now)).calendar, year), mayForAll(engine, userOf(request), 'manage_calendar'))
  })

  api.post('/calendar', {
    config: { access: { user: 'manage_calendar' } },
    schema: {
      tags, summary: '载入一年日历 / Load a year',
      description: '替换该年；立即生效，成为配置 calendar 的新版本。日历对全网生效，须由根区域的人员载入。 / Takes the place of that year, in force at once as the next version. It holds for everybody, so only people of the root region may load it.',
      body: CalendarYearBody,
      response: answers({ 201: CalendarYearAnswer }, 400, 401, 403),
    },
  }, async (request, reply) => {
    const { reason, ...year } = request.body
    const change = { year: year.year, action: 'calendar_loaded', subject: String(year.year), reason, detail: {} }
    return reply.code(201).send(await apply(request, { ...change, put: (tx, entry) => putCalendarYear(tx, engine.zone, year, entry) }))
  })

  api.post('/calendar/tags', {
    config: { access: { user: 'manage_calendar' } },
    schema: {
      tags, summary: '标记特殊日 / Tag days',
      description: '为已知事件（出账日、资费调整、开学、促销等）标记日期：带标记的日子只与有同样标记的日子比较（MR-02、MR-06）。限根区域。 / Tags days of known events: a tagged day is compared with days of the same tag only (MR-02, MR-06). For people of the root region.',
      body: CalendarTagBody,
      response: answers({ 201: CalendarYearAnswer }, 400, 401, 403),
    },
  }, async (request, reply) => {
    const { reason, ...change } = request.body
    const subject = `${change.from}..${change.to}`
    const { tag, isOn, from } = change
    return reply.code(201).send(
      await apply(request, { year: Number(from.slice(0, 4)), action: 'calendar_tagged', subject, reason, detail: { tag, isOn }, put: (tx, entry) => putCalendarTag(tx, change, entry) }),
    )
  })
}
