import { Type } from 'typebox'
import { CalendarYearAnswer, CalendarYearBody, ConfigurationAlertRow } from '../../core/contract/calendar.ts'
import { dateOfDay, dayNumber } from '../../core/domain/time.ts'
import { putCalendarYear, viewYear, type YearView } from '../../core/engine/calendar-year.ts'
import { inTransaction } from '../../core/platform/database.ts'
import { loadConfigurationAlerts } from '../../core/store/configuration-alert-store.ts'
import { actorOf } from '../access.ts'
import { audit, userOf, type Api, type ApiDeps } from '../api.ts'
import { Refusal } from '../errors.ts'
import { answers } from '../openapi.ts'

const config = { access: { user: 'signed_in' } } as const
const tags = ['configuration']

const answered = (view: YearView): CalendarYearAnswer => ({ ...view, off: [...view.off], worked: [...view.worked], loadedYears: [...view.loadedYears] })

/** The calendar of workdays and what is amiss with the configuration: the same for the whole deployment, without any customer's data. */
export function calendarRoutes(api: Api, { engine, clock }: ApiDeps): void {
  api.get('/configuration-alerts', {
    config,
    schema: {
      tags, summary: '配置告警 / Configuration alerts', description: '需要有人补正的配置，如尚未载入的日历年份。 / What somebody has to mend, such as a calendar year that is not loaded.',
      response: answers({ 200: Type.Object({ items: Type.Array(ConfigurationAlertRow) }) }, 401, 403),
    },
  }, async () => ({ items: await loadConfigurationAlerts(engine.pool) }))

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
    return answered(viewYear((await engine.settings(now)).calendar, year))
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
    const user = userOf(request)
    if (user.region.code !== engine.tree.root.code) {
      throw new Refusal(403, 'whole_tree_only', '日历对全网生效，须由根区域的人员载入', 'The calendar holds for everybody: only people of the root region may load it')
    }
    const { reason, ...year } = request.body
    const view = await inTransaction(engine.pool, async (tx) => {
      const put = await putCalendarYear(tx, engine.zone, year, { author: actorOf(user), reason, now: clock.now() })
      if ('field' in put) throw new Refusal(400, 'bad_calendar', `日历不合规：${put.field}`, `The calendar does not fit: ${put.field}`, { ...put })
      await audit(tx, request, clock, { action: 'calendar_loaded', subject: String(year.year), detail: { version: put.version, reason } })
      return viewYear(put, year.year)
    })
    return reply.code(201).send(answered(view))
  })
}
