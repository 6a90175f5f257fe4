import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { FromPanel } from "../src/protocol/index.ts";
import type { ViewState } from "./view-state.ts";

/** What every part of the panel may use besides the run's state. */
export interface PanelContext {
  readonly view: ViewState;
  /** Changes some of the view and keeps it. */
  readonly change: (part: Partial<ViewState>) => void;
  readonly send: (message: FromPanel) => void;
  /** Prefix of paths relative to the run's folder; null: pictures cannot be shown. */
  readonly folder: string | null;
  readonly canFit: boolean;
}

const Context = createContext<PanelContext | null>(null);

export const PanelProvider = Context.Provider;

export function usePanel(): PanelContext {
  const panel = useContext(Context);
  if (panel === null) throw new Error("usePanel outside of PanelProvider");
  return panel;
}
