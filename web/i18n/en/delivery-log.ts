/** English words of the log of notifications. */
export const deliveryLog = {
  log: {
    title: 'Notification log',
    about: 'Every notification of the alerts of your region: who was told, by which channel, when it left and whether it arrived; what was not sent says why.',
    all: 'The whole log',
    groups: { any: 'All', waiting: 'Waiting', sent: 'Sent', delivered: 'Delivered', failed: 'Failed', refused: 'Not sent', cancelled: 'Taken back' },
    filter: { group: 'State', channel: 'Channel', anyChannel: 'All channels', time: 'Time' },
    hours: { day: '24 hours', days: '3 days', week: '7 days', month: '31 days' },
    none: 'No such notification in this time',
    loading: 'Loading',
    step: 'step {step}',
    again: 'step {step}, called again',
    older: 'Older',
    newest: 'Back to the newest',
    due: 'due {at}',
    sentAt: 'sent {at}',
    deliveredAt: 'delivered {at}',
    readAt: 'read {at}',
  },
}
