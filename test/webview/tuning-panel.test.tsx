// @vitest-environment happy-dom
import { fireEvent, screen, within } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ranked, type TuningState } from "../../src/protocol/index.ts";
import { stateOf } from "./run-fixtures.ts";
import { click, press, settle, showPanel, type ShownPanel } from "./show-panel.ts";
import { TUNINGS } from "./tuning-fixtures.ts";

// As in panel.test.tsx: the toolkit's elements stay plain ones here.
vi.mock("@vscode/webview-ui-toolkit", () => {
  const nothing = () => undefined;
  return {
    provideVSCodeDesignSystem: () => ({ register: nothing }),
    vsCodeButton: nothing,
    vsCodeCheckbox: nothing,
    vsCodeDropdown: nothing,
    vsCodeOption: nothing,
    vsCodeTextField: nothing,
  };
});

let panel: ShownPanel;
afterEach(() => panel.close());

const tuningOf = (name: keyof typeof TUNINGS) => stateOf(TUNINGS[name]).tuning as TuningState;
const buttons = (words: string) =>
  [...document.querySelectorAll("vscode-button")].filter((one) => one.textContent === words) as HTMLElement[];
const button = (words: string) => buttons(words)[0] as HTMLElement;
// Not by role: among thousands of points that takes seconds.
const grid = () => document.querySelector<HTMLElement>('table[role="grid"]') as HTMLElement;
const rows = () => [...document.querySelectorAll<HTMLElement>("tr[data-config]")];
const configs = () => rows().map((row) => row.dataset["config"]);
const selected = () => rows().find((row) => row.getAttribute("aria-selected") === "true");

describe("a tuning that goes on", () => {
  it("shows where it is, the candidates so far by rank, and what runs; it can be stopped", async () => {
    panel = await showPanel(TUNINGS.tuning);
    expect(panel.text()).toContain("Candidate 12 of 30");
    expect(panel.text()).toContain("trial 59 of 150");
    expect(configs().slice(0, 3)).toEqual(
      ranked(tuningOf("tuning"))
        .slice(0, 3)
        .map(({ config }) => config),
    );
    expect(rows()[0]!.textContent).toContain("best");
    expect(panel.text()).toContain("candidate 12 on Fold4, candidate 12 on Fold5");
    await click(button("Stop"));
    expect(panel.said.at(-1)).toEqual({ type: "cancel" });
  });

  it("is live: a trial that ends is in the table", async () => {
    panel = await showPanel({ ...TUNINGS.tuning, events: TUNINGS.tuned.events.slice(0, -20) });
    const last = ranked(tuningOf("tuned")).at(-1)!.config;
    await panel.receive({ type: "events", events: TUNINGS.tuned.events.slice(-20) });
    expect(screen.getByRole("main").dataset["status"]).toBe("done");
    expect(grid().getAttribute("aria-rowcount")).toBe("31");
    expect(tuningOf("tuned").candidates.some(({ config }) => config === last)).toBe(true);
    expect(panel.text()).toContain("150 trials");
  });

  it("keeps the focus on a candidate whose rank changes", async () => {
    const trials = TUNINGS.tuned.events.filter(({ type }) => type === "trial_ended");
    const until = TUNINGS.tuned.events.indexOf(trials[20]!);
    panel = await showPanel({ ...TUNINGS.tuned, events: TUNINGS.tuned.events.slice(0, until) });
    const [first] = configs();
    await settle(() => rows()[0]!.focus());
    await panel.receive({ type: "events", events: TUNINGS.tuned.events.slice(until) });
    expect(configs()[0]).not.toBe(first);
    expect((document.activeElement as HTMLElement).dataset["config"]).toBe(first);
  });

  it("has its best candidate's values at hand, and fits it only when it is over", async () => {
    panel = await showPanel(TUNINGS.tuning);
    const fit = button("Fit best");
    expect(fit.getAttribute("title")).toContain("stop the tuning first");
    const before = panel.said.length;
    await click(fit);
    expect(panel.said).toHaveLength(before);
    await click(button("Use these values"));
    expect(panel.said.at(-1)).toEqual({ type: "use_values", config: ranked(tuningOf("tuning"))[0]!.config });
  });

  it("shows phases and nothing else until it has begun", async () => {
    panel = await showPanel(TUNINGS.tuningStarts);
    expect(panel.text()).toContain("Computing features");
    expect(grid()).toBeNull();
    expect(panel.text()).not.toContain("Test");
  });
});

