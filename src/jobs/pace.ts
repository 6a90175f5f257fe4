/**
 * Guesses the seconds left of a phase. The guess counts down with the clock and is drawn gently to
 * what the speed so far says, so that it neither jumps nor stands still.
 */
export class Pace {
  #began: number | null = null;
  #doneAtBegin = 0;
  #seen = 0;
  #guess: number | null = null;
  #at = 0;

  /**
   * @param now milliseconds on any clock that only goes forward.
   * @returns seconds left, rounded to tenths; null until it can be told (half a second of work).
   */
  left(done: number, total: number | null, now: number): number | null {
    if (this.#began === null) {
      this.#began = now;
      // A cache or a resumed download begins far along: what was there already says nothing of speed.
      this.#doneAtBegin = done;
    }
    this.#seen++;
    const spent = (now - this.#began) / 1000;
    const gained = done - this.#doneAtBegin;
    if (total === null || gained <= 0 || spent < 0.5 || this.#seen < 3) return null;
    const raw = ((total - done) * spent) / gained;
    const expected = this.#guess === null ? raw : Math.max(0, this.#guess - (now - this.#at) / 1000);
    this.#guess = done >= total ? 0 : expected + 0.25 * (raw - expected);
    this.#at = now;
    return Math.round(this.#guess * 10) / 10;
  }
}

/** Lets through at most ten a second, two a second after half a minute, and always the last. */
export class Throttle {
  #began: number | null = null;
  #last = -Infinity;

  lets(now: number, isLast: boolean): boolean {
    this.#began ??= now;
    const gap = now - this.#began < 30_000 ? 100 : 500;
    if (!isLast && now - this.#last < gap) return false;
    this.#last = now;
    return true;
  }
}
