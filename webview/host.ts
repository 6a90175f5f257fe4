import type { Port } from "../src/protocol/index.ts";

/** What VS Code gives a webview; there is one, and it can be taken once. */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare global {
  function acquireVsCodeApi(): VsCodeApi;
}

/** The border to the host as a Port, for a Channel. */
export function hostPort(api: VsCodeApi, window: Window): Port {
  return {
    post: (message) => api.postMessage(message),
    listen: (receive) => {
      const handle = (event: MessageEvent) => receive(event.data);
      window.addEventListener("message", handle);
      return () => window.removeEventListener("message", handle);
    },
  };
}