describe("a tuning that is done", () => {
  it("has the answer, and two things to do with it", async () => {
    panel = await showPanel(TUNINGS.tuned);
    const best = ranked(tuningOf("tuned"))[0]!;
    expect(screen.getByRole("region", { name: "Result" }).textContent).toMatch(
      /^0\.\d{3}accuracy±0\.\d{3} \(mean of 5 folds\)/,
    );
    await click(button("Use these values"));
    expect(panel.said.at(-1)).toEqual({ type: "use_values", config: best.config });
    await click(button("Fit best"));
    expect(panel.said.at(-1)).toEqual({ type: "fit_candidate", config: best.config });
    await click(button("Tune again"));
    expect(panel.said.at(-1)).toEqual({ type: "fit_again" });
  });

  it("in a workspace that is not trusted nothing is fitted", async () => {
    panel = await showPanel(TUNINGS.tuned, { canFit: false });
    expect(button("Fit best").getAttribute("title")).toContain("trust this workspace");
    expect(button("Tune again").getAttribute("title")).toContain("trust this workspace");
  });

  it("a row opens its candidate: values, curves, folds, and buttons of its own", async () => {
    panel = await showPanel(TUNINGS.tuned);
    await click(rows()[4]!);
    const config = ranked(tuningOf("tuned"))[4]!.config;
    const detail = screen.getByRole("region", { name: /^Candidate \d+/ });
    expect(detail.textContent).toContain(config);
    expect(within(detail).getByRole("slider", { name: "loss by epoch" })).toBeDefined();
    expect(within(detail).getByRole("table", { name: "Metrics by fold" }).textContent).toContain("Fold5");
    expect(document.querySelectorAll(".behind path")).toHaveLength(10);
    await click(button("Fit this candidate"));
    expect(panel.said.at(-1)).toEqual({ type: "fit_candidate", config });
  });

  it("is copied whole, numbers in full, as collect_metrics has it", async () => {
    panel = await showPanel(TUNINGS.tuned);
    await click(screen.getByRole("button", { name: "Copy 30 candidates as tab-separated text" }));
    const { text } = panel.said.at(-1) as { text: string };
    const lines = text.split("\n");
    expect(lines).toHaveLength(31);
    expect(lines[0]).toBe(
      ".config\tdense_units\tdropout_rate\tlearn_rate\taccuracy\taccuracy std_err\taccuracy n\tmn_log_loss\tmn_log_loss std_err\tmn_log_loss n\tstatus",
    );
    const best = ranked(tuningOf("tuned"))[0]!;
    expect(lines[1]).toContain(`${best.config}\t${best.values["dense_units"]}\t`);
    expect(lines[1]).toContain(String(best.summary["accuracy"]!.mean));
  });
});

describe("sorting", () => {
  it("by a column: a metric from its best, a value from the smallest; a third click gives the rank again", async () => {
    panel = await showPanel(TUNINGS.tuned);
    const rank = configs();
    const first = (key: string) =>
      tuningOf("tuned").candidates.toSorted((a, b) => a.summary[key]!.mean! - b.summary[key]!.mean!)[0]!
        .config;
    await click(within(grid()).getByRole("button", { name: /^mn_log_loss/ }));
    expect(configs()[0]).toBe(first("mn_log_loss"));
    await click(within(grid()).getByRole("button", { name: /^accuracy/ }));
    await click(within(grid()).getByRole("button", { name: /^accuracy/ }));
    expect(configs()[0]).toBe(first("accuracy"));
    expect(
      within(grid())
        .getByRole("columnheader", { name: /^accuracy/ })
        .getAttribute("aria-sort"),
    ).toBe("ascending");
    await click(within(grid()).getByRole("button", { name: /^accuracy/ }));
    expect(configs()).toEqual(rank);
    await click(within(grid()).getByRole("button", { name: "dropout_rate" }));
    const rates = configs().map(
      (config) => tuningOf("tuned").candidates.find((one) => one.config === config)!.values["dropout_rate"],
    ) as number[];
    expect(rates).toEqual(rates.toSorted((a, b) => a - b));
  });
});

