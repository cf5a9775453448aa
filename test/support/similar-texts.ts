/** The check values of domain.md 5.3.2; the numbers in them are invented. */
export const T1 =
  '本人号码13800001111，于2026年3月5日被贵公司在不知情的情况下开通视频彩铃业务，每月扣费15元，本人从未授权，要求双倍退还全部费用并书面道歉，否则将向工信部申诉到底。'
export const T2 =
  '本人号码13900002222，于2026年2月18日被贵公司在不知情的情况下开通视频彩铃业务，每月扣费20元，本人从未授权，要求双倍退还全部费用并书面道歉，否则将向工信部申诉到底！'
export const T3 =
  '本人号码13700003333，于2026年3月被贵公司在不知情的情况下开通云盘会员业务，每月扣费10元，本人从未授权，要求双倍退还全部费用，否则将向工信部申诉到底。'
export const T4 = '我家宽带昨天晚上八点开始上不了网，光猫红灯一直闪，打了客服说今天上门，到现在没人联系我。'

const WORDS = [
  '宽带', '光猫', '电视', '路由器', '手机', '流量', '套餐', '话费', '积分', '合约', '师傅', '客服', '营业厅', '小区', '信号', '短信', '验证码', '账单', '发票', '副卡',
  '昨天', '上周', '今早', '一直', '突然', '经常', '还是', '已经', '没有', '不能', '无法', '需要', '希望', '要求', '解释', '退还', '更换', '上门', '登录', '办理',
  '红灯闪烁', '扣款不明', '速度很慢', '断断续续', '打不通', '被停机', '没人处理', '态度很差', '多次反映', '影响工作', '尽快恢复', '说法不一', '无法开具', '取消订购',
]

/** A row of numbers that looks like chance and is the same each time. */
export function chances(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 0x100000000
  }
}

/** A text of so many words that shares next to nothing with any other seed's. */
export function someText(seed: number, words = 22): string {
  const chance = chances(Math.imul(seed + 1, 2_654_435_761))
  for (let turn = 0; turn < 8; turn++) chance()
  return Array.from({ length: words }, () => WORDS[Math.floor(chance() * WORDS.length)]).join('')
}
