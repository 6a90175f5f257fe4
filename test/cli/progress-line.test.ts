import { describe, expect, it } from "vitest";
import { counted, duration, rate, threeDigits } from "../../src/cli/numbers.ts";
import { bar, ProgressLine, progressText } from "../../src/cli/progress-line.ts";
import { wantsColours } from "../../src/cli/terminal.ts";

/** A terminal that remembers what was written to it. */
function terminal(isTTY: boolean, columns = 40) {
  const written: string[] = [];
  const stream = {
    isTTY,
    columns,
    write: (text: string) => written.push(text),
  } as unknown as NodeJS.WriteStream;
  return { written, line: new ProgressLine(stream) };
}

describe("the moving line", () => {
  it("is written over itself, never wider than the terminal, and taken away", () => {
    const { written, line } = terminal(true, 10);
    line.show("Fitting a long line");
    line.show("Fitting a long line too");
    line.clear();
    line.clear();
    expect(written).toEqual(["\r\u001B[KFitting a", "\r\u001B[K"]);
  });

  it("is whole where the terminal does not know its width", () => {
    const { written, line } = terminal(true, 0);
    line.show("Fitting a line");
    expect(written).toEqual(["\r\u001B[KFitting a line"]);
  });

  it("is nothing where there is no terminal", () => {
    const { written, line } = terminal(false);
    line.show("Fitting");
    line.clear();
    expect(written).toEqual([]);
  });

  it("says how far and how long still", () => {
    expect(progressText("Features", 240, 500, "images", 12.3)).toBe(
      "Features ██████████░░░░░░░░░░ 240 of 500 images · 13 s left",
    );
    expect(progressText("Features", 240, 500, "images", 3, 212)).toBe(
      "Features ██████████░░░░░░░░░░ 240 of 500 images · 212 images/s · 3 s left",
    );
    expect(progressText("Features", 240, 500, "images", 245)).toMatch(/ · 4 min 5 s left$/);
    expect(progressText("Features", 500, 500, "images", 0, 212)).toMatch(
      / 500 of 500 images · 212 images\/s$/,
    );
    expect(progressText("Loading", 1_500_000, null, "bytes", null)).toBe("Loading 1.5 MB");
    expect(progressText("Loading", 1_500_000, null, "bytes", null, 3_210_000)).toBe(
      "Loading 1.5 MB · 3.2 MB/s",
    );
    expect(progressText("Loading", 1_500_000, 11_000_000, "bytes", null)).toBe(
      "Loading ███░░░░░░░░░░░░░░░░░ 1.5 of 11.0 MB",
    );
    expect(bar(2, 4)).toBe("████");
  });
});

it("numbers are as people read them", () => {
  expect([0.94444, 1, 0, 12.345, 1234.5, 0.0001234, NaN].map(threeDigits)).toEqual([
    "0.944",
    "1.000",
    "0.000",
    "12.3",
    "1,235",
    "1.23e-4",
    "NaN",
  ]);
  expect([3.14, 12, 245, 7800].map(duration)).toEqual(["3.1 s", "12 s", "4 min 5 s", "2 h 10 min"]);
  expect([212.4, 1187, 3.44, 0.521].map((speed) => rate(speed, "images"))).toEqual([
    "212 images/s",
    "1,187 images/s",
    "3.4 images/s",
    "0.52 images/s",
  ]);
  expect([counted(1, "error"), counted(1200, "row")]).toEqual(["1 error", "1,200 rows"]);
});

it("colours are for terminals, and NO_COLOR is respected", () => {
  expect(wantsColours({ isTTY: true }, {})).toBe(true);
  expect(wantsColours({ isTTY: true }, { NO_COLOR: "1" })).toBe(false);
  expect(wantsColours({ isTTY: true }, { TERM: "dumb" })).toBe(false);
  expect(wantsColours({}, { FORCE_COLOR: "1" })).toBe(false);
});