describe("races and failures", () => {
  it("eliminated candidates come after the others and say after how many folds", async () => {
    panel = await showPanel(TUNINGS.raced);
    const classes = rows().map((row) => row.classList.contains("eliminated"));
    expect(classes.indexOf(true)).toBeGreaterThan(0);
    expect(classes.lastIndexOf(false)).toBeLessThan(classes.indexOf(true));
    expect(panel.text()).toContain("eliminated after 3 folds");
    expect(panel.text()).toContain("46 of 150 trials spared");
    expect(document.querySelectorAll(".parameter-plot")[0]!.querySelectorAll(".eliminated").length).toBe(26);
  });

  it("failed candidates say why, and a note leads to the first that has it", async () => {
    panel = await showPanel(TUNINGS.failures);
    const note = screen.getByRole("button", { name: /The loss became infinite/ });
    expect(note.textContent).toContain("17 trials of 5 candidates");
    await click(note);
    const detail = screen.getByRole("region", { name: /^Candidate \d+/ });
    expect(detail.textContent).toContain("The loss became infinite in epoch 2.");
  });

  it("figures say how many candidates have no value to be drawn", async () => {
    panel = await showPanel(TUNINGS.failures);
    const failed = tuningOf("failures").candidates.filter(({ status }) => status === "failed").length;
    expect(screen.getByRole("region", { name: /^By parameter/ }).textContent).toContain(
      `accuracy · ${failed} candidates without a value`,
    );
  });

  it("a metric that is not defined on a fold has fewer, and says so", async () => {
    panel = await showPanel(TUNINGS.failures);
    const row = rows().find((one) => one.dataset["config"] === "pre0_mod04_post0")!;
    const cells = [...row.querySelectorAll("td.metric")].map((cell) => cell.textContent);
    expect(cells[0]).not.toContain("(4)");
    expect(cells[1]).toContain("(4)");
  });

  it("when every candidate failed there is the first reason and no empty figure", async () => {
    panel = await showPanel(TUNINGS.allFailed);
    expect(screen.getByRole("region", { name: "How the run ended" }).textContent).toContain(
      "Every candidate failed: Block `output`: Dense needs units of at least 1, it got 0.",
    );
    expect(document.querySelector(".parameter-plot")).toBeNull();
    expect(button("Fit best")).toBeUndefined();
    expect(button("Resume")).toBeUndefined();
  });

  it("a tuning that was stopped keeps its trials and can go on", async () => {
    panel = await showPanel(TUNINGS.tuningCancelled);
    expect(panel.text()).toContain("Stopped after 58 of 150 trials.All of them are kept.");
    expect(button("Fit best")).toBeDefined();
    await click(button("Resume"));
    expect(panel.said.at(-1)).toEqual({ type: "resume" });
  });

  it("and so does one whose process is gone", async () => {
    panel = await showPanel(TUNINGS.tuningLost);
    expect(panel.text()).toContain("Resume to run the missing ones.");
    expect(button("Resume")).toBeDefined();
  });

  it("a model that is only resampled has its folds and no candidates", async () => {
    panel = await showPanel(TUNINGS.resampled);
    expect(grid()).toBeNull();
    expect(screen.getByRole("region", { name: /^Resamples/ }).textContent).toContain(
      "5-fold cross-validation",
    );
    expect(button("Use these values")).toBeUndefined();
    await click(button("Fit"));
    expect(panel.said.at(-1)).toMatchObject({ type: "fit_candidate" });
  });
});

