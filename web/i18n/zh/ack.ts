export const ack = {
  ack: {
    where: '范围',
    about: '现象',
    counts: '规模',
    since: '自',
    by: '请于此前确认',
    take: '我来处理',
    means: '按下即以您的身份确认：停止向他人升级，并开始处理计时。',
    taken: '已由您确认，处理计时已开始。',
    changed: '级别与通知您时不同，请先看清。',
    unknown: '此链接无效，或所指的通知已不再保存。请登录值班台。',
    desk: '打开值班台',
    state: {
      answered: '{name} 已于 {at} 确认，无需再确认。',
      over: '此预警已结束或暂不需人处理。',
      used: '此链接已用过，请登录值班台处理。',
      expired: '此链接已过期，请登录值班台处理。',
    },
  },
}
