import type { Code, Dictionary } from './dictionary.ts'

const code = (name: string, zh: string, en: string, more: Partial<Code> = {}): Code => ({ code: name, zh, en, ...more })
const skip = (name: string, zh: string, en: string): Code => code(name, zh, en, { isSkipLevel: true })

/** domain.md B.1 */
const CHANNELS: readonly Code[] = [
  code('hotline', '10000号语音坐席', 'Hot-line 10000'),
  code('hotline_smart', '10000号智能客服', 'Hot-line assistant'),
  code('app', '掌上营业厅 APP', 'App'),
  code('web', '网上营业厅', 'Web hall'),
  code('mini', '小程序', 'Mini program'),
  code('wechat', '公众号', 'WeChat account'),
  code('social', '社交媒体', 'Social media'),
  code('mail', '电子邮件', 'E-mail'),
  code('hall', '营业厅', 'Business hall'),
  code('field', '装维人员', 'Field staff'),
  code('manager', '客户经理', 'Account manager'),
  code('province_supervision', '省服务监督热线', 'Province supervision line'),
  skip('group_hotline', '集团监督热线', 'Group supervision line'),
  skip('miit_pre', '申诉预处理', 'MIIT appeal: pre-handling'),
  skip('miit_forward', '申诉转办', 'MIIT appeal: forwarded'),
  skip('miit_mediation', '申诉调解', 'MIIT appeal: mediation'),
  skip('miit_green', '申诉绿色通道', 'MIIT appeal: green channel'),
  skip('miit_internet', '申诉互联网', 'MIIT appeal: internet'),
  skip('miit_quick', '申诉快速处理', 'MIIT appeal: quick'),
  skip('miit_12381', '12381平台', '12381 platform'),
  skip('opinion_12381', '12381舆情', '12381 public opinion'),
  skip('pca_12300', '通管局12300', 'Provincial administration 12300'),
  skip('gov_12345', '政务热线12345', 'Government line 12345'),
  skip('aic_12315', '市场监管12315', 'Market regulation 12315'),
  skip('consumer_assoc', '消协', 'Consumer association'),
  skip('petition', '信访来访', 'Petition'),
  skip('correction_office', '纠风、民心网', 'Correction office'),
  skip('media', '媒体转来', 'Media'),
  skip('executive', '领导信箱', 'Executive mailbox'),
  skip('court_police', '法院公安来函', 'Court or police'),
  code('opinion', '舆情监测', 'Opinion monitoring'),
]

/** Products that a line-bound repair can be about. */
const LINES = ['broadband', 'fixed', 'iptv', 'bundle', 'smart_home', 'enterprise_line', 'ict', 'terminal', 'other']

/** domain.md B.2: first level, its English name, the products it fits, its second levels. */
const PHENOMENA: readonly (readonly [zh: string, en: string, products: readonly string[] | null, second: readonly (readonly [string, string])[]])[] =
  [
    [
      '入网',
      'Joining',
      null,
      [
        ['办理', 'Handling'],
        ['装机', 'Installation'],
        ['宣传', 'Advertising'],
        ['咨询', 'Information'],
        ['携入', 'Port-in'],
        ['合约分期', 'Contract and instalments'],
        ['交付激活', 'Delivery and activation'],
      ],
    ],
    [
      '产品及计费使用',
      'Product and charges',
      null,
      [
        ['消费提示', 'Usage notices'],
        ['计费及收费', 'Charging'],
        ['账单发票', 'Bill and invoice'],
        ['产品业务规则', 'Product rules'],
        ['不知情定制', 'Unknown subscription'],
        ['增值权益', 'Value-added and benefits'],
        ['退费', 'Refunds'],
      ],
    ],
    [
      '网络使用',
      'Network',
      ['mobile', 'broadband', 'fixed', 'iptv', 'bundle', 'smart_home', 'iot', 'enterprise_line', 'ict', 'terminal', 'cloud', 'other'],
      [
        ['宽带上不了网', 'Broadband down'],
        ['宽带慢', 'Broadband slow'],
        ['移网上网', 'Mobile data'],
        ['移网语音', 'Mobile voice and coverage'],
        ['固话', 'Fixed voice'],
        ['IPTV', 'IPTV'],
      ],
    ],
    [
      '修障',
      'Repair',
      LINES,
      [
        ['修障慢', 'Slow repair'],
        ['未按约上门', 'Missed appointment'],
        ['修后复发', 'Came back'],
        ['人员态度', 'Behaviour'],
      ],
    ],
    [
      '变更及服务',
      'Change and service',
      null,
      [
        ['渠道服务', 'Channel service'],
        ['业务变更', 'Plan change'],
        ['产品查询', 'Product query'],
        ['移机', 'Move'],
        ['实名/停复机', 'Identity, suspension, reconnection'],
        ['涉诈关停', 'Closed for fraud control'],
      ],
    ],
    [
      '离网',
      'Leaving',
      null,
      [
        ['销户拆机', 'Close account'],
        ['携出', 'Port-out'],
        ['违约金', 'Penalty'],
      ],
    ],
    [
      '信息安全',
      'Security',
      null,
      [
        ['骚扰电话/短信', 'Nuisance calls'],
        ['信息泄露', 'Leak'],
        ['诈骗', 'Fraud'],
      ],
    ],
    ['其他', 'Other', null, []],
  ]

