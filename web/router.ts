import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'
import { ApiFailure } from './api/request.ts'
import { whoAmI } from './session/session.ts'

/** Pages for signed-in people send others to the login first; the wall decides for itself, because it never leaves its page. */
async function needsPerson(to: RouteLocationNormalized) {
  try {
    return (await whoAmI()) ? true : { path: '/login', query: { next: to.fullPath } }
  } catch (error) {
    if (error instanceof ApiFailure) return { path: '/login', query: { next: to.fullPath } }
    throw error
  }
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/wall', component: () => import('./wall/WallPage.vue') },
    { path: '/ack/:token', component: () => import('./ack/AckPage.vue') },
    { path: '/login', component: () => import('./login/LoginPage.vue') },
    {
      path: '/',
      component: () => import('./frame/PersonFrame.vue'),
      beforeEnter: needsPerson,
      children: [
        { path: '', redirect: '/desk' },
        { path: 'desk/:id?', component: () => import('./desk/DeskPage.vue') },
        { path: 'cases/:id', component: () => import('./case/CasePage.vue') },
        { path: 'tickets/:key', component: () => import('./ticket/TicketPage.vue') },
        { path: 'abnormal', component: () => import('./abnormal/AbnormalPage.vue') },
        { path: 'kpi', component: () => import('./kpi/KpiPage.vue') },
        { path: 'data', component: () => import('./data/DataPage.vue') },
        { path: 'rules', component: () => import('./rules/RulesPage.vue') },
        { path: 'ladders', component: () => import('./ladders/LaddersPage.vue') },
        { path: 'deliveries', component: () => import('./deliveries/DeliveriesPage.vue') },
        { path: 'silences', component: () => import('./quiet/QuietPage.vue') },
        { path: 'calendar', component: () => import('./calendar/CalendarPage.vue') },
        { path: 'rosters', component: () => import('./rosters/RostersPage.vue') },
        { path: 'handovers/:id?', component: () => import('./handover/HandoverPage.vue') },
        { path: 'reviews', component: () => import('./review/ReviewsPage.vue') },
        { path: 'keywords', component: () => import('./keywords/KeywordsPage.vue') },
        { path: 'settings/:kind?', component: () => import('./settings/SettingsPage.vue') },
        { path: 'me', component: () => import('./admin/MyContactsPage.vue') },
        { path: 'admin', component: () => import('./admin/AdminPage.vue') },
        { path: ':rest(.*)*', component: () => import('./frame/NoSuchPage.vue') },
      ],
    },
  ],
})
