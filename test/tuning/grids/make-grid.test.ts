import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  activation,
  batch_size,
  dropout,
  epochs,
  grid_latin_hypercube,
  grid_random,
  grid_regular,
  grid_space_filling,
  hidden_units,
  learn_rate,
  loss_function_keras,
  new_quant_param,
  num_terms,
  optimizer_function,
  parameters,
  penalty,
  recipe,
  tune,
  type Parameter,
} from "kspec";
import type { GridDescription } from "../../../src/kspec/tuning-description.ts";
import type { TunedParameter } from "../../../src/protocol/index.ts";
import { configNames, makeGrid } from "../../../src/tuning/grids/index.ts";
import { resolveParameters } from "../../../src/tuning/parameters/index.ts";
import { tuned } from "../a-workflow.ts";

/** Parameters as they are when a tuning begins, by id. */
function settled(given: Record<string, Parameter>): TunedParameter[] {
  return Object.entries(given).map(([id, { kind: _, ...own }]) => ({
    id,
    target: { kind: "argument", argument: id },
    ...own,
  })) as TunedParameter[];
}
const grid = (how: GridDescription | number | undefined, given: Record<string, Parameter>, seed = 1) =>
  makeGrid(how, settled(given), seed);
const column = (rows: readonly Record<string, unknown>[], id: string) => [
  ...new Set(rows.map((row) => row[id])),
];
const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect((error as Error).name).toBe("UserError");
    return (error as Error).message;
  }
  throw new Error("It was not refused.");
};

describe("regular grids are those of kerasnip's vignettes", () => {
  test("getting_started: 27 candidates", () => {
    const wf = tuned({ num_dense: tune(), dense_units: tune(), dense_rate: tune() });
    const info = parameters({
      num_dense: num_terms([1, 3]),
      dense_units: hidden_units([64, 256]),
      dense_rate: dropout([0.2, 0.4]),
    });
    const rows = makeGrid(grid_regular(info, { levels: 3 }), resolveParameters(wf, info), 1);
    expect(rows.length).toBe(27);
    expect(column(rows, "num_dense")).toEqual([1, 2, 3]);
    expect(column(rows, "dense_units")).toEqual([64, 160, 256]);
    expect(column(rows, "dense_rate")).toEqual([0.2, 0.3, 0.4]);
    // The first parameter changes fastest, as in dials.
    expect(rows.slice(0, 4)).toEqual([
      { num_dense: 1, dense_units: 64, dense_rate: 0.2 },
      { num_dense: 2, dense_units: 64, dense_rate: 0.2 },
      { num_dense: 3, dense_units: 64, dense_rate: 0.2 },
      { num_dense: 1, dense_units: 160, dense_rate: 0.2 },
    ]);
  });

  test("workflows_functional: 81 candidates, units 16, 40 and 64", () => {
    const units = hidden_units([16, 64]);
    const rows = grid(grid_regular({ levels: 3 }), {
      a: hidden_units([32, 128]),
      b: units,
      c: units,
      d: units,
    });
    expect(rows.length).toBe(81);
    expect([column(rows, "a"), column(rows, "b")]).toEqual([
      [32, 80, 128],
      [16, 40, 64],
    ]);
  });

  test("tuning_fit_compile_args: 32 candidates, of a list of values the first ones", () => {
    const rows = grid(grid_regular({ levels: 2 }), {
      fit_epochs: epochs([10, 30]),
      fit_batch_size: batch_size([16, 64], { trans: null }),
      compile_optimizer: optimizer_function(["adam", "sgd", "rmsprop"]),
      compile_loss: loss_function_keras(["categorical_crossentropy", "kl_divergence"]),
      learn_rate: learn_rate([0.001, 0.01], { trans: null }),
    });
    expect(rows.length).toBe(32);
    expect(column(rows, "compile_optimizer")).toEqual(["adam", "sgd"]);
    expect(column(rows, "fit_batch_size")).toEqual([16, 64]);
    expect(column(rows, "learn_rate")).toEqual([0.001, 0.01]);
  });

  test("whole numbers are rounded down: Tidy Modeling with R, section 13.1", () => {
    const rows = grid(grid_regular({ levels: { hidden_units: 3, penalty: 2, epochs: 2 } }), {
      hidden_units: hidden_units(),
      penalty: penalty(),
      epochs: epochs(),
    });
    expect(rows.length).toBe(12);
    expect(column(rows, "hidden_units")).toEqual([1, 5, 10]);
    expect(column(rows, "penalty")).toEqual([1e-10, 1]);
    expect(column(rows, "epochs")).toEqual([10, 1000]);
  });
});

