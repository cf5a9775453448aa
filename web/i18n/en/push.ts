/** English words of pages shown by the browser. */
export const push = {
  push: {
    title: 'Web push',
    hint: 'While the desk is closed this browser shows what comes in the application; a click opens the page that acknowledges. Push services may be out of reach inside China: SMS and chat go on as before.',
    loading: 'Loading',
    state: {
      unsupported: 'This browser knows no push: use a recent Edge, Chrome, Firefox or Safari.',
      insecure: 'Push works over HTTPS alone: open this deployment by its https:// address.',
      denied: 'Notifications are blocked in this browser: allow them in the settings of the site beside the address, then load this page again.',
      off: 'Off in this browser.',
      on: 'On in this browser.',
    },
    on: 'Turn on in this browser',
    off: 'Turn off in this browser',
    notGranted: 'Notifications were not allowed: it was not turned on.',
    failed: 'The browser did not reach its push service: it was not turned on.',
    mine: 'Registered browsers',
    none: 'No browser is registered.',
    service: 'Push service',
    since: 'Registered',
    state_: 'State',
    here: 'this browser',
    active: 'On',
    removed: { gone: 'Removed {at}: the push service says that it is gone', by_person: 'Removed {at} by yourself' },
    remove: 'Remove',
    actions: 'Actions',
  },
}
