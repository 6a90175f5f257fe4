import { drawMove, type Moves } from "./moves.ts";
import { randomStream, type RandomStream } from "./random.ts";

/** Random numbers that a layer draws in each step of training. */
export type Draw =
  /** 0 with this probability, else 1 / (1 − rate): what dropout multiplies with. */
  | { readonly kind: "keep"; readonly rate: number }
  /** Normal, with mean 0 and this standard deviation. */
  | { readonly kind: "normal"; readonly deviation: number }
  /** In [0, 1). */
  | { readonly kind: "uniform" }
  /** Moves of an image's pixels, six numbers each: see moves.ts. */
  | { readonly kind: "moves"; readonly moves: Moves };

/** Which step of a run it is: epochs and steps count from 1 and 0. */
export interface StepOfRun {
  readonly seed: number;
  readonly epoch: number;
  readonly step: number;
}

/**
 * What one application of a layer draws in one step. Both engines take them from here, so that they train alike; a layer more
 * beside it, or another order of computing, changes nothing.
 *
 * @param what The layer's name and, where it draws several, which.
 * @param call Which application of the layer it is, from 0.
 */
export function draw(
  { seed, epoch, step }: StepOfRun,
  what: string,
  call: number,
  kind: Draw,
  size: number,
): Float32Array {
  return drawFrom(randomStream(seed, "draw", what, call, epoch, step), kind, size);
}

/** So many numbers of a kind, from the front of a stream: fewer of them are the first of more. */
export function drawFrom(stream: RandomStream, kind: Draw, size: number): Float32Array {
  const values = new Float32Array(size);
  if (kind.kind === "keep") keep(values, kind.rate, stream);
  else if (kind.kind === "normal") normal(values, kind.deviation, stream);
  else if (kind.kind === "moves")
    for (let i = 0; i < size; i += 6) values.set(drawMove(kind.moves, stream), i);
  else for (let i = 0; i < size; i++) values[i] = uniform(stream);
  return values;
}

/** Below 1 also in single precision. */
function uniform(stream: RandomStream): number {
  return Math.floor(stream() * 2 ** 24) / 2 ** 24;
}

function keep(values: Float32Array, rate: number, stream: RandomStream): void {
  const kept = 1 / (1 - rate);
  for (let i = 0; i < values.length; i++) values[i] = stream() >= rate ? kept : 0;
}

/** Box and Muller's, two at a time. */
function normal(values: Float32Array, deviation: number, stream: RandomStream): void {
  for (let i = 0; i < values.length; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - stream()));
    const angle = 2 * Math.PI * stream();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < values.length) values[i + 1] = radius * Math.sin(angle);
  }
}
