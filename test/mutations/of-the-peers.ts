import { type Mutation, planted } from './mutation.ts'

const MADE = ['test/unit/peer-made.test.ts']
const RULES = ['test/unit/peer-rules.test.ts']
/** These need a database: days of people, hours of provinces, and what comes after an answer. */
const DAYS = ['test/db/peers.test.ts']
const HOURS = ['test/db/peer-hours.test.ts']
const LIFE = ['test/db/peer-life.test.ts']

/** Faults in what other tickets make of a ticket (docs/adr/0040). */
export const PEER_MUTATIONS: readonly Mutation[] = [
  ...planted('core/domain/peer/peer-made.ts', MADE, [
    ['|| alike >= bounds.alike', '|| alike > bounds.alike', 'as many alike as are set are not enough'],
    ['took < bounds.fast)', 'took <= bounds.fast)', 'at the bound is too fast'],
    ['outdoing.length < MOST_SUCH - 1', 'outdoing.length < MOST_SUCH - 2', 'one too few of the earlier replies is kept'],
    ['facts.slice(0, MOST_OF_A_DAY)', 'facts', 'a day is looked at without end'],
    ['flawed * 100 >= events', 'flawed * 100 > events', 'a share at its bound is none'],
    ['size(held) >= size(made)', 'size(held) <= size(made)', 'the group that knows less of the day counts'],
  ]),
  ...planted('core/domain/abnormal/at-17-too-fast-reply.ts', RULES, [
    ['bounds) + 1 }]', 'bounds) }]', 'a reply does not count itself'],
    ['nth >= many ? 2 : 1', 'nth > many ? 2 : 1', 'the third reply is blue'],
    ['level: nth >= many ? 2 : 1, from: at', 'level: nth >= many ? 2 : 1, from: at + 1', 'it holds only after the reply'],
  ]),
  ...planted('core/domain/abnormal/at-21-abnormal-refund.ts', RULES, [
    ['earlier + 1 < (values', 'earlier < (values', 'the fifth refund is nothing'],
    ['refund:${refund.refundNo}:agent`', 'agent`', 'a further refund is no further cause'],
  ]),
  ...planted('core/domain/abnormal/at-23-data-quality.ts', RULES, [
    ['events < least ||', 'events <= least ||', 'a hundred events are too few'],
    ['flawed * 100 < events * share', 'flawed * 100 <= events * share', 'a share at its bound is none'],
    ['hourAt + HOUR + REORDER_DELAY', 'hourAt + HOUR', 'an hour is judged before late events have had their time'],
    ['share:${hourAt}`', 'share`', 'another hour is no other cause'],
  ]),
  ...planted('core/engine/settle-peers.ts', DAYS, [
    ['    await requeueFolded(tx, again)\n', '', 'nobody is judged again'],
    ['Math.max(alikeOf(before), alikeOf(made))', 'alikeOf(made)', 'what is alike no more is not judged again'],
  ]),
  ...planted('core/engine/settle-hours.ts', HOURS, [
    ['[...others.map((row) => ({ ...row, made: null })), ...(', '[...(', 'an hour is carried by two'],
  ]),
  ...planted('core/store/abnormal-store.ts', LIFE, [
    ["t.detail ->> 'cause' is not null order by t.id desc", "t.detail ->> 'cause' is null order by t.id desc", 'what raised an alert last is not known'],
  ]),
]
