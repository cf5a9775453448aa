/** What invented customers of the demo complain about: dictionary of domain.md B.2 with weights and sample texts. Many customers say the same, so texts are too short to be held against each other (5.3.2-2). */
export interface Phenomenon {
  readonly l1: string
  readonly l2: string
  readonly product: string
  readonly weight: number
  readonly texts: readonly string[]
}

const of = (l1: string, l2: string, product: string, weight: number, ...texts: string[]): Phenomenon => ({ l1, l2, product, weight, texts })

export const PHENOMENA: readonly Phenomenon[] = [
  of('网络使用', '宽带上不了网', 'broadband', 9, '家里宽带上不了网，光猫红灯一直闪，请尽快处理。', '早上起来宽带就断了，重启光猫也没有用。'),
  of('网络使用', '宽带慢', 'broadband', 9, '办的千兆宽带，晚上测速只有几十兆，看视频一直卡。', '最近一到晚上网速就很慢，打游戏延迟高。'),
  of('网络使用', '移网上网', 'mobile', 7, '小区里手机流量打不开网页，室外正常。', '地铁站附近手机上网很慢，信号只有一格。'),
  of('网络使用', '移网语音', 'mobile', 5, '通话经常断断续续，对方听不清。', '家里打电话没有信号，需要到阳台才行。'),
  of('网络使用', '固话', 'fixed', 2, '固定电话有杂音，已经持续三天。'),
  of('网络使用', 'IPTV', 'iptv', 5, '电视盒子显示网络错误，无法观看。', '点播会员内容无法播放，一直缓冲。'),
  of('产品及计费使用', '计费及收费', 'mobile', 9, '本月话费比套餐多扣了二十元，要求核查。', '宽带续费后仍被重复扣费。'),
  of('产品及计费使用', '不知情定制', 'vas', 8, '不知何时开通了视频彩铃，每月扣费，要求退订退费。', '账单里多了一项会员业务，本人没有办理过。'),
  of('产品及计费使用', '账单发票', 'bundle', 3, '电子发票一直开不出来。'),
  of('产品及计费使用', '产品业务规则', 'bundle', 4, '套餐内流量只能在特定应用使用，办理时没有说明。'),
  of('产品及计费使用', '退费', 'bundle', 4, '承诺的退费一个月没有到账。'),
  of('产品及计费使用', '消费提示', 'mobile', 3, '流量超出没有短信提醒。'),
  of('变更及服务', '渠道服务', 'bundle', 5, '营业厅排队两个小时没有办上业务。', '客服答应回电，一直没有回。'),
  of('变更及服务', '业务变更', 'mobile', 6, '想改低档套餐，客服说只能去营业厅。'),
  of('变更及服务', '移机', 'broadband', 3, '预约移机师傅没有来，也没有电话。'),
  of('变更及服务', '实名/停复机', 'mobile', 3, '缴费后两小时仍未复机。'),
  of('修障', '修障慢', 'broadband', 5, '报修两天了没有人上门。'),
  of('修障', '未按约上门', 'broadband', 4, '约好上午上门，等到晚上也没有来。'),
  of('修障', '修后复发', 'broadband', 3, '上周刚修好，今天又断了。'),
  of('离网', '携出', 'mobile', 2, '申请携号转网，一直提示有在网协议。'),
  of('离网', '销户拆机', 'broadband', 2, '要求拆机，客服一再推脱。'),
  of('入网', '装机', 'broadband', 3, '新装宽带约了一周还没有装。'),
  of('入网', '宣传', 'bundle', 2, '宣传的免费权益办理后要收费。'),
  of('信息安全', '骚扰电话/短信', 'mobile', 2, '每天接到多个推销电话，要求屏蔽。'),
]
