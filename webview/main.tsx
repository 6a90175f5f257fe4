import { render } from "preact";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { Channel, type FromPanel, type ToPanel } from "../src/protocol/index.ts";
import { hostPort, type VsCodeApi } from "./host.ts";
import { Panel } from "./panel.tsx";
import { PanelProvider } from "./panel-context.ts";
import { RunStore, type Shown } from "./run-store.ts";
import { restoreView, viewOf, type ViewState } from "./view-state.ts";
import "./styles/panel.css";

/** Shows the panel in `root`: says `ready`, and shows what the host answers. Returns what takes it down. */
export function startPanel(root: Element, api: VsCodeApi, window: Window): () => void {
  const channel = new Channel<ToPanel, FromPanel>(hostPort(api, window));
  render(<Root channel={channel} api={api} />, root);
  return () => {
    channel.close();
    render(null, root);
  };
}

function Root({ channel, api }: { channel: Channel<ToPanel, FromPanel>; api: VsCodeApi }) {
  // Until the host has answered there is nothing to say: an empty page for a moment, not a wrong one.
  const [shown, setShown] = useState<Shown | null>(null);
  const [view, setView] = useState<ViewState>(() => restoreView(api.getState()));

  useEffect(() => {
    const store = new RunStore((next) => {
      setView((now) => viewOf(now, next.run, next.state.started?.folder ?? null));
      setShown(next);
    });
    channel
      .on("show", (message) => store.show(message))
      .on("events", (message) => store.events(message.events))
      .on("lost", () => store.lost())
      .send({ type: "ready" });
  }, []);

  useEffect(() => {
    if (shown !== null) api.setState(view);
  }, [view, shown === null]);

  const change = useCallback((part: Partial<ViewState>) => setView((now) => ({ ...now, ...part })), []);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const remember = () => {
      clearTimeout(timer);
      timer = setTimeout(() => change({ scroll: Math.round(window.scrollY) }), 200);
    };
    window.addEventListener("scroll", remember, { passive: true });
    return () => {
      clearTimeout(timer);
      window.removeEventListener("scroll", remember);
    };
  }, []);

  const panel = useMemo(
    () =>
      shown && {
        view,
        change,
        send: (message: FromPanel) => channel.send(message),
        folder: shown.folder,
        canFit: shown.canFit,
      },
    [view, shown?.folder, shown?.canFit, shown === null],
  );
  if (shown === null || panel === null) return null;
  return (
    <PanelProvider value={panel}>
      <Panel shown={shown} />
    </PanelProvider>
  );
}

const root = document.getElementById("root");
if (root !== null && typeof acquireVsCodeApi === "function") startPanel(root, acquireVsCodeApi(), window);
