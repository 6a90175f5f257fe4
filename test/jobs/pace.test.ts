import { describe, expect, it } from "vitest";
import { Pace, Throttle } from "../../src/jobs/pace.ts";

describe("seconds left", () => {
  it("are not told before half a second of work, nor where the total is unknown", () => {
    const pace = new Pace();
    expect(pace.left(0, 100, 0)).toBeNull();
    expect(pace.left(10, 100, 200)).toBeNull();
    expect(pace.left(20, 100, 400)).toBeNull();
    expect(pace.left(30, 100, 600)).toBeCloseTo(1.4, 1);
    expect(new Pace().left(5, null, 5000)).toBeNull();
  });

  it("count down with steady work and end at nought", () => {
    const pace = new Pace();
    const told: number[] = [];
    for (let done = 0; done <= 100; done++) {
      const left = pace.left(done, 100, done * 100);
      if (left !== null) told.push(left);
    }
    expect(told.every((left, i) => i === 0 || left <= told[i - 1]!)).toBe(true);
    expect(told[0]).toBeCloseTo(9.5, 1);
    expect(told.at(-1)).toBe(0);
  });

  it("do not jump when one step takes long", () => {
    const pace = new Pace();
    let left: number | null = null;
    for (let done = 0; done <= 20; done++) left = pace.left(done, 100, done * 100);
    expect(left).toBeCloseTo(8, 1);
    const after = pace.left(21, 100, 20 * 100 + 1500);
    expect(after).toBeLessThan(9);
    expect(after).toBeGreaterThan(6.5);
  });

  it("do not take what a cache had already for speed", () => {
    const pace = new Pace();
    pace.left(400, 500, 0);
    pace.left(405, 500, 500);
    expect(pace.left(410, 500, 1000)).toBeCloseTo(9, 0);
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
