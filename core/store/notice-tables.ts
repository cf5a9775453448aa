import type { Call } from '../domain/notice/call.ts'
import type { Incident } from '../domain/notice/incident.ts'
import type { NoticeKind } from '../domain/notice/notice.ts'
import type { Opinion } from '../domain/notice/opinion.ts'
import type { ToldSetting } from '../domain/notice/setting.ts'
import type { Shift } from '../domain/notice/shift.ts'
import type { UserBase } from '../domain/notice/user-base.ts'
import type { Instant } from '../domain/time.ts'
import { instantOf } from './columns.ts'

/** What each kind of notice speaks of. */
export interface Subjects {
  readonly incident: Incident
  readonly call: Call
  readonly user_base: UserBase
  readonly opinion: Opinion
  readonly shift: Shift
  readonly calendar: ToldSetting
  readonly config: ToldSetting
}

/** A subject's row as written: the fold, where it lies, what it is counted as. */
export interface SubjectRow<S> {
  readonly subjectKey: string
  readonly subject: S
  readonly regionPath: string
  /** Paths of all its regions. */
  readonly regionPaths: readonly string[]
  readonly isVoid: boolean
  /** Facts as JSON text. */
  readonly counted: string
  readonly firstEventAt: Instant
  readonly lastEventAt: Instant
}

type Scalar = string | number | boolean | null
/** A column: its name, the SQL that makes its value of a text, and that text. */
export type SubjectColumn<S> = readonly [name: string, value: (text: string) => string, read: (row: SubjectRow<S>) => Scalar]

export interface SubjectTable<S> {
  readonly name: string
  readonly columns: readonly SubjectColumn<S>[]
  readonly isCounted: boolean
  /** SQL of the text that the next fold has to know besides. */
  readonly held: string
}

const text = (name: string) => name
const as = (type: string) => (name: string) => `${name}::${type}`
const instant = (name: string) => instantOf(name)
// Codes, paths and keys hold no spaces.
const list = (name: string) => `string_to_array(${name}, ' ')`
const place = <S>(regionOf: (subject: S) => string): readonly SubjectColumn<S>[] => [
  ['region_code', text, ({ subject }) => regionOf(subject)],
  ['region_path', text, (row) => row.regionPath],
]

const INCIDENT: readonly SubjectColumn<Incident>[] = [
  ['incident_id', text, ({ subject }) => subject.incidentId],
  ['province_code', text, ({ subject }) => subject.provinceCode],
  ['source_system', text, ({ subject }) => subject.sourceSystem],
  ['region_path', text, (row) => row.regionPath],
  ['region_codes', list, ({ subject }) => subject.regionCodes.join(' ')],
  ['region_paths', list, (row) => row.regionPaths.join(' ')],
  ['product', text, ({ subject }) => subject.product],
  ['cause', text, ({ subject }) => subject.cause],
  ['state', text, ({ subject }) => (subject.closedAt === null ? 'open' : 'closed')],
  ['users_affected', as('bigint'), ({ subject }) => subject.usersAffected],
  ['users_affected_most', as('bigint'), ({ subject }) => subject.usersAffectedMost],
  ['opened_at', instant, ({ subject }) => subject.openedAt],
  ['started_at', instant, ({ subject }) => subject.startedAt],
  ['expected_restore_at', instant, ({ subject }) => subject.expectedRestoreAt],
  ['restored_at', instant, ({ subject }) => subject.restoredAt],
  ['closed_at', instant, ({ subject }) => subject.closedAt],
]

const CALL: readonly SubjectColumn<Call>[] = [
  ['province_code', text, ({ subject }) => subject.provinceCode],
  ...place<Call>(({ regionCode }) => regionCode),
  ['agent_group', text, ({ subject }) => subject.agentGroup],
  ['queue_at', instant, ({ subject }) => subject.queueAt],
  ['answered_at', instant, ({ subject }) => subject.answeredAt],
  ['abandoned_at', instant, ({ subject }) => subject.abandonedAt],
  ['caller_keys', list, ({ subject }) => subject.callerKeys.join(' ')],
  ['ticket_id', text, ({ subject }) => subject.ticketId],
]

