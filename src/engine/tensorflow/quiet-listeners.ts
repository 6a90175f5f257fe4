const EVENTS = ["uncaughtException", "unhandledRejection"] as const;

/**
 * Runs `start` and takes away the listeners for uncaught errors that it added: Emscripten's throw the error
 * again, which ends the process before its own listeners could say what happened.
 */
export async function withoutErrorListeners<Result>(start: () => Promise<Result>): Promise<Result> {
  const before = EVENTS.map((event) => new Set<unknown>(process.listeners(event as never)));
  try {
    return await start();
  } finally {
    for (const [i, event] of EVENTS.entries())
      for (const listener of process.listeners(event as never))
        if (!before[i]!.has(listener)) process.removeListener(event, listener as () => void);
  }
}
