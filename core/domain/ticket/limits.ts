/**
 * Limits of the clocks (domain.md 3.6, Appendix A `limits_minutes`, `limits_days`, `suspend`, `extension`, `reopen_days`, `expedite`, `repeat`).
 * Configuration, versioned; minutes unless the name says otherwise.
 */
export interface ClockLimits {
  readonly dispatchHigh: number
  readonly dispatch: number
  /** Inside the window of the day shift. */
  readonly claimWindow: number
  readonly firstContact: number
  readonly firstContactGolden: number
  /** Units that promise the golden half hour. */
  readonly goldenUnits: readonly string[]
  readonly handleMinutes: number
  readonly handleHighValueMinutes: number
  readonly highValueStar: number
  readonly leg: number
  readonly assistMargin: number
  readonly assistLeast: number
  readonly review: number
  /** A review that would end at night ends at this reading of the clock, minutes after midnight. */
  readonly reviewNightEnd: number
  readonly customerReply: number
  readonly surveySend: number
  readonly surveyAnswer: number
  readonly satisfactionRepair: number
  readonly supervision: number
  readonly faultResponse: number
  readonly faultFirst: number
  readonly faultHardUrban: number
  readonly faultHardRural: number
  /** Reported strictly before this reading of the clock: due the same day at 24:00; minutes after midnight. */
  readonly faultSameDayCut: number
  readonly faultNextDay: number
  readonly outageRestore: number
  readonly provision: number
  readonly stageFee: number
  readonly stageResource: number
  readonly stageData: number
  readonly appointmentGrace: number
  readonly refundPay: number
  readonly reconnect: number
  readonly opinionFirst: number
  readonly complaintAnswerNaturalDays: number
  readonly appealContact: number
  readonly appealInternalWorkingDays: number
  readonly appealFeedbackNaturalDays: number
  readonly appealCloseNaturalDays: number
  readonly gov12345UrgentWorkingDays: number
  readonly gov12345EnquiryWorkingDays: number
  readonly gov12345ComplaintWorkingDays: number
  readonly rollForwardIfHoliday: boolean
  readonly suspendMaxHours: number
  readonly suspendMinFailedContacts: number
  /** Units whose clocks stand still outside the day shift's window. */
  readonly autoSuspendUnits: readonly string[]
  readonly extensionsPerLeg: number
  readonly extensionMaxHours: number
  readonly reopenDays: number
  readonly repeatDays: number
  readonly repeatSameContactHours: number
  readonly reorderDelaySeconds: number
  /** The day shift, minutes after midnight: windows of C_CLAIM, of expedites, of the review's night. */
  readonly dayShiftStart: number
  readonly dayShiftEnd: number
}

export const DEFAULT_CLOCK_LIMITS: ClockLimits = {
  dispatchHigh: 30,
  dispatch: 120,
  claimWindow: 120,
  firstContact: 1440,
  firstContactGolden: 30,
  goldenUnits: [],
  handleMinutes: 2880,
  handleHighValueMinutes: 1440,
  highValueStar: 5,
  leg: 1440,
  assistMargin: 120,
  assistLeast: 120,
  review: 240,
  reviewNightEnd: 720,
  customerReply: 240,
  surveySend: 2880,
  surveyAnswer: 240,
  satisfactionRepair: 1440,
  supervision: 720,
  faultResponse: 240,
  faultFirst: 30,
  faultHardUrban: 2880,
  faultHardRural: 4320,
  faultSameDayCut: 960,
  faultNextDay: 1440,
  outageRestore: 120,
  provision: 1440,
  stageFee: 1440,
  stageResource: 240,
  stageData: 240,
  appointmentGrace: 30,
  refundPay: 1440,
  reconnect: 30,
  opinionFirst: 60,
  complaintAnswerNaturalDays: 15,
  appealContact: 1440,
  appealInternalWorkingDays: 5,
  appealFeedbackNaturalDays: 10,
  appealCloseNaturalDays: 30,
  gov12345UrgentWorkingDays: 0,
  gov12345EnquiryWorkingDays: 3,
  gov12345ComplaintWorkingDays: 13,
  rollForwardIfHoliday: false,
  suspendMaxHours: 72,
  suspendMinFailedContacts: 3,
  autoSuspendUnits: [],
  extensionsPerLeg: 1,
  extensionMaxHours: 24,
  reopenDays: 7,
  repeatDays: 30,
  repeatSameContactHours: 1,
  reorderDelaySeconds: 120,
  dayShiftStart: 480,
  dayShiftEnd: 1200,
}
