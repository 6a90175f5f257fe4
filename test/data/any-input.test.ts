import { writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDelimited } from "../../src/data/formats/delimited.ts";
import { inferColumn, missingCells } from "../../src/data/formats/infer-column.ts";
import { readPickle } from "../../src/data/formats/pickle.ts";
import { resolveFormula } from "../../src/data/recipe/formula.ts";
import { splitRows } from "../../src/data/split.ts";
import { UserError } from "../../src/protocol/index.ts";
import { folder } from "./table-tools.ts";

/** Whatever people and disks come up with gives a result or a message for people, never another failure. */
describe("any input", () => {
  test("any text as CSV is a table as wide as its header, or a UserError", async () => {
    const file = path.join(folder(), "any.csv");
    const parts = fc.constantFrom(
      "a",
      "1",
      ",",
      ";",
      '"',
      '""',
      "\n",
      "\r\n",
      "\r",
      " ",
      "\uFEFF",
      "é",
      "NA",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { maxLength: 40 }), async (text) => {
        writeFileSync(file, text.join(""));
        try {
          const { header, records, lines } = await readDelimited(file, ",");
          expect(records.every((record) => record.length === header.length)).toBe(true);
          expect(lines.every((line, at) => line > (lines[at - 1] ?? 1))).toBe(true);
          for (const at of header.keys())
            inferColumn(
              records.map((record) => record[at]!),
              missingCells(undefined),
            );
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });

  test("any text as a formula", () => {
    const parts = fc.constantFrom("y", "x1", "x 2", "`x 2`", ".", "~", "+", "-", " ", "(", "1", "`");
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (text) => {
        try {
          const { outcomes, predictors } = resolveFormula(text.join(""), ["y", "x1", "x 2", "z"]);
          expect(outcomes.length * predictors.length).toBeGreaterThan(0);
          expect(predictors.some((name) => outcomes.includes(name))).toBe(false);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("any bytes as a pickle end, with data or a refusal", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          readPickle(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { numRuns: 2000 },
    );
    // A length below zero must not lead back to what was read.
    expect(() => readPickle(Buffer.from([0x54, 0xfb, 0xff, 0xff, 0xff, 0x2e]))).toThrow("cut short");
  });

  test("any split: every row at most once, none lost when all are dealt out", () => {
    const part = fc.option(
      fc.oneof(fc.double({ min: 0.01, max: 0.6, noNaN: true }), fc.integer({ min: 1, max: 30 })),
      {
        nil: undefined,
      },
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        part,
        part,
        part,
        fc.integer(),
        (rows, test, validation, train, seed) => {
          try {
            const options = Object.fromEntries(
              Object.entries({ test, validation, train, seed }).filter(([, value]) => value !== undefined),
            );
            const sets = splitRows(rows, options, "things");
            const dealt = [...sets.train, ...(sets.validation ?? []), ...(sets.test ?? [])];
            expect(new Set(dealt).size).toBe(dealt.length);
            if (train === undefined) expect(dealt.length).toBe(rows);
          } catch (error) {
            if (!(error instanceof UserError)) throw error;
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
