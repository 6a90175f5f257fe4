/** What can be told of a phase's speed. */
export interface Told {
  /** Seconds left, rounded to tenths; null until it can be told. */
  readonly eta_s: number | null;
  /** Units computed a second, three digits of it; absent until it can be told, and where nothing had to be computed. */
  readonly per_s?: number;
}

/**
 * How fast a phase is, and how long it still takes. The time left counts down with the clock and is drawn gently to
 * what the speed of the last ten seconds says, so that it neither jumps nor stands still.
 *
 * What a cache or a download that is resumed had already says nothing of speed: the clock starts when the first
 * unit has been computed, which leaves out what it took to begin as well. The units that are still to come are taken
 * to be as often in the cache as the last ones were.
 */
export class Pace {
  #began: Sample | null = null;
  /** Of the last ten seconds, oldest first, not closer than {@link APART_MS}. */
  #samples: Sample[] = [];
  #guess: { readonly left: number; readonly at: number } | null = null;

  /**
   * @param cached how many of `done` were not computed.
   * @param now milliseconds on any clock that only goes forward.
   */
  tell(done: number, total: number | null, now: number, cached = 0): Told {
    const sample: Sample = { now, done, computed: done - cached };
    if (this.#began === null || (this.#began.computed === 0 && sample.computed > 0)) {
      this.#began = sample;
      this.#samples = [sample];
      this.#guess = null;
      return { eta_s: null };
    }
    // The oldest one that is kept is at least as old as the window, where there is one.
    while (this.#samples.length > 1 && now - this.#samples[1]!.now >= WINDOW_MS) this.#samples.shift();
    const from = this.#samples[0]!;
    if (now - this.#samples.at(-1)!.now >= APART_MS) this.#samples.push(sample);
    const seconds = (now - from.now) / 1000;
    const gained = done - from.done;
    if (seconds < ENOUGH_S || gained <= 0) return { eta_s: tenths(this.#leftBefore(now)) };
    const computed = sample.computed - from.computed;
    return {
      eta_s: total === null ? null : this.#left(((total - done) * seconds) / gained, done >= total, now),
      ...(computed > 0 ? { per_s: Number((computed / seconds).toPrecision(3)) } : {}),
    };
  }

  #left(raw: number, finished: boolean, now: number): number {
    const before = this.#leftBefore(now) ?? raw;
    const left = finished ? 0 : before + 0.25 * (raw - before);
    this.#guess = { left, at: now };
    return tenths(left);
  }

  #leftBefore(now: number): number | null {
    return this.#guess === null ? null : Math.max(0, this.#guess.left - (now - this.#guess.at) / 1000);
  }
}

interface Sample {
  readonly now: number;
  readonly done: number;
  readonly computed: number;
}

const WINDOW_MS = 10_000;
const APART_MS = 100;
const ENOUGH_S = 0.5;

function tenths<T extends number | null>(seconds: T): T {
  return (seconds === null ? null : Math.round(seconds * 10) / 10) as T;
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
