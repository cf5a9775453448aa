export const ack = {
  ack: {
    where: 'Scope',
    about: 'About',
    counts: 'Size',
    since: 'Since',
    by: 'Acknowledge by',
    take: 'I am on it',
    means: 'This acknowledges as you: nobody else is called, and the clock for a plan begins.',
    taken: 'You have acknowledged it; the clock for a plan runs.',
    changed: 'The colour is another than when you were paged: look first.',
    unknown: 'This link is not valid, or its page is no longer kept. Use the desk.',
    desk: 'Open the desk',
    state: {
      answered: '{name} acknowledged at {at}; nothing is left to acknowledge.',
      over: 'This alert has ended or asks nobody now.',
      used: 'This link has been used; use the desk.',
      expired: 'This link has expired; use the desk.',
    },
  },
}
