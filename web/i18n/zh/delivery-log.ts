/** Chinese words of the log of notifications. */
export const deliveryLog = {
  log: {
    title: '通知记录',
    about: '本区域各预警的每一条通知：通知了谁、经什么渠道、何时发出、是否送达；未发的写明原因。',
    all: '全部通知记录',
    groups: { any: '全部', waiting: '等待中', sent: '已发出', delivered: '已送达', failed: '失败', refused: '未发', cancelled: '已撤回' },
    filter: { group: '状态', channel: '渠道', anyChannel: '全部渠道', time: '时间' },
    hours: { day: '24 小时', days: '3 天', week: '7 天', month: '31 天' },
    none: '这段时间没有这样的通知',
    loading: '正在读取',
    step: '第 {step} 步',
    again: '第 {step} 步，再次呼叫',
    older: '更早的',
    newest: '回到最新',
    due: '应发 {at}',
    sentAt: '发出 {at}',
    deliveredAt: '送达 {at}',
    readAt: '已读 {at}',
  },
}