describe("the keyboard", () => {
  it("goes through the candidates, whose detail follows; Escape goes back to the best", async () => {
    panel = await showPanel(TUNINGS.tuned);
    const order = ranked(tuningOf("tuned")).map(({ config }) => config);
    expect(rows().filter((row) => row.tabIndex === 0)).toHaveLength(1);
    await press(grid(), "ArrowDown");
    expect(selected()!.dataset["config"]).toBe(order[1]);
    expect(document.activeElement).toBe(selected());
    expect(screen.getByRole("region", { name: /^Candidate \d/ }).textContent).toContain(order[1]);
    await press(grid(), "End");
    expect(selected()!.dataset["config"]).toBe(order.at(-1));
    await press(grid(), "Escape");
    expect(selected()!.dataset["config"]).toBe(order[0]);
    expect(panel.kept()["candidate"]).toBeNull();
  });

  it("goes through the points of a plot from left to right, and Enter chooses", async () => {
    panel = await showPanel(TUNINGS.tuned);
    const plot = screen.getByRole("slider", { name: "accuracy by learn_rate" });
    await press(plot, "Home");
    const smallest = tuningOf("tuned").candidates.toSorted(
      (a, b) => Number(a.values["learn_rate"]) - Number(b.values["learn_rate"]),
    )[0]!;
    expect(plot.getAttribute("aria-valuenow")).toBe("1");
    expect(document.querySelectorAll(".pointed-ring")).toHaveLength(3);
    await press(plot, "Enter");
    expect(panel.kept()["candidate"]).toBe(smallest.config);
    await press(plot, "Escape");
    expect(document.querySelector(".pointed-ring")).toBeNull();
  });

  it("goes through the lines by rank", async () => {
    panel = await showPanel(TUNINGS.tuned);
    const lines = screen.getByRole("slider", { name: "Candidates by rank" });
    await press(lines, "End");
    expect(document.querySelector(".line-pointed")).not.toBeNull();
    await press(lines, "Enter");
    expect(panel.kept()["candidate"]).toBe(ranked(tuningOf("tuned")).at(-1)!.config);
  });

  it("narrows by an axis, which the table and the count follow; Show all widens", async () => {
    panel = await showPanel(TUNINGS.tuned);
    const axis = screen.getByRole("slider", { name: /^Narrow by dropout_rate/ });
    for (let i = 0; i < 10; i++) await press(axis, "ArrowUp");
    const inside = tuningOf("tuned").candidates.filter(({ values }) => Number(values["dropout_rate"]) >= 0.3);
    expect(grid().getAttribute("aria-rowcount")).toBe(String(inside.length + 1));
    expect(axis.getAttribute("aria-valuetext")).toBe("from 50 to 100 percent of the axis");
    expect(panel.text()).toContain(`${inside.length} of 30 inside`);
    const kept = panel.kept();
    panel.close();
    panel = await showPanel(TUNINGS.tuned, { kept });
    expect(grid().getAttribute("aria-rowcount")).toBe(String(inside.length + 1));
    await click(screen.getByRole("button", { name: "Show all" }));
    expect(grid().getAttribute("aria-rowcount")).toBe("31");
  });
});

describe("thousands of candidates", () => {
  it("are no more rows than are in sight, and End goes to the last", { timeout: 30_000 }, async () => {
    panel = await showPanel(TUNINGS.thousands);
    expect(grid().getAttribute("aria-rowcount")).toBe("2001");
    expect(rows().length).toBeLessThan(40);
    await press(grid(), "End");
    expect(selected()!.dataset["config"]).toBe(ranked(tuningOf("thousands")).at(-1)!.config);
    expect(selected()!.getAttribute("aria-rowindex")).toBe("2001");
  });
});

it("the metric of the plots can be changed, and is remembered", async () => {
  panel = await showPanel(TUNINGS.bayes);
  expect(screen.getByRole("slider", { name: "rmse by iteration" })).toBeDefined();
  await click(screen.getByRole("radio", { name: "rsq" }));
  expect(screen.getByRole("slider", { name: "rsq by dense_activation" })).toBeDefined();
  expect(panel.kept()["tuningMetric"]).toBe("rsq");
});

it("what the pointer is at in the table is marked in every figure", async () => {
  panel = await showPanel(TUNINGS.tuned);
  await settle(() => void fireEvent.pointerOver(rows()[3]!.querySelector("td")!));
  expect(document.querySelectorAll(".pointed-ring")).toHaveLength(3);
  expect(document.querySelector(".line-pointed")).not.toBeNull();
  await settle(() => void fireEvent.pointerLeave(grid()));
  expect(document.querySelector(".line-pointed")).toBeNull();
});
