export * from "./run-event.ts";
export * from "./run-state.ts";
export * from "./channel.ts";
export * from "./features-cost.ts";
export * from "./workflow-title.ts";
export type * from "./worker-messages.ts";
export type * from "./panel-messages.ts";
export * from "./user-error.ts";
