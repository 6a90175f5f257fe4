/**
 * A number of filters that is a multiple of 8 and not more than a tenth below the one wanted: what MobileNetV2 and
 * EfficientNet make of a width multiplier.
 */
export function divisibleBy8(filters: number): number {
  const rounded = Math.max(8, Math.floor(Math.trunc(filters + 4) / 8) * 8);
  return rounded < 0.9 * filters ? rounded + 8 : rounded;
}
