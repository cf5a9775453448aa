import type { Severity } from '../vocabulary.ts'
import { type KeywordCategory, type KeywordDictionary, PLAIN_CATEGORY } from './dictionary.ts'

type Said = Pick<KeywordCategory, 'words' | 'exclusions'> & Partial<KeywordCategory>

const category = (code: string, zh: string, en: string, colour: Severity, to: readonly string[], said: Said): KeywordCategory => ({
  code,
  zh,
  en,
  colour,
  to,
  ...PLAIN_CATEGORY,
  ...said,
})

const CATEGORIES: readonly KeywordCategory[] = [
  category('KW-MED', '媒体曝光', 'media exposure', 2, ['LEG'], {
    words: ['曝光', '记者', '媒体', '电视台', '报社', '焦点访谈', '3·15', '315晚会', '抖音发', '发微博', '小红书', '上热搜', '网上发', '直播', '爆料', '黑猫投诉'],
    exclusions: ['抖音会员', '抖音流量', '微博会员', '直播卡', '电视台收不到', '电视台节目', '直播卡顿', '小红书打不开'],
    isNegatable: true,
  }),
  category('KW-REG', '监管', 'regulator', 2, ['appeal desk'], {
    words: ['工信部', '通管局', '通信管理局', '12300', '12381', '12315', '12345', '市场监管', '消协', '消费者协会', '信访', '纪委', '人大代表', '越级', '申诉'],
    exclusions: ['工信部备案', '备案号', '12345678', '已撤销申诉'],
    isNegatable: true,
    exceptKinds: ['appeal'],
  }),
  category('KW-LAW', '法律', 'legal action', 1, ['LEG'], {
    words: ['起诉', '法院', '律师', '律师函', '仲裁', '报警', '派出所', '公安', '公益诉讼'],
    exclusions: ['法院专线', '律师事务所宽带', '公安局专线', '派出所专线'],
  }),
  category('KW-GRP', '群体事件', 'group incident', 2, ['city owner'], {
    words: ['集体投诉', '联名', '维权群', '一起去', '拉横幅', '静坐', '堵门', '聚集', '上访', '业主群', '全小区都'],
    exclusions: ['群聊收不到', '全小区断网'],
    isNegatable: true,
    feeds: ['MR-14'],
    opensCase: false,
  }),
  category('KW-SAF', '人身安全', 'personal safety', 3, ['duty manager', 'LEG'], {
    words: ['自杀', '轻生', '跳楼', '跳下去', '不想活', '喝药', '割腕', '同归于尽', '砍人', '砍死', '炸营业厅', '炸了你们', '放火', '打死', '触电', '坠落', '砸伤', '急救电话打不通', '110打不通', '120打不通'],
    exclusions: ['跳线', '跳纤', '跳闸', '跳转', '砍价', '打死机', '卡死', '放火墙', '触电影'],
    threats: ['自杀', '轻生', '跳楼', '跳下去', '不想活', '喝药', '割腕', '同归于尽', '砍人', '砍死', '炸营业厅', '炸了你们', '放火', '打死'],
    emergencies: ['急救电话打不通', '110打不通', '120打不通'],
    feeds: ['MR-10'],
    opensCase: false,
  }),
  category('KW-PRV', '信息泄露', 'privacy leak', 1, ['SEC'], {
    words: ['泄露', '个人信息', '隐私', '信息被卖', '资料外泄', '别人知道我的', '身份证被', '通话记录被查', '盗用身份'],
    exclusions: ['隐私号业务', '隐私保护通话开通'],
    feeds: ['MR-11'],
    opensCase: false,
  }),
  category('KW-FRD', '涉诈', 'fraud', 1, ['SEC'], {
    words: ['诈骗', '被骗', '骗子', '刷单', '冒充客服', '冒充公检法', '转账', '验证码被', '钓鱼', '涉诈', '断卡', '两卡', '名下多张卡', '被关停'],
    exclusions: ['防诈骗宣传', '反诈APP', '转账缴费成功'],
    feeds: ['MR-12'],
  }),
  category('KW-OUT', '服务中断', 'outage', 1, ['NET'], {
    words: ['全部断网', '整栋楼', '整个小区', '大面积', '都上不了网', '没信号一整天', '基站坏', '光缆断', '挖断'],
    exclusions: ['流量用完断网'],
    feeds: ['MR-07'],
    opensCase: false,
  }),
  category('KW-MIN', '未成年人', 'minors', 1, ['MKT', 'CHN'], {
    words: ['未成年', '孩子', '小孩', '学生', '儿童手表', '校园卡', '家长'],
    exclusions: ['学生套餐咨询', '校园网办理'],
    needs: 'money',
    feeds: ['MR-15'],
    opensCase: false,
  }),
  category('KW-ELD', '老年人', 'elderly', 1, ['CHN'], {
    words: ['老人', '老年人', '父母不知情', '诱导老人', '老人机', '八十多岁', '不识字'],
    exclusions: ['老人机推荐'],
    needs: 'money_or_own',
    companions: ['诱导', '不知情'],
    feeds: ['MR-15'],
    opensCase: false,
  }),
  category('KW-UNK', '不知情定制', 'subscription without consent', 1, ['MKT'], {
    words: ['不知情', '没有同意', '莫名扣费', '私自开通', '强制开通', '默认勾选', '乱扣费', '被开通'],
    exclusions: [],
    feeds: ['MR-13', 'MR-19'],
    opensCase: false,
  }),
  category('KW-MNP', '携转受阻', 'port-out refused', 1, ['MKT'], {
    words: ['携号转网', '携出', '转网', '不让转', '转不出', '合约限制', '携转码'],
    exclusions: ['转网络电视'],
    feeds: ['MR-19'],
    opensCase: false,
  }),
  category('KW-LOC', '限制变更', 'plan/close refused', 1, ['MKT'], {
    words: ['不让改套餐', '不能降档', '不给销户', '注销不了', '停不了机', '拆不了机', '高额违约金'],
    exclusions: [],
    feeds: ['MR-19'],
    opensCase: false,
  }),
  category('KW-EMG', '公共安全', 'emergency and public services', 2, ['NET', 'duty manager'], {
    words: ['医院断网', '学校考试', '高考', '地震', '洪水', '灾区', '政府热线打不通', '养老院'],
    exclusions: [],
  }),
  category('KW-SPC', '特殊身份', 'special identities', 1, ['duty leader'], {
    words: ['军人', '烈属', '残疾', '聋哑', '外国人', '领事馆', '记者证', '全国人大'],
    exclusions: ['残疾人优惠咨询'],
  }),
  category('KW-STF', '员工违规', 'staff misconduct', 2, ['unit leader', 'CHN', 'INS'], {
    words: ['辱骂', '打人', '索要红包', '收回扣', '私下收费', '骚扰客户', '泄露我的号码', '威胁我'],
    exclusions: [],
  }),
  category('KW-MLC', '恶意/代理索赔', 'organised money claims', 1, ['appeal desk'], {
    words: ['代理投诉', '代投诉', '双倍退还', '退一赔三', '教程', '投诉到底', '书面道歉'],
    exclusions: [],
    together: 2,
    feeds: ['MR-03'],
    opensCase: false,
  }),
]

/** The starter of domain.md 5.4. */
export const DEFAULT_KEYWORDS: KeywordDictionary = {
  categories: CATEGORIES,
  moneyWords: ['扣费', '收费', '退费', '充值', '元', '块钱', '套餐费', '违约金'],
  moneyExclusions: ['单元', '元旦', '元宵', '公元', '元器件'],
  negations: ['不想', '不会', '不要', '不用', '不再', '不打算', '没有', '没想', '无意', '别去', '撤销'],
  cancellers: ['就', '再去', '否则', '不然', '才'],
  negationReach: 6,
}
