/** 通知证明：应发与实发。 */
export const proof = {
  title: '通知证明',
  show: '核对应发与实发',
  loading: '正在核对…',
  none: '没有应发的通知',
  summary: '应发 {due} 次：按时 {kept}，迟 {late}，漏 {missed}',
  due: '应发',
  made: '实发',
  step: '第 {step} 步',
  reminder: '第 {step} 步的提醒',
  handling: '处理超时通知',
  verdict: { kept: '按时', late: '迟 {seconds} 秒', missed: '漏发', not_needed: '无需', to_come: '未到' },
  why: { acknowledged: '已确认', not_live: '已结束', covered: '由同一工单的另一预警通知', restarted: '级别变化，重新开始', exhausted: '阶梯已走完', handled: '已有方案', quiet: '静默中' },
  export: '导出 JSON',
  sealed: '日志 {lines} 行，已封存 {sealed} 行',
}