const words = (...rows: readonly (readonly [string, string, string])[]): readonly Code[] => rows.map(([name, zh, en]) => code(name, zh, en))

/** The starters of domain.md appendix B, lenient: unknown codes are taken as they are. */
export const DEFAULT_DICTIONARY: Dictionary = {
  strict: false,
  fields: {
    channel: CHANNELS,
    phenomenon_l1: PHENOMENA.map(([zh, en, products]) => code(zh, zh, en, products === null ? {} : { products })),
    phenomenon_l2: PHENOMENA.flatMap(([parent, , , second]) => second.map(([zh, en]) => code(zh, zh, en, { parent }))),
    product_l1: words(
      ['mobile', '移动', 'Mobile'],
      ['broadband', '宽带', 'Broadband'],
      ['fixed', '固话', 'Fixed voice'],
      ['iptv', 'IPTV', 'IPTV'],
      ['bundle', '融合', 'Bundle'],
      ['smart_home', '智慧家庭', 'Smart home'],
      ['cloud', '云', 'Cloud'],
      ['vas', '增值', 'Value-added'],
      ['iot', '物联网', 'Internet of things'],
      ['enterprise_line', '专线', 'Leased line'],
      ['ict', 'ICT', 'ICT'],
      ['payment', '支付', 'Payment'],
      ['terminal', '终端', 'Terminal'],
      ['other', '其他', 'Other'],
    ),
    cause_l1: words(
      ['network', '网络', 'Network'],
      ['outside_plant', '外线', 'Outside plant'],
      ['customer_premises', '客户端', 'Customer premises'],
      ['billing_system', '计费系统', 'Billing system'],
      ['it_system', 'IT系统', 'IT system'],
      ['product_rule', '产品规则', 'Product rule'],
      ['marketing_promise', '营销承诺', 'Marketing promise'],
      ['channel_violation', '渠道违规', 'Channel violation'],
      ['service_attitude', '服务态度', 'Service attitude'],
      ['process_delay', '流程时延', 'Process delay'],
      ['partner', '合作方', 'Partner'],
      ['customer_own', '客户自身', 'Customer’s own'],
      ['customer_misunderstanding', '客户误解', 'Misunderstanding'],
      ['malicious', '恶意', 'Malicious'],
      ['third_party', '第三方', 'Third party'],
      ['force_majeure', '不可抗力', 'Force majeure'],
      ['unknown', '不明', 'Unknown'],
    ),
    result_code: words(
      ['solved', '已解决', 'Solved'],
      ['unreachable', '无法联系', 'Unreachable'],
      ['will_not_comply', '客户不认可', 'Customer will not comply'],
      ['will_not_cooperate', '客户不配合', 'Customer will not cooperate'],
      ['demand_too_high', '诉求过高', 'Demand too high'],
      ['rebooked', '改约', 'Re-booked'],
      ['duplicate', '重单', 'Duplicate'],
    ),
    timeout_reason: words(
      ['not_reached', '联系不上客户', 'Customer not reached'],
      ['volume_surge', '话务突增人手不足', 'Volume surge or too few hands'],
      ['customer_appointment', '客户预约', 'Customer’s own appointment'],
      ['refund_approval', '退费审批时间长', 'Refund approval long'],
      ['contract_approval', '解约审批时间长', 'Contract cancellation approval long'],
    ),
    survey_mode: words(
      ['sms', '短信', 'SMS'],
      ['wechat', '微信', 'WeChat'],
      ['app', 'APP', 'App'],
      ['smart_call', '智能外呼', 'Smart outbound call'],
      ['human', '人工', 'Human'],
    ),
    liability: words(['company', '公司责任', 'Company'], ['none', '无责任', 'None'], ['unclear', '责任不清', 'Unclear']),
    suspend_reason: words(
      ['customer_later', '客户要求延后', 'Customer asks for a later date'],
      ['unreachable', '联系不上', 'Unreachable'],
      ['onsite_date', '等待上门', 'Waiting for an on-site date'],
      ['third_party', '等待第三方', 'Third party'],
      ['disaster', '自然灾害', 'Disaster'],
    ),
    return_reason: words(
      ['wrong_unit', '派错单位', 'Wrong unit'],
      ['information_missing', '信息不全', 'Information missing'],
      ['duplicate', '重复', 'Duplicate'],
      ['no_resource', '无此资源', 'No such resource'],
      ['other_unit_first', '需他单位先处理', 'Needs another unit first'],
      ['customer_withdrew', '客户撤回', 'Customer withdrew'],
    ),
    urgency: words(['normal', '普通', 'Normal'], ['rush', '加急', 'Rush'], ['urgent', '紧急', 'Urgent'], ['critical', '特急', 'Critical']),
    emotion: words(['calm', '平静', 'Calm'], ['angry', '愤怒', 'Angry']),
  },
}
