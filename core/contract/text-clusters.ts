import { type Static, Type } from 'typebox'

/** A cluster of near-duplicate texts as it counts at a region within the window (domain.md 5.3.2-4); instants in epoch ms. */
export const TextClusterShown = Type.Object({
  id: Type.String(),
  customers: Type.Integer({ description: '不同客户数 / distinct customers' }),
  texts: Type.Integer({ description: '工单数 / tickets' }),
  contacts: Type.Integer({ description: '不同联系号码数（未提供者不计） / distinct contact numbers; those that name none do not count' }),
  addresses: Type.Integer({ description: '不同来源地址数（未提供者不计） / distinct source addresses; those that name none do not count' }),
  proxies: Type.Integer({ description: '代客申诉的工单数 / tickets filed by a proxy' }),
  firstAt: Type.Number(),
  lastAt: Type.Number(),
  ticketKey: Type.String({ description: '所示正文的工单 / the ticket whose text is shown' }),
  text: Type.String({ description: '最具代表性的正文（已脱敏）；其工单不在此处时为最早一条 / the most typical text, masked; the earliest one where its ticket does not count here' }),
})

export const TextClustersAnswer = Type.Object({
  at: Type.Number(),
  regionCode: Type.String(),
  kind: Type.Union([Type.Literal('complaint'), Type.Literal('appeal')]),
  windowHours: Type.Number(),
  items: Type.Array(TextClusterShown),
  isComplete: Type.Boolean({ description: '此前受理的正文是否都已比对 / whether all texts accepted before that instant have been looked at' }),
})
export type TextClustersAnswer = Static<typeof TextClustersAnswer>
