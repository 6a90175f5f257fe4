// @vitest-environment happy-dom
import { screen, within } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { RunStarted } from "../../src/protocol/index.ts";
import { epochs, FIXTURES } from "./run-fixtures.ts";
import { click, press, settle, showPanel, type ShownPanel } from "./show-panel.ts";

// The toolkit needs more of a browser than this page is: its elements stay plain ones here. The real
// ones are seen in the preview pages and in the end-to-end tests.
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
afterEach(() => {
  panel.close();
  vi.useRealTimers();
});

const status = () => screen.getByRole("main").dataset["status"];
const tiles = () => screen.getAllByRole("img", { name: /^Row/ });
const button = (words: RegExp | string) =>
  [...document.querySelectorAll("vscode-button")].find((one) =>
    typeof words === "string" ? one.textContent === words : words.test(one.textContent ?? ""),
  ) as HTMLElement;

describe("each state in words", () => {
  it("nothing yet", async () => {
    panel = await showPanel(FIXTURES.empty);
    expect(panel.said).toEqual([{ type: "ready" }]);
    expect(panel.text()).toBe(
      "No runs yetFit a model from a spec file: the code lens above a workflow, or KSpec: Fit model.",
    );
  });

  it("running", async () => {
    panel = await showPanel(FIXTURES.fit);
    expect(status()).toBe("running");
    expect(panel.text()).toContain("Epoch 4 of 5");
    expect(panel.text()).toContain("3 of 5");
    expect(panel.text()).toContain("Not yet: the test set is evaluated after the last epoch.");
    expect(screen.getByRole("slider", { name: "loss by epoch" }).getAttribute("aria-valuemax")).toBe("3");
    await click(button("Stop"));
    expect(panel.said.at(-1)).toEqual({ type: "cancel" });
    expect(button("Stopping")).toBeDefined();
  });

  it("computing features, some of which the cache had", async () => {
    panel = await showPanel(FIXTURES.cached);
    expect(screen.getByRole("region", { name: "Result" }).textContent).toContain(
      "480 of 500 from cache212 images/s",
    );
    const phase = screen.getByRole("listitem", { current: "step" });
    expect(phase.textContent).toContain("Features, running490 of 500");
    expect(panel.text()).toContain("1 s left");
  });

  it("done", async () => {
    panel = await showPanel(FIXTURES.done5);
    expect(document.querySelector(".headline strong.number")?.textContent).toBe("0.957");
    expect(panel.text()).toContain("features in 0.5 s, 480 of 500 from cache");
    expect(
      screen.getByTitle("500 images: 480 from the cache, 20 computed in 0.5 s (40 images/s)"),
    ).toBeDefined();
    const metrics = screen.getByRole("table", { name: "Metrics by set" });
    expect(within(metrics).getByRole("row", { name: /accuracy/ }).textContent).toBe(
      "accuracy multiclass0.9300.957",
    );
    expect(screen.getAllByRole("gridcell")).toHaveLength(25);
    expect(document.querySelectorAll("img")[0]?.getAttribute("src")).toBe(
      "vscode-resource:/run/images/0.png",
    );
    expect(screen.getByRole("table", { name: "Layers by block" }).textContent).toContain("28 × 28 × 16");
  });

  it("failed: what, where, and what was kept", async () => {
    panel = await showPanel(FIXTURES.failed);
    const ending = screen.getByRole("region", { name: "How the run ended" });
    expect(ending.textContent).toContain("Put a flatten block between `base` and `output`.");
    await click(button("Show line 24"));
    expect(panel.said.at(-1)).toMatchObject({ type: "open", place: { range: { start: { line: 23 } } } });
    await click(button("Fit again"));
    expect(panel.said.at(-1)).toEqual({ type: "fit_again" });
  });

  it("stopped", async () => {
    panel = await showPanel(FIXTURES.cancelled);
    expect(panel.text()).toContain("Stopped after epoch 3.The model of epoch 3 is kept.");
    await click(button("Resume"));
    expect(panel.said.at(-1)).toEqual({ type: "resume" });
  });

  it("resumed: it runs again from where it went on, and the line at the top says so", async () => {
    panel = await showPanel(FIXTURES.cancelled);
    const { backend, folder, run } = FIXTURES.cancelled.events.find(
      ({ type }) => type === "run_started",
    ) as RunStarted;
    const time = "2026-11-24T15:00:00.000Z";
    await panel.receive({
      type: "events",
      events: [{ type: "resumed", run, time, epoch: 2, epochs: 5, backend, folder }],
    });
    expect(status()).toBe("running");
    expect(document.querySelector("header")!.textContent).toContain("resumed after epoch 2");
    expect(button("Resume")).toBeUndefined();
    expect(panel.text()).not.toContain("Stopped after");
  });

  it("lost, also when it is lost before one's eyes", async () => {
    panel = await showPanel({ ...FIXTURES.lost, lost: false });
    expect(status()).toBe("running");
    await panel.receive({ type: "lost" });
    expect(status()).toBe("lost");
    expect(panel.text()).toContain(
      "The process of this run is gone and did not say why. The last it said was epoch 2.",
    );
  });

  it("in a workspace that is not trusted, Fit again is off and says why", async () => {
    panel = await showPanel(FIXTURES.done5, { canFit: false });
    const again = button("Fit again");
    expect(again.getAttribute("title")).toContain("trust this workspace");
    await click(again);
    expect(panel.said).toEqual([{ type: "ready" }]);
  });

  it("what keeps ONNX Runtime from training is one click away", async () => {
    const { events, ...fixture } = FIXTURES.done5;
    const reason = "The loss own is a function of the spec, which computes with TensorFlow.js.";
    const chosen = {
      type: "trainer_chosen",
      run: "r",
      time: "t",
      trainer: { name: "wasm", reason },
    } as const;
    panel = await showPanel({ ...fixture, events: [events[0]!, chosen, ...events.slice(1)] });
    expect(panel.text()).not.toContain(reason);
    const why = screen.getByRole("button", { name: "why not ONNX Runtime?" });
    expect(why.getAttribute("aria-expanded")).toBe("false");
    await click(why);
    expect(why.getAttribute("aria-expanded")).toBe("true");
    expect(panel.text()).toContain(reason);
    await click(why);
    expect(panel.text()).not.toContain(reason);
  });

  it("a problem that the editor can mend has a button for it", async () => {
    panel = await showPanel(FIXTURES.fit);
    await click(button('Replace with step_preprocess_input("resnet50")'));
    expect(panel.said.at(-1)).toMatchObject({
      type: "fix",
      fix: 'Replace with step_preprocess_input("resnet50")',
      place: { range: { start: { line: 23 } } },
    });
  });

  it("every problem has a way to its line", async () => {
    panel = await showPanel(FIXTURES.fit);
    await click(button("Show line 24"));
    expect(panel.said.at(-1)).toMatchObject({
      type: "open",
      place: { file: expect.stringMatching(/kspec\.ts$/) },
    });
  });
});

