/** POSIX paths as text, without access to files. */

export function isAbsolute(path: string): boolean {
  return path.startsWith("/");
}

/** `a/./b//c/..` becomes `a/b`; an empty path becomes "."; a relative path keeps its leading `..`. */
export function normalise(path: string): string {
  if (!/(^|\/)(\.{0,2})(\/|$)/.test(path)) return path;
  const names: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") names.push(part);
    else if (names.length > 0 && names.at(-1) !== "..") names.pop();
    else if (!isAbsolute(path)) names.push(part);
  }
  const text = names.join("/");
  return isAbsolute(path) ? `/${text}` : text || ".";
}

/** A normalised path below a normalised directory; either may be ".". */
export function join(dir: string, path: string): string {
  if (path === ".") return dir;
  if (dir === ".") return path;
  return dir.endsWith("/") ? dir + path : `${dir}/${path}`;
}

/** The absolute form of a path that may be relative to `cwd`. */
export function resolve(cwd: string, path: string): string {
  return normalise(isAbsolute(path) ? path : `${cwd}/${path}`);
}

/** The parent directory of a normalised relative path; "." for "a" and for ".". */
export function parent(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : path.slice(0, slash);
}

/** Whether a normalised relative path leads outside: it is `..` or begins with it. */
export function isOutside(path: string): boolean {
  return path === ".." || path.startsWith("../");
}

/** True for the directory itself and for every path below it; both normalised, and both absolute or neither. */
export function isWithinDirectory(path: string, dir: string): boolean {
  return path === dir ||
    path.startsWith(dir.endsWith("/") ? dir : `${dir}/`);
}

/** The directories that contain a normalised path, outermost first: for `a/b/c` they are `a` and `a/b`. */
export function ancestors(path: string): readonly string[] {
  const above: string[] = [];
  for (let at = -1; (at = path.indexOf("/", at + 1)) >= 0;) {
    above.push(path.slice(0, at));
  }
  return above;
}