const USER_BASE: readonly SubjectColumn<UserBase>[] = [
  ['province_code', text, ({ subject }) => subject.provinceCode],
  ...place<UserBase>(({ regionCode }) => regionCode),
  ['month', text, ({ subject }) => subject.month],
  ['product_line', text, ({ subject }) => subject.productLine],
  ['subscribers', as('bigint'), ({ subject }) => subject.subscribers],
  ['reported_at', instant, ({ subject }) => subject.reportedAt],
  ['source_system', text, ({ subject }) => subject.sourceSystem],
]

const OPINION: readonly SubjectColumn<Opinion>[] = [
  ['opinion_id', text, ({ subject }) => subject.opinionId],
  ['province_code', text, ({ subject }) => subject.provinceCode],
  ['source_system', text, ({ subject }) => subject.sourceSystem],
  ...place<Opinion>(({ regionCode }) => regionCode),
  ['medium', text, ({ subject }) => subject.medium],
  ['topic', text, ({ subject }) => subject.topic],
  ['phenomenon_l1', text, ({ subject }) => subject.phenomenonL1],
  ['phenomenon_l2', text, ({ subject }) => subject.phenomenonL2],
  ['reach', as('bigint'), ({ subject }) => subject.reach],
  ['spread_level', text, ({ subject }) => subject.spreadLevel],
  ['detected_at', instant, ({ subject }) => subject.detectedAt],
  ['first_handled_at', instant, ({ subject }) => subject.firstHandledAt],
  ['repost_count', as('integer'), ({ subject }) => subject.repostCount],
]

const SHIFT: readonly SubjectColumn<Shift>[] = [
  ['shift_id', text, ({ subject }) => subject.shiftId],
  ['province_code', text, ({ subject }) => subject.provinceCode],
  ['source_system', text, ({ subject }) => subject.sourceSystem],
  ...place<Shift>(({ regionCode }) => regionCode),
  ['unit_id', text, ({ subject }) => subject.unitId],
  ['started_at', instant, ({ subject }) => subject.startedAt],
  ['handed_over_at', instant, ({ subject }) => subject.handedOverAt],
  ['handed_to', text, ({ subject }) => subject.handedTo],
  ['ended_at', instant, ({ subject }) => subject.endedAt],
]

const SETTING: readonly SubjectColumn<ToldSetting>[] = [
  ['kind', text, ({ subject }) => subject.kind],
  ['name', text, ({ subject }) => subject.name],
  ['province_code', text, ({ subject }) => subject.provinceCode],
  ['region_path', text, (row) => row.regionPath],
  ['source_system', text, ({ subject }) => subject.sourceSystem],
  ['event_id', text, ({ subject }) => subject.eventId],
  ['told_at', instant, ({ subject }) => subject.toldAt],
  ['body', as('jsonb'), ({ subject }) => JSON.stringify(subject.body)],
]

/** Where the subjects of each kind are kept. */
export const SUBJECT_TABLES: { readonly [K in NoticeKind]: SubjectTable<Subjects[K]> } = {
  incident: { name: 'incident', columns: INCIDENT, isCounted: true, held: `''` },
  call: { name: 'call', columns: CALL, isCounted: true, held: 'is_repeated::text' },
  user_base: { name: 'user_base', columns: USER_BASE, isCounted: false, held: `''` },
  opinion: { name: 'opinion', columns: OPINION, isCounted: true, held: `''` },
  shift: { name: 'shift_log', columns: SHIFT, isCounted: false, held: `''` },
  calendar: { name: 'told_setting', columns: SETTING, isCounted: false, held: 'event_id' },
  config: { name: 'told_setting', columns: SETTING, isCounted: false, held: 'event_id' },
}