describe("events that come in", () => {
  it("are painted at most twice a second, and the end at once", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    panel = await showPanel(FIXTURES.long);
    const last = () => screen.getByRole("slider").getAttribute("aria-valuemax");
    const more = epochs(3300, 5000).slice(3210);
    for (const event of more) await panel.receive({ type: "events", events: [event] });
    expect(last()).toBe("3210");
    await settle(() => vi.advanceTimersByTime(500));
    expect(last()).toBe("3300");
    const { run, time } = more[0]!;
    await panel.receive({
      type: "events",
      events: [{ type: "run_ended", run, time, status: "cancelled", folder: "", seconds: 2 }],
    });
    expect(status()).toBe("cancelled");
  });

  it.each([
    ["no object", "hello"],
    ["null", null],
    ["an unknown type", { type: "explode" }],
    ["events that are no list", { type: "events", events: 7 }],
    ["events that are no events", { type: "events", events: [null, 3, { type: "epoch_end" }, {}] }],
    ["an event of a newer KSpec", { type: "events", events: [{ type: "tuned", run: "r", time: "t" }] }],
  ])("are ignored when they are malformed: %s", async (_, message) => {
    panel = await showPanel(FIXTURES.fit);
    const before = panel.text();
    await panel.receive(message);
    expect(panel.text()).toBe(before);
  });
});

