import type { Notice } from '../../core/domain/notice/notice.ts'
import { subjectKeyOf } from '../../core/domain/notice/notice.ts'
import type { NoticeType } from '../../core/domain/vocabulary.ts'
import { at } from './builders.ts'

/** Payloads that the door takes, by type: an outage in Suzhou, an answered call, a base, an article, a shift. */
export const NOTICE_PAYLOADS: Readonly<Record<NoticeType, Readonly<Record<string, unknown>>>> = {
  'incident.opened': { incident_id: 'I1', product: 'broadband', regions: ['320500'], users_affected: 23_000, started_at: '2026-06-01T08:50:00+08:00' },
  'incident.updated': { incident_id: 'I1', users_affected: 30_000 },
  'incident.closed': { incident_id: 'I1', restored_at: '2026-06-01T08:59:00+08:00' },
  'call.ended': {
    call_id: 'C1',
    queue_at: '2026-06-01T08:50:00+08:00',
    answered_at: '2026-06-01T08:50:15+08:00',
    abandoned_at: null,
    agent_group: 'G1',
    caller_no: '13800001111',
  },
  'user_base.reported': { month: '2026-06', region: '320500', product_line: 'broadband', subscribers: 4_500_000 },
  'opinion.detected': { opinion_id: 'O1', source: 'evening-news', reach: 1_200_000, spread_level: 'local', region: '320500', topic: '宽带断网' },
  'opinion.updated': { opinion_id: 'O1', reach: 2_000_000, spread_level: 'trending' },
  'shift.started': { shift_id: 'S1' },
  'shift.handover': { shift_id: 'S1', to_shift_id: 'S2' },
  'shift.ended': { shift_id: 'S1' },
  'calendar.loaded': { year: 2026, off: ['2026-10-01', '2026-10-02'], worked: ['2026-10-10'] },
  'config.changed': { kind: 'limits', version: 3, reason: '节前调整' },
}

/** A notice in envelope form, told on 2026-06-01 09:00; `payload` is laid over the sound one of its type, or replaces it when null. */
export function aNoticeItem(
  type: NoticeType,
  payload: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    event_id: `n-${type}`,
    event_type: type,
    occurred_at: '2026-06-01T09:00:00+08:00',
    source_system: 'noc',
    province_code: '32',
    payload: { ...NOTICE_PAYLOADS[type], ...payload },
    ...more,
  }
}

/** A notice as the engine sees it; its id follows from type and time unless given. */
export function aNotice(
  type: NoticeType,
  local: string,
  payload: Readonly<Record<string, unknown>> = {},
  more: Partial<Omit<Notice, 'type' | 'payload' | 'occurredAt'>> = {},
): Notice {
  const base = {
    type,
    provinceCode: '32',
    sourceSystem: 'noc',
    eventId: `${type}-${local}`,
    payload: { ...NOTICE_PAYLOADS[type], ...payload },
    occurredAt: at(local),
    sourceSeq: null,
    unitId: null,
    correctsEventId: null,
    ...more,
  }
  return { ...base, subjectKey: more.subjectKey ?? subjectKeyOf(base) }
}
