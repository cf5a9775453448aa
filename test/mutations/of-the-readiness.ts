import { type Mutation, planted } from './mutation.ts'

const READY = ['test/unit/readiness.test.ts']
const TOLD = ['test/db/readiness.test.ts']
const SENT = ['test/system/http-readiness.test.ts']
const REGULATOR = ['test/unit/regulator-duties.test.ts']
const REPORTS = ['test/system/http-regulator-reports.test.ts']

/** Whether people can be reached, and what is owed to the regulator (docs/adr/0038). */
export const READINESS_MUTATIONS: readonly Mutation[] = [
  ...planted('core/domain/oncall/readiness.ts', READY, [
    ['proof.at >= contactsChangedAt', 'proof.at > 0', 'what came to a number that was changed since proves the new one'],
    ['now - proof.at > PROVED_WITHIN', 'now - proof.at >= PROVED_WITHIN', 'a proof of exactly 30 days is old'],
    ['missing.length === outside.length', 'missing.length >= 1', 'who lacks one channel is unreachable'],
  ]),
  ...planted('core/domain/escalation/channels-of-position.ts', READY, [['own.length > 0 && reminder !== null', 'reminder !== null', 'reminders call people whom no step has called']]),
  ...planted('core/engine/readiness-alerts.ts', TOLD, [
    ['now + LOOKED_AHEAD + 1', 'now + LOOKED_AHEAD', 'the instant 24 hours before a shift is missed'],
    ['const alerts = isTold || book === undefined ? []', 'const alerts = book === undefined ? []', 'where nothing goes out, each person is told of too'],
  ]),
  ...planted('server/routes/contacts.ts', SENT, [['await touchRostersNaming(pool, userId, clock.now())', '', 'who has registered something stays unreachable until tomorrow']]),
  ...planted('core/store/readiness-store.ts', SENT, [['where not exists (select from contact_test', 'where true or not exists (select from contact_test', 'tests can be asked for without end']]),
  ...planted('core/domain/escalation/regulator-duties.ts', REGULATOR, [
    ['users > extreme.users', 'users >= extreme.users', '500,000 users are more than 500,000'],
    ['lastsUntil > crossedAt', 'lastsUntil >= crossedAt', 'an hour is longer than an hour'],
    ['at >= demand.from', 'at >= 0', 'what was said of the lower grade discharges the higher one'],
    ['now > dueAt', 'now >= dueAt', 'a report is late at its limit'],
  ]),
  ...planted('core/store/interruption-store.ts', REPORTS, [[' and (i.region_path ^@ a.region_path or a.region_path ^@ i.region_path)', '', 'another province’s incident of the same number is taken for the case’s']]),
  ...planted('core/engine/case-reports.ts', REPORTS, [["filter(({ audience }) => audience === 'company')", 'filter(() => true)', 'a report to the regulator stops the clock upward']]),
]
