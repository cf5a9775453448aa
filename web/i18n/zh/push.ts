/** Chinese words of pages shown by the browser. */
export const push = {
  push: {
    title: '浏览器推送',
    hint: '值班台关着时，站内通知也由本浏览器弹出，点开即到确认页。推送服务在境内可能不可达，短信与即时通讯仍照常。',
    loading: '读取中',
    state: {
      unsupported: '此浏览器不支持推送，请换用新版 Edge、Chrome、Firefox 或 Safari。',
      insecure: '推送只在 HTTPS 地址下可用，请以 https:// 打开本系统。',
      denied: '已在浏览器中禁止通知：请在地址栏的站点设置里允许“通知”，再刷新本页。',
      off: '本浏览器未开启。',
      on: '本浏览器已开启。',
    },
    on: '在本浏览器开启',
    off: '在本浏览器关闭',
    notGranted: '未获准通知，没有开启。',
    failed: '浏览器未能连上推送服务，没有开启。',
    mine: '已登记的浏览器',
    none: '还没有登记浏览器。',
    service: '推送服务',
    since: '登记时间',
    state_: '状态',
    here: '本浏览器',
    active: '启用',
    removed: { gone: '推送服务称已失效，{at} 移除', by_person: '{at} 由本人移除' },
    remove: '移除',
    actions: '操作',
  },
}
