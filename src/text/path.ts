/** POSIX paths as text. Nothing here looks at a disk. */

export function isAbsolute(path: string): boolean {
  return path.startsWith("/");
}

/** `a/./b//c/..` is `a/b`; nothing is "."; a relative path keeps the `..` it begins with. */
export function normalise(path: string): string {
  if (!/(^|\/)(\.{0,2})(\/|$)/.test(path)) return path;
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!isAbsolute(path)) kept.push(part);
  }
  const text = kept.join("/");
  return isAbsolute(path) ? `/${text}` : text || ".";
}

/** A normal path below a normal folder; either may be ".". */
export function join(folder: string, path: string): string {
  if (path === ".") return folder;
  if (folder === ".") return path;
  return folder.endsWith("/") ? folder + path : `${folder}/${path}`;
}

/** The absolute form of a path that may be relative to `cwd`. */
export function resolve(cwd: string, path: string): string {
  return normalise(isAbsolute(path) ? path : `${cwd}/${path}`);
}

/** The folder that a normal relative path is in; of "a" it is ".", and of "." too. */
export function parent(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : path.slice(0, slash);
}

/** True for `..` and what begins with it: a normal relative path that leads out. */
export function isOutside(path: string): boolean {
  return path === ".." || path.startsWith("../");
}

/** True for the folder itself and for all below it; both normal, and both absolute or neither. */
export function isWithinDirectory(path: string, folder: string): boolean {
  return path === folder ||
    path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/** The folders that a normal path is in, from the outermost on: of `a/b/c` they are `a` and `a/b`. */
export function ancestors(path: string): readonly string[] {
  const above: string[] = [];
  for (let at = -1; (at = path.indexOf("/", at + 1)) >= 0;) {
    above.push(path.slice(0, at));
  }
  return above;
}
