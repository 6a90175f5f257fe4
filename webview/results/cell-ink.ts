import {
  converter,
  formatHex,
  interpolate,
  modeLrgb,
  modeOklab,
  modeRgb,
  parse,
  useMode,
  wcagContrast,
} from "culori/fn";

useMode(modeRgb);
useMode(modeLrgb);
useMode(modeOklab);
const toRgb = converter("rgb");

/** Lifts small shares, which are the mistakes one looks for: a share of 0.05 gets 0.17 of the ink and can be seen. */
const LIFT = 0.6;

/** The colours of a theme that a cell is made of, as CSS writes them. */
export interface CellColours {
  readonly background: string;
  readonly accent: string;
  readonly foreground: string;
}

/** The most accent that a cell takes: full accent would shout. */
export const FULL_INK = 0.7;

/**
 * The colour of a cell and of the count on it. The cell is mixed from background to accent in OKLab, which
 * keeps its hue on the way; the count takes whichever of the theme's foreground and
 * background reads better there, and black or white where neither reaches a contrast of 4.5.
 * @param share between 0 and 1
 */
export function cellInk(
  share: number,
  colours: CellColours,
): { readonly fill: string; readonly text: string } {
  const [background, accent, foreground] = [colours.background, colours.accent, colours.foreground].map(
    (css) => toRgb(parse(css)),
  );
  if (background === undefined || accent === undefined || foreground === undefined)
    return { fill: colours.background, text: colours.foreground };
  const fill = toRgb(
    interpolate([background, accent], "oklab")(FULL_INK * Math.min(1, Math.max(0, share)) ** LIFT),
  );
  const candidates = [foreground, background].filter((colour) => wcagContrast(colour, fill) >= 4.5);
  const text =
    candidates[0] ??
    [parse("#fff"), parse("#000")]
      .filter((colour) => colour !== undefined)
      .sort((a, b) => wcagContrast(b, fill) - wcagContrast(a, fill))[0] ??
    foreground;
  return { fill: formatHex(fill), text: formatHex(text) };
}
