/** What a rule is called and what it means, in words a duty manager understands. Adding a rule adds one entry here. */
export interface RuleText {
  readonly name: string
  readonly meaning: string
}

export const RULE_TEXTS: Readonly<Record<string, Readonly<Record<'zh' | 'en', RuleText>>>> = {
  'AT-01': {
    zh: { name: '临近超时', meaning: '工单时钟在走，离处理时限已不足预警时长。' },
    en: { name: 'Near time-out', meaning: 'The clock is running and less than the warning time is left before the handling deadline.' },
  },
  'AT-02': {
    zh: { name: '超时工单', meaning: '未办结，净处理时长已超过时限。' },
    en: { name: 'Overdue', meaning: 'Not completed, and the net handling time is over the limit.' },
  },
  'AT-03': {
    zh: { name: '长期滞留', meaning: '未办结，自受理起的自然时长（含挂起）过长。' },
    en: { name: 'Long pending', meaning: 'Still open, and too much time has passed since acceptance, suspension included.' },
  },
  'AT-04': {
    zh: { name: '多次催单', meaning: '客户或内部对未办结工单多次有效催单。' },
    en: { name: 'Repeated expedites', meaning: 'An open ticket has been chased validly several times.' },
  },
  'AT-05': {
    zh: { name: '重复投诉', meaning: '客户在受理前不久已就同一号码来过单。' },
    en: { name: 'Repeat complaint', meaning: 'The customer already had tickets for the same number not long before acceptance.' },
  },
  'AT-06': {
    zh: { name: '多次转派', meaning: '工单在单位之间多次转派，或又回到同一单位。' },
    en: { name: 'Ping-pong transfer', meaning: 'The ticket is passed between units again and again, or is back with one that it had left.' },
  },
  'AT-07': {
    zh: { name: '多次退单或重派', meaning: '工单多次被单位退回，或回单后多次重派。' },
    en: { name: 'Returned or re-dispatched', meaning: 'Units have returned the ticket, or it was dispatched again after their reply, several times.' },
  },
  'AT-08': {
    zh: { name: '未及时派单', meaning: '受理后迟迟未派单。' },
    en: { name: 'Undispatched', meaning: 'Accepted, and not yet dispatched to any unit.' },
  },
  'AT-09': {
    zh: { name: '未及时接单', meaning: '工单已到单位，白班时段内迟迟无人接单。' },
    en: { name: 'Unclaimed', meaning: 'The ticket is in a unit’s pool, and nobody there has claimed it in day-shift time.' },
  },
  'AT-10': {
    zh: { name: '首响超时', meaning: '已超过首次联系时限，仍未联系上客户。' },
    en: { name: 'No first response', meaning: 'The limit for the first contact is over and the customer has not been reached.' },
  },
  'AT-11': {
    zh: { name: '升级倾向', meaning: '客户表示要找媒体、监管或其他越级渠道。' },
    en: { name: 'Escalation tendency', meaning: 'The customer means to go to the media, the regulator or another level above.' },
  },
  'AT-12': {
    zh: { name: '最严工单', meaning: '工单属最严场景，须由省中心专席盯办。' },
    en: { name: 'Strictest scene', meaning: 'The ticket is of a strictest scene, which the centre’s special desk watches.' },
  },
  'AT-13': {
    zh: { name: '申诉临近时限', meaning: '申诉尚未向监管反馈，剩余工作日或小时不多，或已超时。' },
    en: { name: 'Appeal near its deadline', meaning: 'The regulator has no feedback on the appeal yet, and few working days or hours are left, or none.' },
  },
  'AT-14': {
    zh: { name: '要客工单', meaning: '客户为 VIP、关键人或高星级，工单未办结。' },
    en: { name: 'Important customer', meaning: 'The customer is a VIP, a key person or of a high star, and the ticket is open.' },
  },
  'AT-15': {
    zh: { name: '回访不满意', meaning: '办结后客户回访不满意或未解决，须做满意度修复。' },
    en: { name: 'Dissatisfied after survey', meaning: 'The customer answered the survey dissatisfied or unsolved, and a repair is due.' },
  },
  'AT-16': {
    zh: { name: '未回复客户即办结', meaning: '投诉或申诉已办结，此前没有带有效记录的客户回复。' },
    en: { name: 'Closed without customer reply', meaning: 'A complaint or appeal was completed without a reply to the customer that has a valid record.' },
  },
  'AT-17': {
    zh: { name: '秒回/虚假回单', meaning: '投诉或申诉提取后很快就回单，或与同一处理人当日此前多条回单雷同，可能没有真正处理。' },
    en: { name: 'Too-fast reply', meaning: 'Answered so soon after the claim, or in the same words as many earlier replies of the handler that day, that it can hardly have been handled.' },
  },
  'AT-18': {
    zh: { name: '异常挂起', meaning: '工单挂起过久、过多、逾期未解挂，或临近时限才挂起。' },
    en: { name: 'Abuse of suspension', meaning: 'The ticket was suspended too long or too often, past its planned resumption, or just before its deadline.' },
  },
  'AT-19': {
    zh: { name: '重开', meaning: '工单办结后又被重开。' },
    en: { name: 'Reopened', meaning: 'The ticket was reopened after its completion.' },
  },
  'AT-20': {
    zh: { name: '孤儿单', meaning: '工单已派出，但没有接收单位，或单位不在单位表中、已撤销。' },
    en: { name: 'Orphan ticket', meaning: 'The ticket was sent on, but to no unit, or to one that is in no table of units or has been closed.' },
  },
  'AT-21': {
    zh: { name: '退费异常', meaning: '退费金额与应退不符、不大于零、超过界限或近期已退过，批准后迟迟未到账，或同一经办人当日退费过多。' },
    en: { name: 'Abnormal refund', meaning: 'The refund is not what was calculated, is nothing, is large or not the first, was approved and is not paid, or is one of many by one agent that day.' },
  },
  'AT-22': {
    zh: { name: '敏感话务', meaning: '同一号码近 30 天内有敏感标注。' },
    en: { name: 'Sensitive contact', meaning: 'Contacts of the same number were tagged as sensitive in the last 30 days.' },
  },
  'AT-23': {
    zh: { name: '数据异常', meaning: '工单记录有误：缺字段、代码未映射、流转不合法、办结早于受理、回单无内容或多个主办环节未结；本省一小时内有误过多时升级。' },
    en: { name: 'Data quality', meaning: 'The record is wrong: a field missing, a code unknown, an illegal step, completed too early, an empty reply, or several main legs open; raised where too many of a province’s hour are.' },
  },
  'AT-24': {
    zh: { name: '上门失约', meaning: '预约时段已过宽限仍未上门，或企业一再改约。' },
    en: { name: 'Missed appointment', meaning: 'The agreed window and its grace are over and nobody came, or the company moved the visit again.' },
  },
  'AT-25': {
    zh: { name: '涉诈/涉安全', meaning: '工单被标注为涉诈，或正文含涉诈、人身安全敏感词；危及生命的为最高级。' },
    en: { name: 'Fraud or safety', meaning: 'The ticket is marked as fraud, or its text speaks of fraud or of personal safety; a threat to life is of the highest level.' },
  },
  'AT-26': {
    zh: { name: '故障未当日修', meaning: '障碍超过承诺的修复时间或最长时限，仍未修复。' },
    en: { name: 'Fault past its promise', meaning: 'The promised time of repair, or the hard limit, has passed and the fault is not cleared.' },
  },
  'AT-27': {
    zh: { name: '督办未回', meaning: '督办已用去大半时限或已超时，仍未回复。' },
    en: { name: 'Supervision unanswered', meaning: 'Most of the time for the answer to a supervision is used up, or it is over, and there is no answer.' },
  },
  'AT-28': {
    zh: { name: '疑似重单', meaning: '同一产品号码、同一一级现象，短时间内已有未结工单。' },
    en: { name: 'Suspected duplicate', meaning: 'A ticket of the same product number and first-level phenomenon was accepted shortly before and is open.' },
  },
  'AT-29': {
    zh: { name: '越级单到达', meaning: '工单来自集团投诉或申诉，而非本省投诉。' },
    en: { name: 'Skip-level arrival', meaning: 'The ticket came as a complaint from the group or as an appeal, not as the province’s own complaint.' },
  },
  'AT-30': {
    zh: { name: '群发催办', meaning: '集团下发的工单已用去过半时限，处理结果仍未上传。' },
    en: { name: 'Group ticket unanswered', meaning: 'Half of the time for a ticket of the group is used up or more, and no result has been uploaded.' },
  },
  'MR-01': {
    zh: { name: '批量投诉', meaning: '同一地区在最近 60 分钟内，因同一现象投诉的不同客户达到阈值。' },
    en: { name: 'Batch complaints', meaning: 'Within the last 60 minutes, as many different customers of one place as the threshold says complained of the same phenomenon.' },
  },
  'MR-02': {
    zh: { name: '投诉突增', meaning: '最近 60 分钟的投诉量显著高于过去 8 周同类日同一时段的中位数。' },
    en: { name: 'Surge against the seasonal baseline', meaning: 'Complaints of the last 60 minutes are far above the median of the same clock window on the same kind of day of the last 8 weeks.' },
  },
  'MR-03': {
    zh: { name: '模板化/组织化投诉', meaning: '24 小时内内容几乎相同、或由省上报为模板化的投诉（申诉）来自不同客户，其数达到阈值。' },
    en: { name: 'Template or organised complaints', meaning: 'Within 24 hours as many different customers as the threshold says sent complaints (or appeals) of nearly the same text, or that their province reported as templates.' },
  },
  'MR-04': {
    zh: { name: '敏感词', meaning: '工单正文命中敏感词，按类别定级；同类同一问题 24 小时内达到规定件数的升一级。' },
    en: { name: 'Sensitive content', meaning: 'The text of a ticket holds a sensitive word; its category gives the colour, and several tickets of one category and matter within 24 hours one more.' },
  },
  'MR-05': {
    zh: { name: '要客风险', meaning: 'VIP、关键人或 7 星客户多次有效催单或 30 天内再次越级，或多位要客 24 小时内反映同一现象。' },
    en: { name: 'Key-customer risk', meaning: 'A VIP, key person or star-7 customer has chased an open ticket again and again or went over the province’s head twice within 30 days, or several of them complained of one matter within 24 hours.' },
  },
  'MR-06': {
    zh: { name: '申诉突增', meaning: '一省最近 24 小时收到的申诉显著高于过去 8 周同类日的中位数。' },
    en: { name: 'Regulator-appeal surge', meaning: 'The appeals that a province received in the last 24 hours are far above the median of the same kind of day of the last 8 weeks.' },
  },
  'MR-07': {
    zh: { name: '网络故障关联', meaning: '有未恢复的群障，受影响用户数、相关工单数或持续时长达到阈值。' },
    en: { name: 'Outage-correlated', meaning: 'An incident is open, and the users it affects, its tickets or its length reach a threshold.' },
  },
  'MR-08': {
    zh: { name: '高层/政府渠道', meaning: '工单来自领导信箱、政务热线、信访、消协或法院公安；同一客户再次来单、同一事项多位客户或部委交办时升级。' },
    en: { name: 'Executive or government channel', meaning: 'A ticket came over the management’s letter box, the government hot line, a petition office, a consumers’ association, a court or the police; it rises with a customer’s second one, with several customers of one matter, or by order of a ministry.' },
  },
  'MR-09': {
    zh: { name: '媒体曝光', meaning: '舆情监测到的文章或帖子，按媒体级别与阅读量定级，处置前一直成立。' },
    en: { name: 'Media exposure', meaning: 'An article or post was detected; its colour follows the medium and its readers, and it stands until it is handled.' },
  },
  'MR-10': {
    zh: { name: '人身安全', meaning: '工单涉及自杀、暴力威胁、施工伤害或紧急号码打不通；确认有人伤亡或一地紧急号码不通为红色。' },
    en: { name: 'Personal safety', meaning: 'A ticket speaks of suicide, violence, an accident or emergency numbers that cannot be reached; red where somebody is confirmed hurt or the numbers are down in an area.' },
  },
  'MR-11': {
    zh: { name: '信息泄露', meaning: '工单疑似涉及个人信息泄露，按 24 小时内客户数与已核实人数定级。' },
    en: { name: 'Privacy leak', meaning: 'Tickets speak of leaked personal data; by the customers of 24 hours and by the persons confirmed.' },
  },
  'MR-12': {
    zh: { name: '涉诈聚集', meaning: '一地市 24 小时内同一现象涉诈的不同客户达到阈值。' },
    en: { name: 'Fraud cluster', meaning: 'Within 24 hours as many different customers of a city as the threshold says spoke of fraud in the same matter.' },
  },
  'MR-13': {
    zh: { name: '批量错收费', meaning: '一省 24 小时内就同一收费项目投诉的不同客户，或已核实的错收费用户数，达到阈值。' },
    en: { name: 'Billing batch', meaning: 'Within 24 hours as many different customers of a province as the threshold says complained of the same charge item, or so many wrongly charged users are confirmed.' },
  },
  'MR-14': {
    zh: { name: '群体聚集', meaning: '工单预告群体聚集为黄色，同一问题 24 小时内达到规定件数的为橙色；现场核实人数达到阈值为橙、红色。' },
    en: { name: 'Group gathering', meaning: 'A ticket announces a gathering: yellow, and orange where several of one matter do within 24 hours; orange and red by the persons confirmed at the place.' },
  },
  'MR-15': {
    zh: { name: '未成年人/老年人', meaning: '工单涉及未成年人或老年人的费用损失或销售争议；30 天内多位此类客户涉及同一网点或代理时升级。' },
    en: { name: 'Minors and elderly', meaning: 'A ticket speaks of money that a minor or an elderly person has lost, or disputes a sale to one; it rises where several within 30 days name the same hall or agent.' },
  },
  'MR-16': {
    zh: { name: '积压', meaning: '一省整点在途投诉量与近 7 日日均办结量之比，或在途超过 48 小时的占比，达到阈值。' },
    en: { name: 'Backlog', meaning: 'The open complaints of a province at the full hour, by those finished a day in the last 7 days, or the share of them open for more than 48 hours, reach the threshold.' },
  },
  'MR-17': {
    zh: { name: '数据静默', meaning: '一省已超过应有时长没有任何事件到达，其数字不可当作没有投诉。' },
    en: { name: 'Silent feed', meaning: 'Nothing of a province has arrived for longer than it should take; its figures must not be taken for "no complaints".' },
  },
  'MR-18': {
    zh: { name: '跨省同质', meaning: '24 小时内多个省就同一现象或产品有达到黄色的案件，升为集团案件。' },
    en: { name: 'Cross-province', meaning: 'Within 24 hours several provinces have a case of at least yellow about one phenomenon or product: a case of the group.' },
  },
  'MR-19': {
    zh: { name: '红线业务', meaning: '一地市 24 小时内就携出受阻、不知情定制、限制变更或无法销户投诉的不同客户达到阈值。' },
    en: { name: 'Red-line subjects', meaning: 'Within 24 hours as many different customers of a city as the threshold says complained of a refused port-out, an unknown subscription, a refused change of plan or an account that cannot be closed.' },
  },
  'MR-20': {
    zh: { name: '服务中断：客服渠道', meaning: '一省热线最近 15 分钟进入人工排队的来电不少于 200 通而接通率低于阈值，或 APP、营业厅、热线系统有未恢复的故障。' },
    en: { name: 'Own channels down', meaning: 'At least 200 calls of a province entered the queue of its hot line within 15 minutes, and fewer of them were answered than the threshold says; or the app, the halls’ or the hot line’s system is down.' },
  },
  'MR-21': {
    zh: { name: '网点/代理集中', meaning: '7 天内对同一营业厅、代理商或销售人员有争议的不同客户达到阈值。' },
    en: { name: 'One hall or agent', meaning: 'Within 7 days as many different customers as the threshold says dispute what the same hall, agent or salesperson did.' },
  },
}

/** Alerts about how the work itself is done, which no rule of the catalogues raises. */
export const DUTY_TEXTS: Readonly<Record<string, Readonly<Record<'zh' | 'en', RuleText>>>> = {
  'HO-01': {
    zh: { name: '交接班未确认', meaning: '换班 30 分钟后，交班方或接班方仍未在交接班记录上签字。' },
    en: { name: 'Handover not confirmed', meaning: 'Half an hour after the change of shift one side has not signed the record.' },
  },
  'RV-01': {
    zh: { name: '复盘措施到期', meaning: '复盘确定的措施已到期而未完成；发给其责任岗位。' },
    en: { name: 'Measure of a review due', meaning: 'A measure that a review decided is due and not done; it goes to the post whose it is.' },
  },
  'RV-02': {
    zh: { name: '复盘逾期', meaning: '复盘的初稿或签字已过时限；发给尚未签字的岗位。' },
    en: { name: 'Review overdue', meaning: 'The first version or the signature of a review is past its limit; it goes to the posts that have yet to sign.' },
  },
}
