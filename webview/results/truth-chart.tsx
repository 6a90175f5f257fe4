import { extent } from "d3-array";
import { scaleLinear } from "d3-scale";
import { useState } from "preact/hooks";
import type { Evaluation, Example } from "../../src/protocol/index.ts";
import { count, measure } from "../format.ts";
import { useWidth } from "../use-width.ts";

const LEFT = 48;
const BOTTOM = 40;
const TOP = 8;
const RIGHT = 8;

/**
 * Truth against estimate in regression, with the line on which both are equal. It draws the examples
 * that the run kept, and says how many they are. Arrow keys go through the points by truth.
 */
export function TruthChart({ evaluation }: { evaluation: Evaluation }) {
  const [box, width] = useWidth<HTMLDivElement>(360);
  const [at, setAt] = useState<number | null>(null);
  const points = evaluation.examples
    .flatMap((example) => {
      const [truth, estimate] = [Number(example.truth), Number(example.estimate)];
      return Number.isFinite(truth) && Number.isFinite(estimate) ? [{ truth, estimate, example }] : [];
    })
    .sort((a, b) => a.truth - b.truth);
  const size = Math.min(360, Math.max(200, width));
  const [low = 0, high = 1] = extent(points.flatMap((point) => [point.truth, point.estimate])) as [
    number?,
    number?,
  ];
  const scale = scaleLinear(low === high ? [low - 1, high + 1] : [low, high], [0, 1]).nice(4);
  const x = (value: number) => LEFT + scale(value) * (size - LEFT - RIGHT);
  const y = (value: number) => size - BOTTOM - scale(value) * (size - BOTTOM - TOP);
  const [from = 0, to = 1] = scale.domain();
  const read = at === null ? undefined : points[at];

  const keys = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (event.key === "Escape") setAt(null);
    else if (step !== undefined && points.length > 0)
      setAt(at === null ? 0 : Math.min(points.length - 1, Math.max(0, at + step)));
    else return;
    event.preventDefault();
  };
  const point = (event: PointerEvent) => {
    const area = (event.currentTarget as Element).getBoundingClientRect();
    let best: number | null = null;
    let least = 24 ** 2;
    points.forEach((one, i) => {
      const d =
        (x(one.truth) - event.clientX + area.left) ** 2 + (y(one.estimate) - event.clientY + area.top) ** 2;
      if (d < least) [least, best] = [d, i];
    });
    setAt(best);
  };

  const drawn =
    points.length === evaluation.n
      ? `${count(points.length)} rows`
      : `${count(points.length)} examples of ${count(evaluation.n)} rows`;
  return (
    <figure class="truth-chart" ref={box}>
      <p class="read-out">
        {read === undefined ? <span class="quiet">{drawn}</span> : <Reading example={read.example} />}
      </p>
      <svg
        width={size}
        height={size}
        viewBox={`0 0 ${size} ${size}`}
        tabIndex={0}
        role="slider"
        aria-label="Truth against estimate, by truth"
        aria-valuemin={1}
        aria-valuemax={Math.max(1, points.length)}
        aria-valuenow={(at ?? 0) + 1}
        aria-valuetext={
          read === undefined ? drawn : `truth ${measure(read.truth)}, estimate ${measure(read.estimate)}`
        }
        onKeyDown={keys}
        onPointerMove={point}
        onPointerLeave={() => setAt(null)}
        onBlur={() => setAt(null)}
      >
        <g class="grid">
          {scale.ticks(4).map((tick) => (
            <g key={tick}>
              <line x1={LEFT} x2={size - RIGHT} y1={y(tick)} y2={y(tick)} />
              <text x={LEFT - 8} y={y(tick)} dy="0.35em" text-anchor="end">
                {measureTick(tick)}
              </text>
              <text x={x(tick)} y={size - BOTTOM + 16} text-anchor="middle">
                {measureTick(tick)}
              </text>
            </g>
          ))}
          <text x={(LEFT + size - RIGHT) / 2} y={size - 4} text-anchor="middle">
            truth
          </text>
          <text transform={`translate(10 ${(TOP + size - BOTTOM) / 2}) rotate(-90)`} text-anchor="middle">
            estimate
          </text>
        </g>
        <line class="equal" x1={x(from)} y1={y(from)} x2={x(to)} y2={y(to)} />
        <g class="points">
          {points.map((one) => (
            <circle key={one.example.row} cx={x(one.truth)} cy={y(one.estimate)} r={3} />
          ))}
        </g>
        {read !== undefined && <circle class="pointed" cx={x(read.truth)} cy={y(read.estimate)} r={5} />}
      </svg>
      <figcaption class="hidden">
        Truth against estimate for {drawn}, from {measure(low)} to {measure(high)}.
      </figcaption>
    </figure>
  );
}

function Reading({ example }: { example: Example }) {
  return (
    <>
      <span>
        <span class="quiet">truth </span>
        {measure(Number(example.truth))}
      </span>
      <span>
        <span class="quiet">estimate </span>
        {measure(Number(example.estimate))}
      </span>
      <span class="quiet">row {count(example.row)}</span>
    </>
  );
}

function measureTick(tick: number): string {
  return String(Number(tick.toPrecision(6)));
}