describe("regular grids", () => {
  test("powers of ten and of two", () => {
    const rows = grid(grid_regular({ levels: 4 }), { rate: learn_rate([-4, -1]), batch: batch_size([3, 6]) });
    expect(column(rows, "rate")).toEqual([0.0001, 0.001, 0.01, 0.1]);
    expect(column(rows, "batch")).toEqual([8, 16, 32, 64]);
  });

  test("equal whole numbers are one; those of a list are as many as there are", () => {
    expect(grid(grid_regular({ levels: 9 }), { n: num_terms([1, 3]) })).toEqual([
      { n: 1 },
      { n: 2 },
      { n: 3 },
    ]);
    expect(grid(grid_regular({ levels: 9 }), { a: activation(["relu", "tanh"]) }).length).toBe(2);
    const listed = { n: new_quant_param({ type: "integer", values: [64, 16, 32] }) };
    expect(grid(grid_regular({ levels: 2 }), listed)).toEqual([{ n: 64 }, { n: 16 }]);
  });

  test("levels by id; the others have 3", () => {
    const given = { a: dropout([0, 0.5]), b: dropout([0, 0.5]) };
    expect(grid(grid_regular({ levels: { a: 5 } }), given).length).toBe(15);
    expect(grid(grid_regular(), given).length).toBe(9);
    expect(grid(grid_regular({ levels: 1 }), given)).toEqual([{ a: 0, b: 0 }]);
  });

  test("a filter keeps some", () => {
    const rows = grid(grid_regular({ levels: 3, filter: ({ a, b }) => a <= b }), {
      a: num_terms([1, 3]),
      b: num_terms([1, 3]),
    });
    expect(rows.length).toBe(6);
  });
});

const mixed = {
  units: hidden_units([16, 128]),
  rate: learn_rate([-4, -1]),
  drop: dropout([0, 0.5]),
  optimizer: optimizer_function(["adam", "sgd", "rmsprop"]),
};

describe.each([
  ["random", grid_random],
  ["Latin hypercube", grid_latin_hypercube],
  ["space-filling", grid_space_filling],
] as const)("%s grids", (_, make) => {
  test("have so many candidates within the ranges", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), (size, seed) => {
        const rows = grid(make({ size }), mixed, seed);
        expect(rows.length).toBe(size);
        for (const { units, rate, drop, optimizer } of rows as Record<string, number>[]) {
          expect(units! >= 16 && units! <= 128 && Number.isInteger(units)).toBe(true);
          expect(rate! >= 1e-4 && rate! <= 0.1).toBe(true);
          expect(drop! >= 0 && drop! <= 0.5).toBe(true);
          expect(optimizer).toBeOneOf(["adam", "sgd", "rmsprop"]);
        }
      }),
      { numRuns: 8 },
    );
  });

  test("are the same for the same seed, and have 5 candidates unless said", () => {
    expect(grid(make(), mixed, 4)).toEqual(grid(make(), mixed, 4));
    expect(grid(make(), mixed).length).toBe(5);
  });

  test("equal candidates are one", () => {
    const rows = grid(make({ size: 200 }), { n: num_terms([1, 3]), a: activation(["relu", "tanh"]) });
    expect(rows.length).toBe(6);
  });
});

test("random grids and Latin hypercubes are others for other seeds; the options' seed counts more", () => {
  for (const make of [grid_random, grid_latin_hypercube]) {
    expect(grid(make({ size: 4 }), mixed, 1)).not.toEqual(grid(make({ size: 4 }), mixed, 2));
    expect(grid(make({ size: 4, seed: 9 }), mixed, 1)).toEqual(grid(make({ size: 4 }), mixed, 9));
  }
});