describe("the keyboard", () => {
  it("goes through the epochs of a curve, and Escape lets go", async () => {
    panel = await showPanel(FIXTURES.done5);
    const curve = screen.getByRole("slider", { name: "loss by epoch" });
    const key = (name: string) => press(curve, name);
    await key("Home");
    expect(curve.getAttribute("aria-valuetext")).toMatch(/^epoch 1: train 0\.9\d+, validation 0\.8\d+$/);
    await key("ArrowRight");
    expect(curve.getAttribute("aria-valuenow")).toBe("2");
    expect(document.querySelector(".cross-hair")).not.toBeNull();
    await key("Escape");
    expect(document.querySelector(".cross-hair")).toBeNull();
    expect(curve.getAttribute("aria-valuenow")).toBe("5");
  });

  it("goes through the confusion matrix; Enter narrows the images to a cell, Escape widens them", async () => {
    panel = await showPanel(FIXTURES.done5);
    const grid = screen.getByRole("grid");
    const key = (name: string) => press(grid, name);
    const focused = () => document.activeElement?.getAttribute("aria-label");
    await key("ArrowRight");
    await key("ArrowRight");
    expect(focused()).toBe("truth 5, estimate 7: 8");
    await key("ArrowLeft");
    await key("ArrowUp");
    expect(focused()).toBe("truth 5, estimate 6: 1");
    await key("End");
    await key("ArrowLeft");
    await key("ArrowLeft");
    await key("Enter");
    expect(screen.getAllByRole("gridcell", { selected: true })).toHaveLength(1);
    const names = tiles().map((tile) => tile.getAttribute("aria-label"));
    expect(names.length).toBe(8);
    expect(names.every((tile) => /truth 5, estimate 7, probability .*, wrong$/.test(tile ?? ""))).toBe(true);
    await key("Escape");
    expect(tiles().length).toBeGreaterThan(8);
  });

  it("has one stop for the matrix and one for the images", async () => {
    panel = await showPanel(FIXTURES.done5);
    expect(screen.getAllByRole("gridcell").filter((cell) => cell.tabIndex === 0)).toHaveLength(1);
    expect(tiles().filter((tile) => tile.tabIndex === 0)).toHaveLength(1);
  });
});

describe("what is remembered", () => {
  it("folded sections, the curve, the cell: after a reload the page is the same", async () => {
    panel = await showPanel(FIXTURES.done5);
    await click(screen.getByRole("button", { name: /^Model/ }));
    await click(screen.getByRole("radio", { name: "accuracy" }));
    await click(screen.getByRole("gridcell", { name: /truth 5, estimate 7/ }));
    const kept = panel.kept();
    expect(kept).toMatchObject({
      folder: "/home/ada/digits/.kspec/runs/2026-11-24-140203-digits_transfer-x7",
      folded: ["model"],
      curve: "accuracy",
      truth: "5",
      estimate: "7",
    });
    const before = panel.text();
    panel.close();
    panel = await showPanel(FIXTURES.done5, { kept });
    expect(screen.queryByRole("table", { name: "Layers by block" })).toBeNull();
    expect(screen.getByRole("slider", { name: "accuracy by epoch" })).toBeDefined();
    expect(screen.getAllByRole("gridcell", { selected: true })).toHaveLength(1);
    expect(panel.text()).toBe(before);
  });

  it("another run keeps what one likes and forgets where one was", async () => {
    panel = await showPanel(FIXTURES.done5, {
      kept: { run: "another", folded: ["model"], curve: "accuracy", truth: "5", scroll: 300, log: true },
    });
    expect(panel.kept()).toMatchObject({
      folded: ["model"],
      curve: "accuracy",
      truth: null,
      scroll: 0,
      log: true,
    });
  });

  it("what is no view is passed over", async () => {
    panel = await showPanel(FIXTURES.done5, {
      kept: { folded: "all", scroll: "far", examples: 3, truth: {} },
    });
    expect(panel.kept()).toMatchObject({ folded: [], scroll: 0, examples: "all", truth: null });
  });
});

it("a table is copied in full", async () => {
  panel = await showPanel(FIXTURES.done5);
  await click(screen.getByRole("button", { name: /Copy Metrics by set/ }));
  expect(panel.said.at(-1)).toEqual({
    type: "copy",
    text: expect.stringContaining("mn_log_loss\t0.2013\t0.1874"),
  });
});

it("thirty classes have a search and a list of the most confused pairs, which lead to their images", async () => {
  panel = await showPanel(FIXTURES.done30);
  expect(document.querySelector("vscode-text-field")).not.toBeNull();
  await click(screen.getByRole("button", { name: /carpinus taken for juglans/ }));
  expect(screen.getByRole("gridcell", { selected: true }).getAttribute("aria-label")).toBe(
    "truth carpinus, estimate juglans: 19",
  );
});
