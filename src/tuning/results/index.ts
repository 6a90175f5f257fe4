export { metricOf, selectBest, selectCandidate } from "./select.ts";
