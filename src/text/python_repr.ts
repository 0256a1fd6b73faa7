/** Values as Python prints them. */

/** `str(value)` of a Python float: `1.0`, `1e-05`, `1e+16`, `inf`. */
export function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) {
    return String(value).replace("Infinity", "inf").toLowerCase();
  }
  const [mantissa = "", power = "0"] = value.toExponential().split("e");
  const exponent = Number(power);
  const sign = Object.is(value, -0) ? "-" : "";
  // Python's float_repr_style "short": exponents from -4 to 15 are written out.
  if (exponent < -4 || exponent >= 16) {
    const digits = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${mantissa}e${exponent < 0 ? "-" : "+"}${digits}`;
  }
  const plain = `${sign}${value}`;
  return plain.includes(".") ? plain : `${plain}.0`;
}

/** `str(value)` of a Python bool. */
export function pythonFlag(value: boolean): string {
  return value ? "True" : "False";
}
