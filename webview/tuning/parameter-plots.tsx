import { useMemo } from "preact/hooks";
import type { CandidateState } from "../../src/protocol/index.ts";
import { useWidth } from "../use-width.ts";
import { readingText } from "./candidate-reading.tsx";
import type { FigureProps } from "./figures.tsx";
import type { TuningAxis } from "./tuning-axes.ts";

const LEFT = 44;
const RIGHT = 10;
const TOP = 8;
const BOTTOM = 24;
const HEIGHT = 152;
const LEAST = 200;
const GAP = 24;
/** A pointer farther from every point than this is at none. */
const REACH = 24;

export interface ParameterPlotsProps extends FigureProps {
  readonly axes: readonly TuningAxis[];
  readonly metric: TuningAxis;
}

/** The metric against each hyperparameter, one small plot each, all with the same vertical axis. */
export function ParameterPlots({ axes, ...props }: ParameterPlotsProps) {
  const [box, width] = useWidth<HTMLDivElement>(640);
  const across = Math.max(1, Math.min(axes.length, Math.floor((width + GAP) / (LEAST + GAP))));
  const each = Math.min(400, Math.floor((width - (across - 1) * GAP) / across));
  return (
    <div class="parameter-plots" ref={box} style={{ gridTemplateColumns: `repeat(${across}, ${each}px)` }}>
      {axes.map((axis) => (
        <ParameterPlot key={axis.id} axis={axis} width={each} {...props} />
      ))}
    </div>
  );
}

interface Point {
  readonly one: CandidateState;
  readonly x: number;
  readonly y: number;
}

/** Arrow keys go through its candidates from left to right, Enter chooses, Escape lets go. */
function ParameterPlot({
  axis,
  metric,
  width,
  tuning,
  shownMetric,
  inside,
  best,
  chosen,
  pointed,
  onPoint,
  onChoose,
}: Omit<ParameterPlotsProps, "axes"> & { readonly axis: TuningAxis; readonly width: number }) {
  const x = (at: number) => LEFT + at * (width - LEFT - RIGHT);
  const y = (at: number) => HEIGHT - BOTTOM - at * (HEIGHT - BOTTOM - TOP);
  const points = useMemo(
    () =>
      tuning.candidates
        .flatMap((one, i): Point[] => {
          const [across, up] = [axis.place(one), metric.place(one)];
          if (across === null || up === null) return [];
          // Candidates of one category stand side by side, as far as its part of the axis goes.
          const part = (width - LEFT - RIGHT) / Math.max(1, axis.ticks.length);
          const beside = axis.nominal ? (((i * 5) % 11) / 10 - 0.5) * Math.min(40, part * 0.6) : 0;
          return [{ one, x: x(across) + beside, y: y(up) }];
        })
        .sort((a, b) => a.x - b.x),
    [tuning, axis, metric, width],
  );
  // What does not depend on the pointer is a picture of its own, drawn once: thousands of points are not drawn anew at every move.
  const still = useMemo(
    () => (
      <svg class="still" width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
        <g class="grid">
          {metric.ticks.map((tick) => (
            <g key={tick.full}>
              <line x1={LEFT} x2={width - RIGHT} y1={y(tick.at)} y2={y(tick.at)} />
              <text x={LEFT - 8} y={y(tick.at)} dy="0.35em" text-anchor="end">
                {tick.text}
              </text>
            </g>
          ))}
          {withRoom(axis, width - LEFT - RIGHT).map((tick) => (
            <text key={tick.full} x={x(tick.at)} y={HEIGHT - 4} text-anchor="middle">
              {tick.text}
              {tick.text !== tick.full && <title>{tick.full}</title>}
            </text>
          ))}
        </g>
        <g class="points">
          {points.map((point) => (
            <circle
              key={point.one.config}
              class={pointClass(point.one, inside)}
              cx={point.x}
              cy={point.y}
              r={points.length > 300 ? 2 : 3}
            />
          ))}
        </g>
      </svg>
    ),
    [points, inside],
  );

  const found = (one: CandidateState | null) => points.find((point) => point.one.config === one?.config);
  const read = found(pointed) ?? found(chosen);
  const nearest = (event: PointerEvent | MouseEvent): CandidateState | null => {
    const area = (event.currentTarget as Element).getBoundingClientRect();
    let least = REACH ** 2;
    let one: CandidateState | null = null;
    for (const point of points) {
      const d = (point.x - event.clientX + area.left) ** 2 + (point.y - event.clientY + area.top) ** 2;
      if (d < least) [least, one] = [d, point.one];
    }
    return one;
  };
  const keys = (event: KeyboardEvent) => {
    const at = read === undefined ? -1 : points.indexOf(read);
    const steps: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      Home: 0,
      End: points.length - 1,
    };
    const step = steps[event.key];
    if (event.key === "Escape") onPoint(null);
    else if ((event.key === "Enter" || event.key === " ") && pointed !== null) onChoose(pointed);
    else if (step !== undefined) onPoint(points[Math.min(points.length - 1, Math.max(0, step))]?.one ?? null);
    else return;
    event.preventDefault();
  };

  const ring = (one: CandidateState | null, name: string) => {
    const point = found(one);
    return point && <circle class={name} cx={point.x} cy={point.y} r={5.5} />;
  };
  return (
    <figure class="parameter-plot">
      <figcaption>{axis.title}</figcaption>
      <div class="layers-of-figure">
        {still}
        <svg
          width={width}
          height={HEIGHT}
          viewBox={`0 0 ${width} ${HEIGHT}`}
          tabindex={0}
          role="slider"
          aria-label={`${metric.title} by ${axis.title}`}
          aria-valuemin={Math.min(1, points.length)}
          aria-valuemax={points.length}
          aria-valuenow={read === undefined ? 0 : points.indexOf(read) + 1}
          aria-valuetext={
            read === undefined ? `${points.length} candidates` : readingText(read.one, tuning, shownMetric)
          }
          onKeyDown={keys}
          onPointerMove={(event) => onPoint(nearest(event))}
          onPointerLeave={() => onPoint(null)}
          onBlur={() => onPoint(null)}
          onClick={(event) => {
            const one = nearest(event);
            if (one !== null) onChoose(one);
          }}
        >
          {ring(best, "best-ring")}
          {chosen !== best && ring(chosen, "chosen-ring")}
          {ring(pointed, "pointed-ring")}
        </svg>
      </div>
    </figure>
  );
}

export function pointClass(one: CandidateState, inside: ReadonlySet<string> | null): string {
  return [one.status, inside !== null && !inside.has(one.config) ? "outside" : ""].join(" ").trim();
}

/** Ticks whose names do not touch: of categories each is cut to its part, of numbers those that find no room are left out. */
function withRoom({ ticks, nominal }: TuningAxis, pixels: number) {
  if (nominal) {
    const most = Math.max(2, Math.floor(pixels / Math.max(1, ticks.length) / 6.5) - 1);
    return ticks.map((tick) => ({
      ...tick,
      text: tick.text.length > most + 1 ? `${tick.text.slice(0, most)}…` : tick.text,
    }));
  }
  let taken = -Infinity;
  return ticks
    .toSorted((a, b) => a.at - b.at)
    .filter(({ at, text }) => {
      const half = (text.length * 6.5) / 2;
      if (at * pixels - half < taken + 6) return false;
      taken = at * pixels + half;
      return true;
    });
}
