/** The process that a tuning starts to try candidates: one of several. It ends with the tuning's own process, whatever ends that. */
import { keepCompiledCode } from "../startup/compiled-code.ts";

keepCompiledCode(import.meta.dirname, "trials");
process.once("disconnect", () => process.exit(0));
void import("../jobs/index.ts").then(({ serveTrials }) =>
  serveTrials({
    post: (message) => {
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
    listen: (receive) => {
      process.on("message", receive);
      return () => process.off("message", receive);
    },
  }),
);
