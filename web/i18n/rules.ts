/** What a rule is called and what it means, in words a duty manager understands. Adding a rule adds one entry here. */
export interface RuleText {
  readonly name: string
  readonly meaning: string
}

export const RULE_TEXTS: Readonly<Record<string, Readonly<Record<'zh' | 'en', RuleText>>>> = {
  'AT-01': {
    zh: { name: '临近超时', meaning: '工单的处理时限即将用完（默认剩 120 分钟为蓝、30 分钟为黄），且时钟在走。' },
    en: { name: 'Near time-out', meaning: "The ticket's handling limit is nearly used up (by default 120 min left is blue, 30 min yellow) and its clock is running." },
  },
  'AT-02': {
    zh: { name: '超时工单', meaning: '工单的净处理时长已超过时限（默认超过即黄、24 小时橙、72 小时红）。' },
    en: { name: 'Overdue', meaning: "The ticket's net handling time is over its limit (by default yellow at once, orange after 24 h, red after 72 h)." },
  },
  'MR-01': {
    zh: { name: '批量投诉', meaning: '同一地区、同一现象，近 60 分钟内投诉的不同客户数达到阈值。' },
    en: { name: 'Batch complaints', meaning: 'Distinct customers of one place complaining of the same thing in the last 60 minutes reached a threshold.' },
  },
  'MR-02': {
    zh: { name: '投诉突增', meaning: '近 60 分钟的投诉单数明显高于前几周同一钟点的基线。' },
    en: { name: 'Surge', meaning: 'Complaints of the last 60 minutes are clearly above the baseline of the same clock hour in the weeks before.' },
  },
}
