/**
 * The text of a Python program without its comments and blank lines: equal for two programs only if Python's tokenizer
 * gives the same tokens for both, other than COMMENT and NL. (The Python Language Reference, "Lexical analysis";
 * replacement fields of f-strings by PEP 701, whose nested quotes and comments Python before 3.12 rejects.)
 *
 * Kept as they are: strings, and all in replacement fields of f-strings, which `f"{x = }"` prints.
 */
export function pythonCode(text: string): string | null {
  const scan: Scan = {
    text,
    at: 0,
    out: [],
    space: "",
    word: "",
    isEmpty: true,
    depth: 0,
    frames: [],
  };
  while (scan.at < text.length) {
    const isValid = scan.frames.length > 0 && scan.frames.at(-1)!.in !== "field"
      ? readFormatText(scan, scan.frames.at(-1)!)
      : readCode(scan);
    if (!isValid) return null;
  }
  if (scan.frames.length > 0 || scan.depth > 0) return null;
  return scan.out.join("") + (scan.isEmpty ? "" : "\n");
}

/** The part of an f-string that is being read; `depth` counts the brackets open in a replacement field. */
interface Frame {
  readonly in: "literal" | "field" | "spec";
  readonly quote: string;
  depth: number;
}

interface Scan {
  readonly text: string;
  at: number;
  readonly out: string[];
  /** White space that is dropped where nothing else follows on the line. */
  space: string;
  /** The word that ends here: the prefix of a string. */
  word: string;
  /** Nothing of the present line was put out. */
  isEmpty: boolean;
  /** Brackets that are open outside f-strings. */
  depth: number;
  /** The f-strings that are open, the innermost last. */
  readonly frames: Frame[];
}

/** One piece of code; the rest of the ASCII characters (`$`, `?`, a backtick) is in no Python program. */
const PIECE =
  /(?<space>[ \t\f]+)|(?<comment>#[^\n]*)|(?<newline>\n)|\\\n|(?<word>[\w\u0080-\uffff]+)|(?<quote>"""|'''|"|')|(?<open>[([{])|(?<close>[)\]}])|!=|(?<colon>:)|(?<mark>!)|[-+*/%@&|^~<>=.,;]/y;

/** False: this is not Python. */
function readCode(scan: Scan): boolean {
  PIECE.lastIndex = scan.at;
  const found = PIECE.exec(scan.text);
  if (found === null) return false;
  const [piece] = found;
  const groups = found.groups!;
  const frame = scan.frames.at(-1);
  const prefix = scan.word.toLowerCase();
  scan.at = PIECE.lastIndex;
  scan.word = groups.word ?? "";
  if (frame === undefined && groups.space !== undefined) {
    scan.space += piece;
    return true;
  }
  if (frame === undefined && groups.comment !== undefined) return true;
  if (frame === undefined && groups.newline !== undefined) {
    endLine(scan);
    return true;
  }
  put(scan, piece);
  if (groups.quote !== undefined) return readQuote(scan, groups.quote, prefix);
  if (groups.open !== undefined) (frame ?? scan).depth++;
  if (groups.close !== undefined) return close(scan, piece);
  const isOfField = frame?.depth === 0;
  if (groups.mark !== undefined) return isOfField;
  if (groups.colon !== undefined && isOfField) {
    replaceLast(scan, { ...frame!, in: "spec" });
  }
  return true;
}

function put(scan: Scan, piece: string): void {
  // A form feed sets the indentation to 0.
  const space = scan.isEmpty ? scan.space.replace(/^.*\f/, "") : scan.space;
  scan.out.push(space, piece);
  scan.space = "";
  scan.isEmpty = false;
}

function endLine(scan: Scan): void {
  // A line that a backslash continues is not empty here, so that a blank one after it stays.
  if (!scan.isEmpty) scan.out.push("\n");
  scan.space = "";
  scan.isEmpty = true;
}

function close(scan: Scan, bracket: string): boolean {
  const frame = scan.frames.at(-1);
  if ((frame ?? scan).depth > 0) (frame ?? scan).depth--;
  else if (frame === undefined || bracket !== "}") return false;
  else scan.frames.pop();
  return true;
}

function replaceLast({ frames }: Scan, frame: Frame): void {
  frames[frames.length - 1] = frame;
}

/** Strings and bytes; f- and t-strings (PEP 750) have replacement fields. */
const PREFIXES = /^(?:[rub]|br|rb|(?<format>[ft]|[ft]r|r[ft]))?$/;

/** The end of a string, or a line end where it has none. */
const STRING_STOPS: Readonly<Record<string, RegExp>> = {
  '"': /\\[^]|"|\n/g,
  "'": /\\[^]|'|\n/g,
  '"""': /\\[^]|"""/g,
  "'''": /\\[^]|'''/g,
};

/** Reads a string from behind its quote, of an f-string nothing yet. */
function readQuote(scan: Scan, quote: string, word: string): boolean {
  const prefix = PREFIXES.exec(word);
  if (prefix?.groups?.format !== undefined) {
    scan.frames.push({ in: "literal", quote, depth: 0 });
    return true;
  }
  return readUntil(
    scan,
    STRING_STOPS[quote]!,
    (stop) => stop === quote ? true : stop === "\n" ? false : null,
  );
}

/** Puts out the text to the first match for which `decide` knows whether it is valid. */
function readUntil(
  scan: Scan,
  stops: RegExp,
  decide: (stop: string) => boolean | null,
): boolean {
  stops.lastIndex = scan.at;
  for (;;) {
    const stop = stops.exec(scan.text);
    if (stop === null) return false;
    const isValid = decide(stop[0]);
    if (isValid === null) continue;
    put(scan, scan.text.slice(scan.at, stops.lastIndex));
    scan.at = stops.lastIndex;
    return isValid;
  }
}

/** A backslash does not hide a brace: `\N{BULLET}` is read as if it had a field. */
const FORMAT_STOPS = new Map(
  Object.keys(STRING_STOPS).map((quote) => [
    quote,
    new RegExp(String.raw`\\(?![{}])[^]|\{\{|\}\}|[{}\n]|${quote}`, "g"),
  ]),
);

/** The literal text of an f-string, or the format of one of its fields. */
function readFormatText(scan: Scan, frame: Frame): boolean {
  const { quote } = frame;
  const isSpec = frame.in === "spec";
  const stops = FORMAT_STOPS.get(quote)!;
  return readUntil(scan, stops, (stop) => {
    if (stop === quote) return !isSpec && scan.frames.pop() !== undefined;
    if (stop === "\n") return quote.length === 3 ? null : false;
    if (stop.startsWith("\\")) return null;
    // In a format a brace is never doubled: the second one is read next.
    if (isSpec && stop.length === 2) stops.lastIndex--;
    else if (stop.length === 2) return null;
    if (stop.startsWith("{")) {
      scan.frames.push({ ...frame, in: "field", depth: 0 });
      return true;
    }
    return isSpec && scan.frames.pop() !== undefined;
  });
}
