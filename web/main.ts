import './style/tokens.css'
import './style/base.css'
import './style/page.css'
import { createApp } from 'vue'
import App from './App.vue'
import { i18n } from './i18n/i18n.ts'
import { reloadOnce } from './live/reload-once.ts'
import { router } from './router.ts'

// After a deploy an old page asks for files that are gone: load the new page, once.
window.addEventListener('vite:preloadError', (event) => {
  if (reloadOnce()) event.preventDefault()
})

createApp(App).use(i18n).use(router).mount('#app')
