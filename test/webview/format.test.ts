import { describe, expect, it } from "vitest";
import {
  bytes,
  count,
  duration,
  fraction,
  measure,
  progressCount,
  rate,
  shape,
  timeLeft,
} from "../../webview/format.ts";

describe("numbers are written as the field writes them", () => {
  it.each([
    [fraction(0.872), "0.872"],
    [fraction(1), "1.000"],
    [count(1000), "1,000"],
    [count(23_587_712), "23,587,712"],
    [measure(0.4127), "0.413"],
    [measure(0.0750123), "0.0750"],
    [measure(1.2), "1.20"],
    [measure(12.34), "12.3"],
    [measure(99.96), "100"],
    [measure(1234.5), "1,235"],
    [measure(0.00004123), "4.1e-5"],
    [measure(-2.361), "−2.36"],
    [measure(0), "0"],
    [measure(null), "not defined"],
    [measure(Number.NaN), "not defined"],
    [duration(3.14), "3.1 s"],
    [duration(9.96), "10 s"],
    [duration(59.7), "1 min"],
    [duration(72), "1 min 12 s"],
    [duration(7500), "2 h 5 min"],
    [bytes(12_300_000), "12 MB"],
    [bytes(1_230_000), "1.2 MB"],
    [bytes(999_900), "1.0 MB"],
    [rate(212.4, "images"), "212 images/s"],
    [rate(1187, "images"), "1,187 images/s"],
    [rate(9.96, "images"), "10 images/s"],
    [rate(3.44, "images"), "3.4 images/s"],
    [rate(0.521, "images"), "0.52 images/s"],
    [rate(3_210_000, "bytes"), "3.2 MB/s"],
    [rate(812.3, "bytes"), "812 B/s"],
    [shape([7, 7, 32]), "7 × 7 × 32"],
    [shape([null, 64]), "any × 64"],
  ])("%s", (written, expected) => expect(written).toBe(expected));

  it("gives time left coarser the further it is away", () => {
    expect([0.2, 8.4, 12, 33, 61, 250, 4000].map(timeLeft)).toEqual([
      "1 s left",
      "9 s left",
      "about 12 s left",
      "about 35 s left",
      "about 1 min left",
      "about 4 min left",
      "about 1 h 7 min left",
    ]);
  });

  it("counts progress with its unit once it is complete", () => {
    expect(progressCount(320, 500, "images")).toEqual({ count: "320 of 500", unit: "" });
    expect(progressCount(500, 500, "images")).toEqual({ count: "500", unit: "images" });
    expect(progressCount(1, null, "files")).toEqual({ count: "1", unit: "file" });
    expect(progressCount(1_200_000, 12_000_000, "bytes")).toEqual({ count: "1.2 MB of 12 MB", unit: "" });
  });
});
