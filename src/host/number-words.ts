/** 0.941, 1.000, 12.3, 1,234: three decimals up to one, three significant digits up to a thousand, whole numbers above. */
export function threeDigits(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  if (size <= 1) return size !== 0 && size < 0.0005 ? value.toExponential(1) : value.toFixed(3);
  return value.toPrecision(3);
}