test("each of a Latin hypercube's candidates is in a part of its own", () => {
  const rows = grid(grid_latin_hypercube({ size: 25 }), { a: dropout([0, 1]), b: dropout([0, 1]) });
  for (const id of ["a", "b"])
    expect(rows.map((row) => Math.floor((row[id] as number) * 25)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 25 }, (_, i) => i),
    );
});

describe("designs that fill the space", () => {
  const cube = { a: dropout([0, 1]), b: dropout([0, 1]), c: dropout([0, 1]) };
  const distances = (rows: readonly Record<string, unknown>[], power: 1 | 2) =>
    rows.flatMap((row, i) =>
      rows
        .slice(0, i)
        .map((other) =>
          Object.keys(row).reduce(
            (sum, id) => sum + Math.abs((row[id] as number) - (other[id] as number)) ** power,
            0,
          ),
        ),
    );

  test("have each level once, both ends among them, whatever the seed", () => {
    const rows = grid(grid_space_filling({ size: 11 }), cube, 1);
    for (const id of ["a", "b", "c"])
      expect(rows.map((row) => row[id]).sort()).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    expect(grid(grid_space_filling({ size: 11 }), cube, 2)).toEqual(rows);
  });

  test("keep candidates further apart than random Latin hypercubes do, in the sense of their type", () => {
    const random = Array.from({ length: 30 }, (_, seed) =>
      grid(grid_latin_hypercube({ size: 15 }), cube, seed),
    );
    const farthest = (power: 1 | 2) => Math.max(...random.map((rows) => Math.min(...distances(rows, power))));
    const design = (type: "max_min_l1" | "max_min_l2" | "audze_eglais") =>
      grid(grid_space_filling({ size: 15, type }), cube);
    expect(Math.min(...distances(design("max_min_l2"), 2))).toBeGreaterThan(1.3 * farthest(2));
    expect(Math.min(...distances(design("max_min_l1"), 1))).toBeGreaterThan(1.2 * farthest(1));
    const force = (rows: readonly Record<string, unknown>[]) =>
      distances(rows, 2).reduce((sum, squared) => sum + 1 / squared, 0);
    expect(force(design("audze_eglais"))).toBeLessThan(Math.min(...random.map(force)));
  });

  test("come near the best Latin hypercubes that are known (van Dam and others 2009: 27 for ten points in three dimensions)", () => {
    const rows = grid(grid_space_filling({ size: 10 }), cube);
    expect(Math.round(Math.min(...distances(rows, 2)) * 81)).toBeGreaterThanOrEqual(25);
  });

  test("ten of them where no grid is asked for, and as many as a number says", () => {
    expect(grid(undefined, mixed)).toEqual(grid(grid_space_filling({ size: 10 }), mixed));
    expect(grid(25, mixed).length).toBe(25);
  });
});

test("100,000 candidates take little memory", () => {
  const a = new_quant_param({ type: "double", range: [0, 1] });
  const given = { a, b: a, c: a };
  const before = process.memoryUsage().heapUsed;
  for (const how of [
    grid_regular({ levels: { a: 100, b: 100, c: 10 } }),
    grid_random({ size: 100_000 }),
    grid_latin_hypercube({ size: 100_000 }),
    grid_space_filling({ size: 100_000 }),
  ])
    expect(grid(how, given).length).toBe(100_000);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(500e6);
}, 60_000);

