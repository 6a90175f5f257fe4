/** A time left as it was last shown. */
export interface TimeLeft {
  readonly seconds: number;
  /** When it was shown, in seconds. */
  readonly at: number;
}

/**
 * The time left to show now. It runs down with the clock, leans towards new estimates, and does not
 * grow: where an estimate is longer it stands still, unless it is more than twice as long, when
 * standing still would be a lie and it leans upwards.
 * @param estimate seconds left as the run says now; null where it does not know
 * @param now in seconds, on the clock that `shown.at` was read from
 */
export function nextTimeLeft(shown: TimeLeft | null, estimate: number | null, now: number): TimeLeft | null {
  if (estimate === null) return null;
  if (shown === null) return { seconds: Math.max(0, estimate), at: now };
  const expected = Math.max(0, shown.seconds - (now - shown.at));
  const leaning = expected + 0.3 * (estimate - expected);
  const seconds = estimate > 2 * shown.seconds + 2 ? leaning : Math.min(leaning, shown.seconds);
  return { seconds: Math.max(0, seconds), at: now };
}
