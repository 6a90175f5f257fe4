// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from "vitest";
import { FIXTURES } from "./run-fixtures.ts";
import { settle, showPanel, type ShownPanel } from "./show-panel.ts";

// As in panel.test.tsx: the toolkit needs more of a browser than this page is.
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

const links = () => [...panel.root.querySelectorAll<HTMLElement>(".related-runs button")];
const show = (related: unknown) =>
  panel.receive({
    type: "show",
    run: FIXTURES.done5.run,
    events: FIXTURES.done5.events,
    lost: false,
    folder: null,
    canFit: true,
    related,
  });

it("the fit of a tuning's candidate leads back to the tuning", async () => {
  panel = await showPanel(FIXTURES.done5);
  expect(links()).toEqual([]);
  await show([{ run: "t1", words: "Tuning: accuracy 0.731 · 30 candidates" }]);
  expect(links().map(({ textContent }) => textContent)).toEqual(["Tuning: accuracy 0.731 · 30 candidates"]);
  await settle(() => links()[0]!.click());
  expect(panel.said.at(-1)).toEqual({ type: "show_run", run: "t1" });
});

it("many fits of a tuning are folded away but for the first four", async () => {
  panel = await showPanel(FIXTURES.done5);
  await show(Array.from({ length: 6 }, (_, i) => ({ run: `f${i}`, words: `Fit: test accuracy 0.${i}` })));
  expect(panel.root.querySelector(".related-runs summary")?.textContent).toBe("2 more");
  expect(panel.root.querySelector(".related-runs details")?.textContent).toContain("0.4");
  expect(links()).toHaveLength(6);
});

it("a message without such runs, or with nonsense, shows none", async () => {
  panel = await showPanel(FIXTURES.done5);
  await show("nonsense");
  expect(links()).toEqual([]);
});