describe("a table of candidates", () => {
  const rows = (...rows: Record<string, unknown>[]) => ({ kind: "grid", method: "table", rows }) as const;
  const given = { units: hidden_units(), rate: learn_rate() };

  test("is taken as it is; equal rows are one", () => {
    const table = rows({ units: 8, rate: 0.1 }, { units: 4, rate: 0.1 }, { rate: 0.1, units: 8 });
    expect(grid(table, given)).toEqual([
      { units: 8, rate: 0.1 },
      { units: 4, rate: 0.1 },
    ]);
  });

  test.each([
    [
      rows({ units: 8 }),
      "Row 1 of the grid has no value for `rate`, which is tuned. Add one, or take its tune() away.",
    ],
    [
      rows({ units: 8, rate: 0.1 }, { units: 8, rate: 0.1, unit: 4 }),
      "Row 2 of the grid has `unit`, and nothing of the workflow is marked with tune() by that name. Did you mean `units`? Tuned are `units` and `rate`.",
    ],
    [rows({ units: 8.5, rate: 0.1 }), "Row 1 of the grid has 8.5 for `units`, which takes whole numbers."],
    [rows({ units: 8, rate: "fast" }), 'Row 1 of the grid has "fast" for `rate`, which takes numbers.'],
    [
      rows(),
      "The grid is empty: there is no candidate to try. Give it at least one, or leave the grid out for ten that fill the space.",
    ],
  ])("%j is refused", (table, message) => {
    expect(refusal(() => grid(table, given))).toBe(message);
  });
});

describe("what cannot be is said", () => {
  const given = { units: hidden_units([1, 1000]), rate: dropout([0, 1]) };
  test.each([
    [grid_regular({ levels: 0 }), "grid_regular: levels is 0. Give a whole number from 1 on."],
    [
      grid_regular({ levels: { unit: 2 } }),
      "grid_regular: levels names `unit`, and nothing of the workflow is marked with tune() by that name. Did you mean `units`? Tuned are `units` and `rate`.",
    ],
    [
      grid_regular({ levels: { units: 1000, rate: 2000 } }),
      "The grid has 1000 × 2000 = 2,000,000 candidates, and 1,000,000 are the most. Ask for fewer levels, or for grid_space_filling({ size: 30 }).",
    ],
    [grid_random({ size: 2.5 }), "grid_random: size is 2.5. Give a whole number from 1 on."],
    [
      grid_random({ size: 2_000_000 }),
      "grid_random: size is 2,000,000, and 1,000,000 candidates are the most. Ask for fewer.",
    ],
    [0, "grid is 0. Give a whole number from 1 on."],
    [
      grid_space_filling({ type: "hexagonal" as never }),
      'grid_space_filling: type is hexagonal. Give one of "any", "max_min_l2", "max_min_l1", "audze_eglais", "latin_hypercube".',
    ],
    [
      grid_regular({ filter: () => false }),
      "The grid is empty: there is no candidate to try. Give it at least one, or leave the grid out for ten that fill the space.",
    ],
    [
      grid_regular({ levels: 1, filter: ({ units }) => units.size.width }),
      /^The filter of grid_regular failed on \{"units":1,"rate":0\}: Cannot read properties of undefined/,
    ],
  ])("%#", (how, message) => {
    expect(refusal(() => grid(how, given))).toMatch(message);
  });
});

test("where nothing is tuned there is one candidate, without values", () => {
  expect(makeGrid(undefined, [], 1)).toEqual([{}]);
  expect(makeGrid(grid_regular({ levels: 3 }), [], 1)).toEqual([{}]);
  expect(makeGrid({ kind: "grid", method: "table", rows: [{ dense_units: 8 }] }, [], 1)).toEqual([{}]);
});

describe("names of candidates", () => {
  test("count the model's variants and the recipe's", () => {
    const wf = tuned({ dense_units: tune("units") }).add_recipe(
      recipe("y ~ x").step_corr("x", { threshold: tune("limit") }),
    );
    const found = resolveParameters(wf);
    const rows = makeGrid(grid_regular({ levels: 2 }), found, 1);
    expect(configNames(rows, found)).toEqual([
      "pre1_mod1_post0",
      "pre1_mod2_post0",
      "pre2_mod1_post0",
      "pre2_mod2_post0",
    ]);
  });

  test("are as wide as the last one, and 0 where nothing is tuned", () => {
    const found = resolveParameters(tuned({ dense_units: tune() }));
    const rows = makeGrid(grid_regular({ levels: 10 }), found, 1);
    expect(configNames(rows, found)[2]).toBe("pre0_mod03_post0");
    expect(configNames([{}], [])).toEqual(["pre0_mod0_post0"]);
  });
});
