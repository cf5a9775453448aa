import type { Sign } from '../domain/abnormal/sign.ts'

const holds = (text: string): string => `strpos(said, '${text}') > 0`

/** What every leg names, and nothing else of a ticket. */
const LEG = '"firstClaimedAt":'

/** The ticket's own comes first; where it has none, that of its limit may say too much. */
const STAR = '"star":'

/** A stored ticket leaves out what says nothing (core/domain/ticket/pack.ts); what its limit is chosen by names both of these in any case. */
const SHOWN: Readonly<Record<string, string>> = {
  isVip: holds('"isVip":true'),
  isKeyPerson: holds('"isKeyPerson":true'),
  customerHistory: 'customer_history is not null',
  keywords: 'exists (select from keyword_hit where keyword_hit.ticket_key = ticket.ticket_key)',
}

/** An instant of the ticket, ms; null where it says none. Cut out of its text, for reading that as a document takes longer than all the rest. */
function instantIn(field: string): string {
  const before = `"${field}":`
  return `rtrim(split_part(substr(said, nullif(strpos(said, '${before}'), 0) + ${before.length}, 16), ',', 1), '}')::float8`
}

const seconds = (ms: number): string => `${Math.floor(ms) / 1000}::float8`

/** What columns say, and what is looked for in the stored ticket. */
function conditionsOf({ kinds, openFor, legs, hasEmptyReply, star, shows, late }: Sign, until: string): { readonly plain: string; readonly whole: string } {
  const plain = [
    ...(kinds === undefined ? [] : [`kind in (${kinds.map((kind) => `'${kind}'`).join(', ')})`]),
    ...(openFor === undefined || openFor <= 0 ? [] : [`coalesce(closed_at, ${until}) - accepted_at >= make_interval(secs => ${seconds(openFor)})`]),
  ]
  const whole = [
    ...plain,
    ...(legs === undefined ? [] : [legs === 1 ? holds(LEG) : `said like '%${`${LEG}%`.repeat(legs)}'`]),
    ...(hasEmptyReply === undefined ? [] : [holds('"replyLength":0')]),
    ...(star === undefined ? [] : [`substr(said, strpos(said, '${STAR}') + ${STAR.length}, 1) collate "C" between '${star}' and '9'`]),
    ...(shows === undefined ? [] : [`(${shows.map((what) => SHOWN[what] ?? holds(`"${what}":`)).join(' or ')})`]),
    ...(late === undefined ? [] : [`coalesce(${instantIn(late.field)} / 1000 - extract(epoch from accepted_at)::float8, 'infinity') >= ${seconds(late.by)}`]),
  ]
  const all = (conditions: readonly string[]) => (conditions.length === 0 ? 'true' : `(${conditions.join(' and ')})`)
  return { plain: all(plain), whole: all(whole) }
}

/**
 * SQL over rows of `ticket`: what is read beside them (`said`, the stored ticket as text), and the condition that one shows one of the signs, or that `anyway` holds. `until`
 * is the SQL of the instant at which what is still open is looked at. Unpacking a stored ticket is most of the time that it takes: it is done once, and only where columns allow.
 */
export function signsIn(signs: readonly Sign[], until: string, anyway = 'false'): { readonly beside: string; readonly shown: string } {
  const conditions = signs.map((sign) => conditionsOf(sign, until))
  const any = (of: 'plain' | 'whole') => `(${[anyway, ...conditions.map((one) => one[of])].join(' or ')})`
  return { beside: 'cross join lateral (select fold::text as said offset 0) as words', shown: `${any('plain')} and ${any('whole')}` }
}
