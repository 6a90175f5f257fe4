import { describe, expect, it } from "vitest";
import { Pace, Throttle, type Told } from "../../src/jobs/pace.ts";

/** Reports of work that begins at `from` and does one unit each `every` milliseconds; all that was told of it. */
function work(pace: Pace, { from = 0, to = 100, total = 100, start = 0, every = 100, cached = 0 }) {
  const told: Told[] = [];
  for (let done = from; done <= to; done++)
    told.push(pace.tell(done, total, start + (done - from) * every, cached));
  return told;
}

describe("seconds left", () => {
  it("are not told before half a second of work, nor where the total is unknown", () => {
    const told = work(new Pace(), { to: 8 }).map(({ eta_s }) => eta_s);
    expect(told.slice(0, 6)).toEqual([null, null, null, null, null, null]);
    expect(told[6]).toBeCloseTo(9.4, 1);
    const unknown = new Pace();
    for (const now of [0, 1000, 2000]) expect(unknown.tell(now, null, now).eta_s).toBeNull();
  });

  it("count down with steady work and end at nought", () => {
    const told = work(new Pace(), {}).flatMap(({ eta_s }) => (eta_s === null ? [] : [eta_s]));
    expect(told.every((left, i) => i === 0 || left <= told[i - 1]!)).toBe(true);
    expect(told[0]).toBeCloseTo(9.4, 1);
    expect(told.at(-1)).toBe(0);
  });

  it("do not jump when one step takes long", () => {
    const pace = new Pace();
    expect(work(pace, { to: 20 }).at(-1)?.eta_s).toBeCloseTo(8, 1);
    const after = pace.tell(21, 100, 2000 + 1500).eta_s;
    expect(after).toBeLessThan(9);
    expect(after).toBeGreaterThan(6.5);
  });

  it("go on counting while nothing is said to be done", () => {
    const pace = new Pace();
    expect(work(pace, { to: 20 }).at(-1)?.eta_s).toBeCloseTo(8, 1);
    expect(work(pace, { from: 20, to: 20, start: 13_000 }).at(-1)?.eta_s).toBe(0);
  });

  it("are of the speed that computes, and not of the cache's before it", () => {
    const pace = new Pace();
    pace.tell(0, 500, 0, 0);
    pace.tell(400, 500, 40, 400);
    // It takes a second to begin, then two images in every hundred milliseconds.
    let told: Told = { eta_s: null };
    for (let i = 1; i <= 10; i++) told = pace.tell(400 + 2 * i, 500, 1040 + 100 * i, 400);
    expect(told.eta_s).toBeCloseTo(4, 0);
    expect(told.per_s).toBeCloseTo(20, 5);
  });

  it("take what is still to come for as often cached as what came last", () => {
    const pace = new Pace();
    let told: Told = { eta_s: null };
    // Every other image is in the cache; the others take a tenth of a second.
    for (let i = 0; i <= 20; i++) told = pace.tell(2 * i, 100, 100 * i, i);
    expect(told.eta_s).toBeCloseTo(3, 0);
    expect(told.per_s).toBeCloseTo(10, 5);
  });

  it("are told of a long read from the cache, whose speed is none of the base's", () => {
    const pace = new Pace();
    let told: Told = { eta_s: null };
    for (let done = 0; done <= 20_000; done += 1000) told = pace.tell(done, 50_000, done / 10, done);
    expect(told.eta_s).toBeCloseTo(3, 1);
    expect(told.per_s).toBeUndefined();
  });

  it("do not take what a download that is resumed had already for speed", () => {
    const pace = new Pace();
    pace.tell(400, 500, 0);
    pace.tell(405, 500, 500);
    expect(pace.tell(410, 500, 1000).eta_s).toBeCloseTo(9, 0);
  });
});

describe("units a second", () => {
  it("leave out what it took to begin, and are those of the last ten seconds", () => {
    const pace = new Pace();
    pace.tell(0, 10_000, 0);
    // Three seconds until the first is there.
    expect(work(pace, { from: 1, to: 200, total: 10_000, start: 3000 }).at(-1)?.per_s).toBe(10);
    // Then it is four times as fast: after ten seconds nothing is left of before.
    const faster = work(pace, { from: 201, to: 620, total: 10_000, start: 22_925, every: 25 });
    expect(faster.at(40)?.per_s).toBeLessThan(20);
    expect(faster.at(-1)?.per_s).toBe(40);
  });

  it("are three digits of a number", () => {
    const pace = new Pace();
    pace.tell(1, 3000, 0);
    expect(pace.tell(1235, 3000, 1000).per_s).toBe(1230);
  });
});

describe("progress that is told", () => {
  it("is at most ten a second, then two a second, and always the last", () => {
    const throttle = new Throttle();
    const count = (from: number, to: number) => {
      let told = 0;
      for (let now = from; now < to; now += 1) if (throttle.lets(now, false)) told++;
      return told;
    };
    expect(count(0, 10_000)).toBe(100);
    count(10_000, 30_000);
    expect(count(30_000, 40_000)).toBe(20);
    expect(throttle.lets(40_000, true)).toBe(true);
  });
});
