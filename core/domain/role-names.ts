import type { Role } from './vocabulary.ts'

/** Roles as people call them (domain.md 2.4), for records and messages; screens have their own dictionary. */
export const ROLE_NAMES: Readonly<Record<Role, { readonly zh: string; readonly en: string }>> = {
  duty_agent: { zh: '值班坐席', en: 'duty agent' },
  duty_leader: { zh: '值班长', en: 'duty leader' },
  duty_manager: { zh: '值班经理', en: 'duty manager' },
  province_center_director: { zh: '省投诉中心主任', en: 'province centre director' },
  province_cs_dept: { zh: '省客户服务部', en: 'province customer service dept' },
  city_owner: { zh: '地市责任人', en: 'city owner' },
  dept_owner: { zh: '专业部门责任人', en: 'department owner' },
  group_ops: { zh: '集团运营中心', en: 'group operations' },
  group_cs_dept: { zh: '集团客户服务部', en: 'group customer service dept' },
  exec: { zh: '领导', en: 'executive' },
  data_steward: { zh: '数据管理员', en: 'data steward' },
  auditor: { zh: '审计', en: 'auditor' },
  admin: { zh: '系统管理员', en: 'administrator' },
}
