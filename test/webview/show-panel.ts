import { act, fireEvent } from "@testing-library/preact";
import { startPanel } from "../../webview/main.tsx";
import type { FixtureRun } from "./run-fixtures.ts";

/** The panel in a page, with a host that writes down what it is told. */
export interface ShownPanel {
  readonly root: HTMLElement;
  readonly said: unknown[];
  /** What VS Code would keep. */
  readonly kept: () => Record<string, unknown>;
  readonly receive: (message: unknown) => Promise<void>;
  readonly text: () => string;
  readonly close: () => void;
}

/** Starts the panel and answers its `ready` with a run, as the host does. */
export async function showPanel(
  fixture: FixtureRun | null,
  { kept, canFit = true }: { readonly kept?: unknown; readonly canFit?: boolean } = {},
): Promise<ShownPanel> {
  const root = document.createElement("div");
  root.id = "root";
  document.body.replaceChildren(root);
  const said: unknown[] = [];
  let state = kept;
  let close = () => {};
  await act(() => {
    close = startPanel(
      root,
      {
        postMessage: (message) => said.push(message),
        getState: () => state,
        setState: (next) => {
          state = JSON.parse(JSON.stringify(next));
        },
      },
      window,
    );
  });
  const receive = async (message: unknown) => {
    await act(() => {
      window.dispatchEvent(new MessageEvent("message", { data: message }));
    });
  };
  if (fixture !== null)
    await receive({
      type: "show",
      run: fixture.run,
      events: fixture.events,
      lost: fixture.lost === true,
      folder: "vscode-resource:/run",
      canFit,
    });
  return {
    root,
    said,
    kept: () => state as Record<string, unknown>,
    receive,
    text: () => (root.textContent ?? "").replaceAll("\u00a0", " "),
    close,
  };
}

/** Does something, and waits until the panel has taken it in. */
export async function settle(doing: () => void): Promise<void> {
  await act(() => {
    doing();
  });
}

export const click = (element: Element) => settle(() => void fireEvent.click(element));
export const press = (element: Element, key: string) =>
  settle(() => void fireEvent.keyDown(element, { key }));
