export { findLoss, isLossName, LOSS_NAMES } from "./losses/find-loss.ts";
export { linked, type CustomFunction, type Link, type Loss } from "./losses/loss.ts";
export { totalLoss, type WeightedLoss } from "./losses/total-loss.ts";
